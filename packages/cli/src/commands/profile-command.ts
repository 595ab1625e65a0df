import { visibleJson, visibleText } from '@tidegauge/core/internal'
import type { TableProfile } from '@tidegauge/drift'
import type { EngineName } from '../engines/engine-names.ts'
import {
  assertNoEngineOptions,
  done,
  type EngineWork,
  explanationOf,
  tableOf,
} from '../engines/engine-run.ts'
import { EXIT } from '../exit-code.ts'
import { overlaid, parseCommandLine } from '../options/command-line.ts'
import { readConfig } from '../options/config-file.ts'
import { helpOf } from '../options/help.ts'
import { PROFILE_OPTIONS, type ProfileCommandOptions } from '../options/profile-options.ts'
import { KEY_VARIABLE, redactionOf } from '../options/redaction-key.ts'
import { textsOf } from '../options/text-file-options.ts'
import { quietTerminal, type Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'

/** @returns the exit code */
export async function profileCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const line = parseCommandLine('profile', args, PROFILE_OPTIONS)
  const { positionals } = line
  if (line.help) {
    terminal.out(helpOf('profile'))
    return EXIT.fine
  }
  const config = await readConfig(line.config, 'profile', PROFILE_OPTIONS)
  const values = overlaid(PROFILE_OPTIONS, config.values, line.values)
  const { engine } = values
  const [data = engine === undefined ? config.paths.data : undefined, surplus] = positionals
  if (engine === undefined) assertNoEngineOptions(values, OF_TABLES)
  if (surplus !== undefined || (data === undefined) !== (engine !== undefined)) {
    throw new UsageError(
      engine === undefined
        ? `profile takes one file, received ${positionals.length} (see tidegauge profile --help)`
        : `with --engine profile takes no file, received ${data}: say which rows with --at`,
    )
  }
  const { saveFiles } = await import('../output/save-files.ts')
  const { out, force = false } = values
  if (engine !== undefined && values.explain) {
    const work = await profileOfTables(values, quietTerminal(terminal))
    terminal.out(await explanationOf(engine, values, work))
    return EXIT.fine
  }
  if (out === undefined && terminal.isTerminal) {
    throw new UsageError(
      'a profile is long JSON, not for a terminal: name a file with --out, or send it to one (> file, | program)',
    )
  }
  if (values.like !== undefined && line.values.bins !== undefined) {
    throw new UsageError('--bins are those of the profile that --like names: leave out one of them')
  }
  const redactionKey = keyOf(values)
  const shown = values.quiet ? quietTerminal(terminal) : terminal
  const { stored, left } =
    engine === undefined ? await ofFile(data!, values, shown) : await ofTable(engine, values, shown)
  const text = `${visibleJson(JSON.stringify(stored))}\n`
  if (out === undefined) terminal.out(text)
  else {
    saveFiles({ [out]: text }, force)
    const texts = left.filter(({ type }) => type === 'text').map(({ name }) => visibleText(name))
    const unread = left.filter(({ type }) => type !== 'text')
    const notes = [
      ...(redactionKey === undefined ? [] : [', categories redacted']),
      ...(texts.length === 0 ? [] : [`, without texts: ${texts.join(', ')}`]),
      ...unread.map(({ name, reason }) => `, without ${visibleText(name)}: ${reason}`),
    ].join('')
    if (!values.quiet)
      terminal.out(`profile=${out} rows=${stored.rows} columns=${stored.columns.length}${notes}\n`)
  }
  return EXIT.fine
}

const OF_TABLES = ['table', 'from', 'at', 'log-statements', 'explain', 'rows', 'statements']

async function ofFile(data: string, values: ProfileCommandOptions, terminal: Terminal) {
  const { profileFile } = await import('./profile-file.ts')
  return profileFile({
    data,
    input: values.input,
    where: values.where,
    texts: textsOf(values),
    columns: values.columns,
    exclude: values.exclude ?? [],
    types: values.type ?? {},
    units: values.unit ?? {},
    time: values.time,
    bins: values.bins ?? PROFILE_OPTIONS.bins.default,
    maxCategories: values['max-categories'] ?? PROFILE_OPTIONS['max-categories'].default,
    like: values.like,
    keepSample: values['keep-sample'] ?? false,
    exactRows: values['exact-rows'] ?? PROFILE_OPTIONS['exact-rows'].default,
    redactionKey: keyOf(values),
    terminal,
  })
}

async function ofTable(engine: EngineName, values: ProfileCommandOptions, terminal: Terminal) {
  const stored = await done(engine, values, await profileOfTables(values, terminal), terminal)
  return { stored, left: stored.unprofiled ?? [] }
}

/** @throws UsageError where something is said that holds for no table */
export async function profileOfTables(
  values: ProfileCommandOptions,
  terminal: Terminal,
): Promise<EngineWork<TableProfile>> {
  const { at, time } = values
  if (at !== undefined && time === undefined) {
    throw new UsageError(`of which column is ${at} a value? Name it with --time`)
  }
  if (values['keep-sample']) {
    throw new UsageError('--keep-sample would fetch every value: with --engine there is none')
  }
  const { profilingTables } = await import('./profile-tables.ts')
  return profilingTables({
    table: { ...tableOf(values), columns: values.columns },
    at,
    exclude: values.exclude ?? [],
    types: values.type ?? {},
    units: values.unit ?? {},
    bins: values.bins,
    maxCategories: values['max-categories'],
    like: values.like,
    exactRows: values['exact-rows'],
    redactionKey: keyOf(values),
    terminal,
  })
}

function keyOf(values: ProfileCommandOptions): string | undefined {
  const key = redactionOf(values)
  if (key !== true) return key === false ? undefined : key
  throw new UsageError(
    `--redact needs a key to store a profile: set ${KEY_VARIABLE}, or name a file with --redact-key-file`,
  )
}
