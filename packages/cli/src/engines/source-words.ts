import { flagged } from '../options/option-words.ts'
import { UsageError } from '../usage-error.ts'

/**
 * Runs what is asked of a database; complaints name the options that were typed.
 *
 * @throws UsageError in the place of an error of the library about an option or a source
 */
export async function inFlagsOfSources<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_SOURCE') throw new UsageError(inFlags(message))
    if (code === 'ERR_INVALID_ARGUMENT') throw new UsageError(inFlags(flagged(message)))
    throw error
  }
}

function inFlags(message: string): string {
  return message
    .replace(/^"(from|where)"(?= must be )/, '--$1')
    .replace(
      'raise the time limit, or narrow the rows (where)',
      'raise it with --time-limit, or narrow the rows with --where',
    )
}
