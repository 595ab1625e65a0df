import { statementsOf } from '../engines/engine-run.ts'
import { EXIT } from '../exit-code.ts'
import { overlaid, parseCommandLine } from '../options/command-line.ts'
import { readConfig } from '../options/config-file.ts'
import { DRIFT_OPTIONS } from '../options/drift-options.ts'
import { helpOf } from '../options/help.ts'
import type { OptionSpecs, OptionValues } from '../options/option-spec.ts'
import { PROFILE_OPTIONS } from '../options/profile-options.ts'
import { STATEMENTS_OPTIONS } from '../options/statements-options.ts'
import { quietTerminal, type Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'
import { driftOfTables } from './drift-of-tables.ts'
import { profileOfTables } from './profile-command.ts'

/** @returns the exit code */
export async function statementsCommand(
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const { values, positionals, help, config } = parseCommandLine(
    'statements',
    args,
    STATEMENTS_OPTIONS,
  )
  if (help) {
    terminal.out(helpOf('statements'))
    return EXIT.fine
  }
  const quiet = quietTerminal(terminal)
  const drift = await readConfig(config, 'drift', DRIFT_OPTIONS)
  const isOfDrift = [
    ...[values.reference, values['reference-file'], positionals[0]],
    ...(values.at === undefined ? [drift.values.reference, drift.values['reference-file']] : []),
  ].some((said) => said !== undefined)
  if (isOfDrift) {
    const line = only(DRIFT_OPTIONS, values)
    const options = overlaid(DRIFT_OPTIONS, drift.values, line)
    const work = driftOfTables({ positionals, line, config: drift.values, options })
    terminal.out(await statementsOf(engineOf(options), options, await work(quiet)))
    return EXIT.fine
  }
  const profile = await readConfig(config, 'profile', PROFILE_OPTIONS)
  const options = overlaid(PROFILE_OPTIONS, profile.values, only(PROFILE_OPTIONS, values))
  const work = await profileOfTables(options, quiet)
  terminal.out(await statementsOf(engineOf(options), options, work))
  return EXIT.fine
}

/** What another command knows too. */
function only<const Specs extends OptionSpecs>(
  specs: Specs,
  values: Readonly<Record<string, unknown>>,
): OptionValues<Specs> {
  const known = Object.entries(values).filter(([name]) => Object.hasOwn(specs, name))
  return Object.fromEntries(known) as OptionValues<Specs>
}

function engineOf<Engine>({ engine }: { readonly engine?: Engine }): Engine {
  if (engine !== undefined) return engine
  throw new UsageError('in whose SQL? Name what runs the statements with --engine')
}
