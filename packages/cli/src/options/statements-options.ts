import { DRIFT_OPTIONS } from './drift-options.ts'
import type { CommandSpec } from './option-spec.ts'
import { PROFILE_OPTIONS } from './profile-options.ts'

const {
  engine,
  table,
  from,
  rows,
  reference,
  current,
  'reference-file': referenceFile,
  'current-file': currentFile,
  input,
  where,
  columns,
  exclude,
  target,
  prediction,
  time,
  type,
  preset,
  method,
  'type-method': typeMethod,
  'exact-rows': exactRows,
  'redact-key-file': keyFile,
  config,
  help,
} = DRIFT_OPTIONS
const { at, bins, like, 'max-categories': maxCategories } = PROFILE_OPTIONS

/** Of `drift` and `profile`, what decides which statements are run. */
export const STATEMENTS_OPTIONS = {
  engine,
  table,
  from,
  rows: {
    ...rows,
    text: 'what those that were run already gave back: only the others are written',
  },
  reference,
  current,
  'reference-file': referenceFile,
  'current-file': currentFile,
  input,
  at,
  like,
  where,
  columns,
  exclude,
  target,
  prediction,
  time,
  type,
  preset,
  method,
  'type-method': typeMethod,
  'exact-rows': exactRows,
  bins,
  'max-categories': maxCategories,
  'redact-key-file': keyFile,
  config: { ...config, text: 'options from a file: those of drift, or of its part "profile"' },
  help,
} as const

export const STATEMENTS: CommandSpec = {
  summary: 'write the statements, to run them elsewhere',
  usage: '[reference] [current] [options]',
  about:
    'Writes the statements that drift, or profile, would run, as lines of JSON on standard output: {"id", "sql"}. Where they were run, {"id", "rows"} goes back to drift and profile with --rows. Later ones follow from what earlier ones give back: call it again with --rows until it writes none.',
  options: STATEMENTS_OPTIONS,
  config: 'none',
  paths: [],
  notes: [
    'With --reference or --reference-file, or two values of --time, they are those of drift, else those of profile.',
  ],
  examples: [
    'tidegauge statements --engine spark --table user_snapshots --time as_of \\\n    2024-01-31 2024-02-29 --rows rows.jsonl > statements.jsonl',
  ],
}
