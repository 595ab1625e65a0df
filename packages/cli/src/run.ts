import { suggestion } from '@tidegauge/core/options'
import { EXIT } from './exit-code.ts'
import type { CommandName } from './options/commands.ts'
import type { Terminal } from './terminal/terminal.ts'

type Command = (args: readonly string[], terminal: Terminal) => Promise<number>

/** Loaded when called: what shows a help text reads no data. */
const LOADERS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  drift: async () => (await import('./commands/drift-command.ts')).driftCommand,
  profile: async () => (await import('./commands/profile-command.ts')).profileCommand,
  statements: async () => (await import('./commands/statements-command.ts')).statementsCommand,
  report: async () => (await import('./commands/report-command.ts')).reportCommand,
  rules: async () => (await import('./commands/rules-command.ts')).rulesCommand,
  dashboards: async () => (await import('./commands/dashboards-command.ts')).dashboardsCommand,
}

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
    if (command === '--version' || command === '-v') {
      terminal.out(`${version}\n`)
      return EXIT.fine
    }
    if (command === undefined || command === '--help' || command === '-h') {
      terminal.out((await import('./options/help.ts')).mainHelp())
      // A script that forgot the command must not go on.
      return command === undefined ? EXIT.usage : EXIT.fine
    }
    if (isCommand(command)) return await (await LOADERS[command]())(rest, terminal)
    const hint = suggestion(command, Object.keys(LOADERS))
    terminal.error(`there is no command "${command}"${hint} (see tidegauge --help)`)
    return EXIT.usage
  } catch (error) {
    return await explain(error, terminal)
  }
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(LOADERS, name)
}

async function explain(error: unknown, terminal: Terminal): Promise<number> {
  const { explainSystemError } = await import('./explain-error.ts')
  const expected = explainSystemError(error) ?? (isOurs(error) ? error.message : null)
  if (expected !== null) {
    terminal.error(expected)
    return EXIT.usage
  }
  terminal.error('internal error, please report it')
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
  for (const line of trace.split('\n')) terminal.error(line)
  return EXIT.internal
}

/** What we threw on purpose; by its code, since a package may be loaded twice. */
function isOurs(error: unknown): error is Error {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' && OUR_CODES.has(code)
}

const OUR_CODES = new Set([
  'ERR_USAGE',
  'ERR_INVALID_ARGUMENT',
  'ERR_SOURCE',
  'ERR_CONNECT',
  'ERR_UNWRITABLE_FILE',
  'ERR_UNSUPPORTED_VERSION',
  'ERR_INCOMPATIBLE_PROFILES',
])
