import { writeFiles } from '@tidegauge/reporters/node'
import { onInterrupt } from '../terminal/interrupts.ts'
import { UsageError } from '../usage-error.ts'

/**
 * Writes files, all of them or none.
 *
 * @param files - texts by path
 * @throws UsageError where one exists and is not to be replaced
 */
export function saveFiles(files: Readonly<Record<string, string>>, force: boolean): void {
  asSaved(() => writeFiles(files, { overwrite: force }))
}

/**
 * Files are written in one synchronous step: a signal that comes meanwhile is heard when they are whole.
 *
 * @throws UsageError for a file that exists: it names the option of the command
 */
export function asSaved<T>(write: () => T): T {
  const takeBack = onInterrupt(() => {})
  try {
    return write()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_FILE_EXISTS' && code !== 'ERR_REPORT_EXISTS') throw error
    throw new UsageError(message.replace('ask to overwrite it', 'say --force'))
  } finally {
    takeBack()
  }
}
