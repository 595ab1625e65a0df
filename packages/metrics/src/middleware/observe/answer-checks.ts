import { InvalidArgumentError } from '@tidegauge/core'
import type { LatencyRecorder } from '../../recorder/latency-recorder.ts'

/** What the functions of a user's options gave, as it can be used. */
export interface AnswerChecks {
  /** Undefined where the values are none. */
  labels(values: unknown): readonly string[] | undefined
  ignore(ignored: unknown): boolean
}

/**
 * Checks what `labels` and `ignore` give. What cannot be used is left out and told of, once for each of
 * them: it is a mistake in the program, the same at every request.
 */
export function answerChecks(
  { extraLabels }: Pick<LatencyRecorder, 'extraLabels'>,
  report: (error: unknown) => void,
): AnswerChecks {
  const told = new Set<string>()
  const tell = (name: string, expected: string, received: unknown): void => {
    if (told.has(name)) return
    told.add(name)
    report(new InvalidArgumentError(name, expected, received))
  }
  const expectedLabels = `an array of ${extraLabels.length} values, in the order of the recorder's extraLabels (${extraLabels.join(', ') || 'it has none'})`

  return {
    labels(values) {
      if (!Array.isArray(values) || values.length !== extraLabels.length) {
        tell('labels()', expectedLabels, values)
        return Array.isArray(values) ? values : undefined
      }
      for (let i = 0; i < values.length; i++) {
        if (typeof values[i] === 'string' || isAlmostText(values[i])) continue
        tell(`labels()[${i}]`, 'text', values[i])
      }
      return values
    },
    ignore(ignored) {
      if (typeof ignored === 'boolean') return ignored
      if (ignored !== undefined && ignored !== null) tell('ignore()', 'true or false', ignored)
      return false
    },
  }
}

/** Written as text, or empty where there is none. */
function isAlmostText(value: unknown): boolean {
  return (
    typeof value === 'number' || typeof value === 'boolean' || value === undefined || value === null
  )
}
