import type { ColumnType } from '@tidegauge/drift'
import { FORMATS } from './data/locate.ts'
import { exactRowsOf } from './drift-command.ts'
import { EXIT } from './exit-code.ts'
import { parseCommandLine } from './options.ts'
import { quietTerminal, type Terminal } from './terminal.ts'
import { UsageError } from './usage-error.ts'

const PROFILE_HELP = `Usage: tidegauge profile <data> [options]

Stores a reference: for each column its counts. tidegauge drift takes it in place of the data.

Arguments:
  <data>  CSV, Parquet, JSON, NDJSON or Arrow, a pattern in quotes, or - for standard input

Options:
  --out <file>          where to write it; default: standard output
  --force               replace the file if it exists
  --where <sql>         only rows for which this holds; your own SQL, as DuckDB speaks it
  --columns <a,b>       only these columns
  --type <column=type>  numeric, datetime, categorical or text (texts cannot be stored)
  --input <format>      what the data is: csv, parquet, json, ndjson, arrow; default: by its name
  --bins <count>        bins of a numeric column, between its quantiles; default 256
  --max-categories <n>  categories kept by name; default 1000
  --keep-sample         keep the values of numeric columns, sorted, for exact tests
  --exact-rows <rows>   quantiles of more rows are approximate; default 2000000
  --quiet               say nothing but errors
  --help                show this

Example:
  tidegauge profile january.parquet --out january.profile.json
  tidegauge drift january.profile.json february.parquet
`

const OPTIONS = {
  out: { kind: 'text' },
  force: { kind: 'flag' },
  where: { kind: 'text' },
  columns: { kind: 'list' },
  type: { kind: 'map', oneOf: ['numeric', 'datetime', 'categorical', 'text'] },
  input: { kind: 'text', oneOf: FORMATS },
  bins: { kind: 'number' },
  'max-categories': { kind: 'number' },
  'keep-sample': { kind: 'flag' },
  'exact-rows': { kind: 'number' },
  quiet: { kind: 'flag' },
} as const

/** @returns the exit code */
export async function profileCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals, help } = parseCommandLine('profile', args, OPTIONS)
  if (help) {
    terminal.out(PROFILE_HELP)
    return EXIT.fine
  }
  const [data, surplus] = positionals
  if (data === undefined || surplus !== undefined) {
    throw new UsageError(
      `profile takes one file, received ${positionals.length} (see tidegauge profile --help)`,
    )
  }
  const [{ profileFile }, { writeWholeFile }] = await Promise.all([
    import('./profile-file.ts'),
    import('./write-whole-file.ts'),
  ])
  const { out, force = false, bins = 256 } = values
  const maxCategories = values['max-categories'] ?? 1000
  for (const [option, value, least] of [
    ['--bins', bins, 2],
    ['--max-categories', maxCategories, 1],
  ] as const) {
    if (Number.isInteger(value) && value >= least) continue
    throw new UsageError(`${option} must be a whole number of at least ${least}, received ${value}`)
  }
  const shown = values.quiet ? quietTerminal(terminal) : terminal
  const { stored, left } = await profileFile({
    data,
    input: values.input,
    where: values.where,
    columns: values.columns,
    types: (values.type ?? {}) as Readonly<Record<string, ColumnType>>,
    bins,
    maxCategories,
    keepSample: values['keep-sample'] ?? false,
    exactRows: exactRowsOf(values['exact-rows']),
    terminal: shown,
  })
  const text = `${JSON.stringify(stored)}\n`
  if (out === undefined) terminal.out(text)
  else {
    writeWholeFile(out, text, force)
    const without = left.length === 0 ? '' : `, without texts: ${left.join(', ')}`
    shown.out(`profile=${out} rows=${stored.rows} columns=${stored.columns.length}${without}\n`)
  }
  return EXIT.fine
}
