import { TidegaugeError } from '@tidegauge/core'
import { driftCommand } from './drift-command.ts'
import { EXIT } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

const HELP = `Usage: tidegauge <command>

Has the data changed since the model was trained?

Commands:
  drift <reference> <current>  compare two files column by column

Options:
  --help     show this, or a command's own help
  --version  show the version

Example:
  tidegauge drift january.parquet february.parquet --target late --out reports
`

/**
 * The whole command: reads its words, does the work, returns the exit code.
 *
 * @param args - what stands after `tidegauge`
 */
export async function run(
  args: readonly string[],
  terminal: Terminal,
  version: string,
): Promise<number> {
  const [command, ...rest] = args
  try {
    switch (command) {
      case 'drift':
        return await driftCommand(rest, terminal)
      case '--version':
      case '-v':
        terminal.out(`${version}\n`)
        return EXIT.fine
      case '--help':
      case '-h':
        terminal.out(HELP)
        return EXIT.fine
      case undefined:
        terminal.error('a command is needed, such as drift (see tidegauge --help)')
        return EXIT.usage
      default:
        terminal.error(`there is no command "${command}" (see tidegauge --help)`)
        return EXIT.usage
    }
  } catch (error) {
    if (isInputError(error)) {
      terminal.error(error.message)
      return EXIT.usage
    }
    terminal.error('internal error, please report it')
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
    for (const line of trace.split('\n')) terminal.error(line)
    return EXIT.internal
  }
}

/** What we threw on purpose, and what the file system refuses (a full disk, a folder without rights). */
function isInputError(error: unknown): error is Error {
  return error instanceof TidegaugeError || (error instanceof Error && 'syscall' in error)
}
