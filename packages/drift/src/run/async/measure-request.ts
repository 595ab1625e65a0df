import type { Steps } from '@tidegauge/core/internal'
import { measureColumn } from '../../measure/measure-column.ts'
import type { MeasuredColumn } from '../../measure/measured-column.ts'
import { BUILT_IN_METHODS, type MethodName } from '../../plan/built-in-methods.ts'
import { COLUMN_TYPES } from '../../plan/column-kinds.ts'
import type { DriftMethod } from '../../plan/drift-method.ts'
import type { ColumnChoice } from '../../plan/plan.ts'
import { semanticsOf } from '../../presets/presets.ts'
import { type ColumnEvidence, isFault } from '../../read/column-evidence.ts'
import type { ColumnType, DriftSettings } from '../../report/drift-report.ts'
import type { MeasureRequest, SentMethod } from './messages.ts'
import { type Pieces, putTogether, takeApart } from './take-apart.ts'

/** A column in a form that a worker can take. */
export interface Job {
  readonly pieces: Pieces
  readonly request: MeasureRequest
}

/** @returns null where the column is compared by a method whose functions only the caller has */
export function* jobOf(
  column: ColumnChoice,
  evidence: ColumnEvidence,
  settings: DriftSettings,
): Steps<Job | null> {
  const { name, type, methodFor, redactionKey, semantics } = column
  const methods = Object.fromEntries(
    COLUMN_TYPES.map((type) => [type, sentMethod(methodFor(type))]),
  ) as Record<ColumnType, SentMethod>
  const isCompared = evidence.kind === 'pair' && !isFault(evidence.compared)
  if (isCompared && semantics.method === null && !methods[evidence.type!].isBuiltIn) return null
  const pieces: Array<readonly unknown[]> = []
  const sent = yield* takeApart(evidence, pieces)
  const preset = semantics.name
  return {
    pieces,
    request: { name, type, redactionKey, preset, methods, evidence: sent, settings },
  }
}

/** In the worker: measures a column that was sent, by the very function that measures it elsewhere. */
export function measureRequest(request: MeasureRequest, pieces: Pieces): MeasuredColumn {
  const { name, type, redactionKey, preset, methods, evidence, settings } = request
  const semantics = semanticsOf(preset)
  const methodFor = (type: ColumnType) => semantics.method ?? methodOfSent(methods[type])
  const column = { name, type, methodFor, redactionKey, semantics }
  return measureColumn(column, putTogether(evidence, pieces) as ColumnEvidence, settings)
}

function sentMethod({ name, bins, threshold, compare }: DriftMethod): SentMethod {
  const isBuiltIn =
    Object.hasOwn(BUILT_IN_METHODS, name) &&
    BUILT_IN_METHODS[name as MethodName].compare === compare
  return {
    name,
    isBuiltIn,
    ...(bins === undefined ? {} : { bins }),
    ...(threshold === undefined ? {} : { threshold }),
  }
}

function methodOfSent({ isBuiltIn, ...method }: SentMethod): DriftMethod {
  const compare = isBuiltIn ? BUILT_IN_METHODS[method.name as MethodName].compare : {}
  return { ...method, compare }
}
