import { visibleJson, visibleText } from '@tidegauge/core'
import type { ColumnType } from '@tidegauge/drift'
import { FORMATS } from '../data/locate.ts'
import { KEY_VARIABLE, redactionOf } from '../data/redaction-key.ts'
import { EXIT } from '../exit-code.ts'
import { overlaid, parseCommandLine } from '../options/command-line.ts'
import { readConfig } from '../options/config-file.ts'
import { quietTerminal, type Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'
import { exactRowsOf } from './drift-command.ts'

const PROFILE_HELP = `Usage: tidegauge profile <data> [options]

Stores a reference: for each column its counts. tidegauge drift takes it in place of the data.

Arguments:
  <data>  CSV, Parquet, JSON, NDJSON or Arrow, a pattern in quotes, or - for standard input

Options:
  --out <file>          where to write it; default: standard output, where that
                        is a file or a pipe
  --force               replace the file if it exists
  --where <condition>   only rows for which this holds: one condition in DuckDB's SQL
  --columns <a,b>       only these columns
  --exclude <a,b>       not these columns
  --type <column=type>  numeric, datetime, categorical or text (texts cannot be stored)
  --input <format>      what the data is: csv, parquet, json, ndjson, arrow; default: by its name
  --bins <count>        bins of a numeric column, between its quantiles; default 260; a multiple of 10
                        holds the deciles, between which PSI and the like are summed
  --max-categories <n>  categories kept by name; default 1000
  --like <profile>      count into the bins and categories of a stored profile, and besides them the
                        data's own most frequent ones: both can then be compared and merged; by
                        default the columns that it has
  --keep-sample         keep the values of numeric columns, sorted, for exact tests
  --exact-rows <rows>   quantiles of more rows are approximate; default 2000000
  --redact              store codes in the place of the names of categories; it needs a key:
                        TIDEGAUGE_REDACTION_KEY in the environment, or a file
  --redact-key-file <f> the file that holds the key; numbers and names of columns are not redacted
  --config <file>       options from the part "profile" of a config file; default:
                        tidegauge.config.json, .js or .mjs
  --quiet               no progress and no line about the file
  --help                show this

Example:
  tidegauge profile january.parquet --out january.profile.json
  tidegauge drift january.profile.json february.parquet
  tidegauge profile february.parquet --like january.profile.json --out february.profile.json
`

const OPTIONS = {
  out: { kind: 'text' },
  force: { kind: 'flag' },
  where: { kind: 'text' },
  columns: { kind: 'list' },
  exclude: { kind: 'list' },
  type: { kind: 'map', oneOf: ['numeric', 'datetime', 'categorical', 'text'] },
  input: { kind: 'text', oneOf: FORMATS },
  bins: { kind: 'number' },
  'max-categories': { kind: 'number' },
  like: { kind: 'text' },
  'keep-sample': { kind: 'flag' },
  'exact-rows': { kind: 'number' },
  redact: { kind: 'flag' },
  'redact-key-file': { kind: 'text' },
  quiet: { kind: 'flag' },
} as const

/** @returns the exit code */
export async function profileCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const line = parseCommandLine('profile', args, OPTIONS)
  const { positionals } = line
  if (line.help) {
    terminal.out(PROFILE_HELP)
    return EXIT.fine
  }
  const config = await readConfig(line.config, 'profile', OPTIONS, ['data'])
  const values = overlaid(OPTIONS, config.values, line.values)
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
  const { out, force = false, bins = 260 } = values
  const maxCategories = values['max-categories'] ?? 1000
  for (const [option, value, least] of [
    ['--bins', bins, 2],
    ['--max-categories', maxCategories, 1],
  ] as const) {
    if (Number.isInteger(value) && value >= least) continue
    throw new UsageError(`${option} must be a whole number of at least ${least}, received ${value}`)
  }
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
    columns: values.columns,
    exclude: values.exclude ?? [],
    types: (values.type ?? {}) as Readonly<Record<string, ColumnType>>,
    bins,
    maxCategories,
    like: values.like,
    keepSample: values['keep-sample'] ?? false,
    exactRows: exactRowsOf(values['exact-rows']),
    redactionKey: redactionKey === false ? undefined : redactionKey,
    terminal: shown,
  })
  const text = `${visibleJson(JSON.stringify(stored))}\n`
  if (out === undefined) terminal.out(text)
  else {
    saveFiles({ [out]: text }, force)
    const notes = [
      ...(redactionKey === false ? [] : [', categories redacted']),
      ...(left.length === 0 ? [] : [`, without texts: ${left.map(visibleText).join(', ')}`]),
    ].join('')
    if (!values.quiet)
      terminal.out(`profile=${out} rows=${stored.rows} columns=${stored.columns.length}${notes}\n`)
  }
  return EXIT.fine
}
