import type { DecisionPolicy, DetectDriftOptions } from '@tidegauge/drift'
import { UsageError } from '../usage-error.ts'
import type { DRIFT_OPTIONS } from './drift-options.ts'

type DriftFlag = keyof typeof DRIFT_OPTIONS

/** What the library's options are called on the command line; null: the command gives them no value of a user's. */
export const FLAG_OF: Readonly<
  Record<keyof DetectDriftOptions | keyof DecisionPolicy, DriftFlag | null>
> = {
  target: 'target',
  prediction: 'prediction',
  time: 'time',
  columns: 'columns',
  exclude: 'exclude',
  types: 'type',
  preset: 'preset',
  method: 'method',
  methods: 'method',
  alpha: 'alpha',
  correction: null,
  tolerance: 'tolerance',
  minimumValues: null,
  maxCategories: null,
  redact: 'redact',
  weights: null,
  policy: null,
  names: null,
  onProgress: null,
  shareThreshold: 'share',
  actOnTargetDrift: null,
  minimumJudged: 'minimum-judged',
  onMissingColumn: 'on-missing-column',
  onChangedType: 'on-changed-type',
}

/**
 * Runs what the library does with a user's options; its complaints name the options that were typed.
 *
 * @throws UsageError in the place of an InvalidArgumentError about an option
 */
export async function inFlags<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_INVALID_ARGUMENT') throw error
    throw new UsageError(flagged((error as Error).message))
  }
}

/** `"options.types.age" must be …` is `--type age must be …`. */
export function flagged(message: string): string {
  return message.replace(
    /^"(?:options|policy)\.(\w+)(?:\.(.*?))?"(?= must be )/s,
    (quoted, option: string, column: string | undefined) => {
      const flag = Object.hasOwn(FLAG_OF, option) ? FLAG_OF[option as keyof typeof FLAG_OF] : null
      return flag === null ? quoted : `--${flag}${column === undefined ? '' : ` ${column}`}`
    },
  )
}

/** A warning of the library, in whose cure an option is named. */
export function warningInFlags(warning: string, column: string): string {
  return warning.replace('with `types`', `with --type ${column}=numeric`)
}
