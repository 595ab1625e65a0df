import { FORMATS } from '../data/locate.ts'
import { FAIL_ON } from '../output/fail-on.ts'
import type { OptionValues } from './command-line.ts'

const COLUMN_POLICIES = ['action', 'undecided', 'ignore'] as const

/** The options of `tidegauge drift`; a config file has them at its top level. */
export const DRIFT_OPTIONS = {
  reference: { kind: 'text' },
  current: { kind: 'text' },
  where: { kind: 'text' },
  columns: { kind: 'list' },
  exclude: { kind: 'list' },
  target: { kind: 'list' },
  prediction: { kind: 'list' },
  time: { kind: 'text' },
  type: { kind: 'map', oneOf: ['numeric', 'datetime', 'categorical', 'text'] },
  input: { kind: 'text', oneOf: FORMATS as typeof FORMATS },
  preset: { kind: 'text', oneOf: ['evidently', 'evidently-0.7'] },
  method: { kind: 'map' },
  share: { kind: 'number' },
  'minimum-judged': { kind: 'number' },
  'on-missing-column': { kind: 'text', oneOf: COLUMN_POLICIES as typeof COLUMN_POLICIES },
  'on-changed-type': { kind: 'text', oneOf: COLUMN_POLICIES as typeof COLUMN_POLICIES },
  alpha: { kind: 'number' },
  tolerance: { kind: 'number' },
  'exact-rows': { kind: 'number' },
  redact: { kind: 'flag' },
  'redact-key-file': { kind: 'text' },
  out: { kind: 'text' },
  format: { kind: 'list', oneOf: ['html', 'json', 'md', 'junit'] },
  force: { kind: 'flag' },
  json: { kind: 'flag' },
  quiet: { kind: 'flag' },
  'fail-on': { kind: 'list', oneOf: FAIL_ON as typeof FAIL_ON },
} as const

export type DriftCommandOptions = OptionValues<typeof DRIFT_OPTIONS>
