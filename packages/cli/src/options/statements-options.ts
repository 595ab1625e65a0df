import { DRIFT_OPTIONS } from './drift-options.ts'
import type { CommandSpec } from './option-spec.ts'
import { PROFILE_OPTIONS } from './profile-options.ts'

type OfDrift = Pick<
  typeof DRIFT_OPTIONS,
  | 'engine'
  | 'table'
  | 'from'
  | 'reference'
  | 'current'
  | 'reference-file'
  | 'current-file'
  | 'input'
  | 'where'
  | 'columns'
  | 'exclude'
  | 'target'
  | 'prediction'
  | 'time'
  | 'type'
  | 'preset'
  | 'method'
  | 'type-method'
  | 'exact-rows'
  | 'redact-key-file'
  | 'help'
>
type OfProfile = Pick<typeof PROFILE_OPTIONS, 'at' | 'like' | 'bins' | 'max-categories'>

const OWN = {
  rows: {
    kind: 'text',
    group: 'Tables in a database',
    value: '<file>',
    text: 'what those that were run already gave back: only the others are written',
  },
  config: {
    kind: 'text',
    group: 'Else',
    value: '<file>',
    text: 'options from a file: those of drift, or of its part "profile"',
    default: 'tidegauge.config.json, .js or .mjs',
    lineOnly: true,
  },
} as const

/** Of `drift` and `profile`, what decides which statements are run. */
export const STATEMENTS_OPTIONS: OfDrift & OfProfile & typeof OWN = {
  engine: DRIFT_OPTIONS.engine,
  table: DRIFT_OPTIONS.table,
  from: DRIFT_OPTIONS.from,
  rows: OWN.rows,
  reference: DRIFT_OPTIONS.reference,
  current: DRIFT_OPTIONS.current,
  'reference-file': DRIFT_OPTIONS['reference-file'],
  'current-file': DRIFT_OPTIONS['current-file'],
  input: DRIFT_OPTIONS.input,
  at: PROFILE_OPTIONS.at,
  where: DRIFT_OPTIONS.where,
  columns: DRIFT_OPTIONS.columns,
  exclude: DRIFT_OPTIONS.exclude,
  target: DRIFT_OPTIONS.target,
  prediction: DRIFT_OPTIONS.prediction,
  time: DRIFT_OPTIONS.time,
  type: DRIFT_OPTIONS.type,
  preset: DRIFT_OPTIONS.preset,
  method: DRIFT_OPTIONS.method,
  'type-method': DRIFT_OPTIONS['type-method'],
  'exact-rows': DRIFT_OPTIONS['exact-rows'],
  like: PROFILE_OPTIONS.like,
  bins: PROFILE_OPTIONS.bins,
  'max-categories': PROFILE_OPTIONS['max-categories'],
  'redact-key-file': DRIFT_OPTIONS['redact-key-file'],
  config: OWN.config,
  help: DRIFT_OPTIONS.help,
}

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
