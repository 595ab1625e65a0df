import { InvalidArgumentError } from '@tidegauge/core'
import { labelName } from './promql.ts'

/**
 * Names of labels that are carried from the scraped series through every rule to the alerts.
 *
 * @param taken - those that the rules give a meaning of their own
 * @param checked - what is a name: without dots by default
 * @throws InvalidArgumentError where one is none, is taken, or comes twice
 */
export function carriedLabels(
  argument: string,
  value: unknown,
  taken: readonly string[],
  checked: (argument: string, value: unknown) => string = labelName,
): readonly string[] {
  if (!Array.isArray(value)) {
    throw new InvalidArgumentError(
      argument,
      "an array of labels, such as ['namespace', 'job']",
      value,
    )
  }
  const all = [...taken, ...OF_ALERTS]
  return value.map((each, i) => {
    const path = `${argument}[${i}]`
    const label = checked(path, each)
    if (all.includes(label)) {
      throw new InvalidArgumentError(path, `another label: ${all.join(', ')} are taken`, label)
    }
    if (value.indexOf(label) < i) throw new InvalidArgumentError(path, 'named once', label)
    return label
  })
}

/** Set by the rule or by Prometheus itself; `le` belongs to the histogram. */
const OF_ALERTS = ['alertname', 'alertstate', 'severity', 'quantile', 'window', 'le']
