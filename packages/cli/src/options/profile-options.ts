import { FORMATS } from './data-formats.ts'
import { ENGINE_OPTIONS } from './engine-options.ts'
import type { CommandSpec, OptionValues } from './option-spec.ts'
import { TEXT_FILE_OPTIONS } from './text-file-options.ts'

const WHAT_IS_READ = {
  out: {
    kind: 'text',
    group: 'Where it goes',
    value: '<file>',
    text: 'where to write it',
    default: 'standard output, where that is a file or a pipe',
  },
  force: { kind: 'flag', group: 'Where it goes', text: 'replace the file if it exists' },
  where: {
    kind: 'text',
    group: 'Which rows and columns',
    value: '<condition>',
    text: "only rows for which this holds: one condition in DuckDB's SQL, with --engine in that of the engine",
  },
  columns: {
    kind: 'list',
    group: 'Which rows and columns',
    value: '<a,b>',
    text: 'only these columns',
    default: 'all',
    feeds: 'profile.columns',
  },
  exclude: {
    kind: 'list',
    group: 'Which rows and columns',
    value: '<a,b>',
    text: 'not these columns',
  },
  time: {
    kind: 'text',
    group: 'Which rows and columns',
    value: '<column>',
    text: "when a row came to be: kept as the profile's time range, and not compared later; with --engine also the column that --at is a value of",
    default: 'the only column of dates',
    feeds: 'profile.time',
  },
  at: {
    kind: 'text',
    group: 'Which rows and columns',
    value: '<value>',
    text: 'with --engine: only rows of which --time is that: 2024-01-31, 2024-01',
  },
  type: {
    kind: 'map',
    oneOf: ['numeric', 'datetime', 'categorical', 'text'],
    group: 'Which rows and columns',
    value: '<column=type>',
    text: 'numeric, datetime, categorical or text (texts cannot be stored); repeat it',
    feeds: 'profile.types',
  },
  unit: {
    kind: 'map',
    group: 'Which rows and columns',
    value: '<column=unit>',
    text: 'what its numbers are in, for the reports: seconds, bytes, percent, EUR, km; repeat it',
    feeds: 'profile.units',
  },
  input: {
    kind: 'text',
    oneOf: FORMATS as typeof FORMATS,
    group: 'Which rows and columns',
    value: '<format>',
    text: 'what the data is: csv, parquet, json, ndjson or arrow',
    default: 'by its name',
  },
} as const

const WHAT_IS_KEPT = {
  bins: {
    kind: 'number',
    whole: true,
    least: 2,
    group: 'What is kept',
    value: '<count>',
    text: 'bins of a numeric column, between its quantiles; a multiple of 10 holds the deciles, between which PSI and the like are summed',
    default: 260,
    feeds: 'profile.bins',
  },
  'max-categories': {
    kind: 'number',
    whole: true,
    least: 1,
    group: 'What is kept',
    value: '<n>',
    text: 'categories kept by name, the most frequent first',
    default: 1000,
    feeds: 'profile.maxCategories',
  },
  like: {
    kind: 'text',
    group: 'What is kept',
    value: '<profile>',
    text: "count into the bins and categories of a stored profile, and besides them the data's own most frequent ones: both can then be compared and merged; by default the columns that it has",
    feeds: 'profile.like',
  },
  'keep-sample': {
    kind: 'flag',
    group: 'What is kept',
    text: 'keep the values of numeric columns, sorted, for exact tests',
    feeds: 'profile.keepSample',
  },
  'exact-rows': {
    kind: 'number',
    whole: true,
    least: 1000,
    group: 'What is kept',
    value: '<rows>',
    text: 'quantiles of more rows are approximate; in a database from 1,000,000 on by default',
    default: 2_000_000,
  },
  redact: {
    kind: 'flag',
    group: 'What is kept',
    text: 'store codes in the place of the names of categories; it needs a key: TIDEGAUGE_REDACTION_KEY in the environment, or a file',
    feeds: 'profile.redact',
  },
  'redact-key-file': {
    kind: 'text',
    group: 'What is kept',
    value: '<file>',
    text: 'the file that holds the key; numbers and names of columns are not redacted',
    feeds: 'profile.redact',
  },
  config: {
    kind: 'text',
    group: 'Else',
    value: '<file>',
    text: 'options from the part "profile" of a config file',
    default: 'tidegauge.config.json, .js or .mjs',
    lineOnly: true,
  },
  quiet: { kind: 'flag', group: 'Else', text: 'no progress and no line about the file' },
  help: { kind: 'flag', group: 'Else', text: 'show this', short: 'h', lineOnly: true },
} as const

export const PROFILE_OPTIONS: typeof WHAT_IS_READ &
  typeof ENGINE_OPTIONS &
  typeof TEXT_FILE_OPTIONS &
  typeof WHAT_IS_KEPT = {
  ...WHAT_IS_READ,
  ...ENGINE_OPTIONS,
  ...TEXT_FILE_OPTIONS,
  ...WHAT_IS_KEPT,
}

export type ProfileCommandOptions = OptionValues<typeof PROFILE_OPTIONS>

export const PROFILE: CommandSpec = {
  summary: 'store a reference, to compare with many times',
  usage: '[data] [options]',
  about:
    'Stores a reference: for each column its counts. tidegauge drift takes it in place of the data.',
  arguments: [
    [
      '<data>',
      'CSV, Parquet, JSON, NDJSON or Arrow, a pattern in quotes, or - for standard input; with --engine there is none',
    ],
  ],
  options: PROFILE_OPTIONS,
  config: 'part',
  paths: ['data'],
  examples: [
    'tidegauge profile january.parquet --out january.profile.json',
    'tidegauge profile --engine postgres --table user_snapshots --time as_of \\\n    --at 2024-01-31 --out january.profile.json',
    'tidegauge drift january.profile.json february.parquet',
    'tidegauge profile february.parquet --like january.profile.json \\\n    --out february.profile.json',
  ],
}
