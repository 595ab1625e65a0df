import { type DecisionPolicy, InvalidArgumentError } from '@tidegauge/core'
import { ownValue, validPolicy } from '@tidegauge/core/internal'
import { semanticsOf } from '../presets/presets.ts'
import type { Semantics } from '../presets/semantics.ts'
import type { ColumnRole, ColumnType, DriftSettings } from '../report/drift-report.ts'
import type { DriftMethod } from './drift-method.ts'
import type { TableShape } from './open-table.ts'
import { type DetectDriftOptions, methodChooser, rolesOf, validSettings } from './options.ts'

/** What is to be compared, and how: all that is known before the first column is read. */
export interface Plan {
  readonly reference: TableShape
  readonly current: TableShape
  /** What the report calls the two tables. */
  readonly names: { readonly reference: string; readonly current: string }
  readonly columns: readonly ColumnPlan[]
  readonly settings: DriftSettings
  readonly semantics: Semantics
  readonly policy: DecisionPolicy
  /** The column that tells when a row came to be, where one was named. */
  readonly time: string | undefined
}

/** What is to be done with a column. */
export interface ColumnPlan extends ColumnChoice {
  readonly role: ColumnRole
  /** As the caller has it. */
  readonly unit: string | undefined
}

/** How a column is to be compared. */
export interface ColumnChoice {
  readonly name: string
  /** As the caller has it; undefined: to be inferred. */
  readonly type: ColumnType | undefined
  readonly methodFor: (type: ColumnType) => DriftMethod
  /** The key of a side that was stored redacted. */
  readonly redactionKey?: string | undefined
  /** The rules that it is taken and judged by. */
  readonly semantics: Semantics
}

/**
 * What is not valid is refused before a column is read.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 */
export function planOf(
  reference: TableShape,
  current: TableShape,
  options: DetectDriftOptions,
): Plan {
  const settings = validSettings(options)
  const semantics = semanticsOf(options.preset)
  const policy = validPolicy({ ...semantics.defaults.policy, ...options.policy })
  const methodFor = methodChooser(options)
  const redactionKey = typeof options.redact === 'string' ? options.redact : undefined
  const columns = Array.from(rolesOf(reference, current, options), ([name, role]) => ({
    name,
    role,
    unit: ownValue(options.units, name),
    type: ownValue(options.types, name),
    methodFor: (type: ColumnType) => methodFor(name, type),
    redactionKey,
    semantics,
  }))
  assertWeights(columns, settings)
  const names = {
    reference: options.names?.reference ?? 'reference',
    current: options.names?.current ?? 'current',
  }
  const { time } = options
  return { reference, current, names, columns, settings, semantics, policy, time }
}

/** A share in which nothing counts is none. */
function assertWeights(columns: readonly ColumnPlan[], { weights }: DriftSettings): void {
  const features = columns.filter(({ role }) => role === 'feature')
  if (weights === undefined || weights === null || features.length === 0) return
  if (features.some(({ name }) => ownValue(weights, name) !== 0)) return
  throw new InvalidArgumentError('weights', 'above 0 for one feature at least', 0)
}
