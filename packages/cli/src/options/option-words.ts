import { UsageError } from '../usage-error.ts'
import { DRIFT_OPTIONS } from './drift-options.ts'
import { flagFor } from './library-options.ts'
import type { OptionSpecs } from './option-spec.ts'

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

/** `"types.age" must be …` is `--type age must be …`. */
export function flagged(message: string): string {
  return message.replace(/^"(\w+(?:\..*?)?)"(?= must be )/s, (quoted, path: string) => {
    const found = flagFor(DRIFT_OPTIONS, `drift.${path}`)
    return found === null ? quoted : inFlag(found)
  })
}

/**
 * Runs what a writer of rules or dashboards does with a user's options; its complaints name what was typed.
 *
 * @param libraries - the first parts of what its options fill
 * @throws UsageError in the place of an InvalidArgumentError
 */
export function inFlagsOf<T>(
  command: string,
  specs: OptionSpecs,
  libraries: readonly string[],
  work: () => T,
): T {
  try {
    return work()
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_INVALID_ARGUMENT') throw error
    const named = (error as Error).message.replace(
      /"(\w[\w.]*)(?:\[\d+\])?"/g,
      (quoted, path: string) => {
        const [found] = libraries.flatMap((library) => flagFor(specs, `${library}.${path}`) ?? [])
        return found === undefined ? quoted : inFlag(found)
      },
    )
    throw new UsageError(`${named} (see tidegauge ${command} --help)`)
  }
}

/** `--severity Drift`, of a name within the option. */
function inFlag({ flag, rest }: NonNullable<ReturnType<typeof flagFor>>): string {
  return `--${flag}${rest === '' ? '' : ` ${rest}`}`
}

/** A warning of the library, in whose cure an option is named. */
export function warningInFlags(warning: string, column: string): string {
  return warning.replace('with `types`', `with --type ${column}=numeric`)
}
