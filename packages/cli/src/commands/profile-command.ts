import { visibleJson, visibleText } from '@tidegauge/core/internal'
import { KEY_VARIABLE, redactionOf } from '../data/redaction-key.ts'
import { EXIT } from '../exit-code.ts'
import { overlaid, parseCommandLine } from '../options/command-line.ts'
import { readConfig } from '../options/config-file.ts'
import { helpOf } from '../options/help.ts'
import { PROFILE_OPTIONS } from '../options/profile-options.ts'
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
  const [data = config.paths.data, surplus] = positionals
  if (data === undefined || surplus !== undefined) {
    throw new UsageError(
      `profile takes one file, received ${positionals.length} (see tidegauge profile --help)`,
    )
  }
  const [{ profileFile }, { saveFiles }] = await Promise.all([
    import('./profile-file.ts'),
    import('../output/save-files.ts'),
  ])
  const { out, force = false } = values
  if (out === undefined && terminal.isTerminal) {
    throw new UsageError(
      'a profile is long JSON, not for a terminal: name a file with --out, or send it to one (> file, | program)',
    )
  }
  if (values.like !== undefined && line.values.bins !== undefined) {
    throw new UsageError('--bins are those of the profile that --like names: leave out one of them')
  }
  const redactionKey = redactionOf(values)
  if (redactionKey === true) {
    throw new UsageError(
      `--redact needs a key to store a profile: set ${KEY_VARIABLE}, or name a file with --redact-key-file`,
    )
  }
  const shown = values.quiet ? quietTerminal(terminal) : terminal
  const { stored, left } = await profileFile({
    data,
    input: values.input,
    where: values.where,
    texts: textsOf(values),
    columns: values.columns,
    exclude: values.exclude ?? [],
    types: values.type ?? {},
    time: values.time,
    bins: values.bins ?? PROFILE_OPTIONS.bins.default,
    maxCategories: values['max-categories'] ?? PROFILE_OPTIONS['max-categories'].default,
    like: values.like,
    keepSample: values['keep-sample'] ?? false,
    exactRows: values['exact-rows'] ?? PROFILE_OPTIONS['exact-rows'].default,
    redactionKey: redactionKey === false ? undefined : redactionKey,
    terminal: shown,
  })
  const text = `${visibleJson(JSON.stringify(stored))}\n`
  if (out === undefined) terminal.out(text)
  else {
    saveFiles({ [out]: text }, force)
    const texts = left.filter(({ type }) => type === 'text').map(({ name }) => visibleText(name))
    const unread = left.filter(({ type }) => type !== 'text')
    const notes = [
      ...(redactionKey === false ? [] : [', categories redacted']),
      ...(texts.length === 0 ? [] : [`, without texts: ${texts.join(', ')}`]),
      ...unread.map(({ name, reason }) => `, without ${visibleText(name)}: ${reason}`),
    ].join('')
    if (!values.quiet)
      terminal.out(`profile=${out} rows=${stored.rows} columns=${stored.columns.length}${notes}\n`)
  }
  return EXIT.fine
}
