import { InvalidArgumentError, type MetricFamily, type MetricSample } from '@tidegauge/core'

/**
 * @param title - what to call it in an error
 * @param otherLabels - that all samples have beside their own
 * @throws InvalidArgumentError where Prometheus would not take its name, its labels or its kind
 */
export function assertFamily(
  family: MetricFamily,
  title: string,
  otherLabels: readonly string[],
): void {
  const { name, help, kind, labelNames, startTime } = family ?? {}
  if (typeof name !== 'string' || !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) {
    throw new InvalidArgumentError(`${title}.name`, 'a Prometheus metric name', name)
  }
  if (kind !== 'counter' && kind !== 'gauge') {
    throw new InvalidArgumentError(`${title}.kind`, "'counter' or 'gauge'", kind)
  }
  if (kind === 'counter' && name.endsWith('_total')) {
    throw new InvalidArgumentError(`${title}.name`, 'without _total, which is added to it', name)
  }
  if (typeof help !== 'string') throw new InvalidArgumentError(`${title}.help`, 'text', help)
  if (startTime !== undefined && !(Number.isFinite(startTime) && startTime >= 0)) {
    const expected = 'milliseconds since the epoch, where it is given'
    throw new InvalidArgumentError(`${title}.startTime`, expected, startTime)
  }
  if (!Array.isArray(labelNames)) {
    throw new InvalidArgumentError(`${title}.labelNames`, 'an array', labelNames)
  }
  labelNames.forEach((label, i) => {
    const argument = `${title}.labelNames[${i}]`
    if (typeof label !== 'string' || !/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(label)) {
      throw new InvalidArgumentError(argument, 'a Prometheus label name', label)
    }
    if (labelNames.indexOf(label) !== i || otherLabels.includes(label)) {
      throw new InvalidArgumentError(argument, 'a name that no other label has', label)
    }
  })
}

/** @throws InvalidArgumentError where it is no sample of that family */
export function assertSample(
  sample: MetricSample,
  { kind, labelNames }: MetricFamily,
  title: string,
): void {
  const { labelValues, value } = sample ?? {}
  if (!Array.isArray(labelValues) || labelValues.length !== labelNames.length) {
    const expected = `an array of ${labelNames.length}, one for each label name`
    throw new InvalidArgumentError(`${title}.labelValues`, expected, labelValues)
  }
  for (let i = 0; i < labelValues.length; i++) {
    if (typeof labelValues[i] === 'string') continue
    throw new InvalidArgumentError(`${title}.labelValues[${i}]`, 'text', labelValues[i])
  }
  if (typeof value !== 'number') {
    throw new InvalidArgumentError(`${title}.value`, 'a number', value)
  }
  if (kind === 'counter' && !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError(`${title}.value`, 'finite and at least 0, as it counts', value)
  }
}

/** A lone surrogate becomes U+FFFD, as it would in UTF-8, so that two such texts are told apart or are one. */
export function wellFormed(text: string): string {
  // Of ES2024, and in Node since 20.
  return (text as string & { toWellFormed(): string }).toWellFormed()
}
