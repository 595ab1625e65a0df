import type { TableColumn } from '@tidegauge/core'
import { measureColumn } from '../../measure/measure-column.ts'
import type { StoredColumn } from '../../measure/measured-column.ts'
import type { MethodChoice } from '../../plan/built-in-methods.ts'
import type { DriftMethod } from '../../plan/drift-method.ts'
import type { ColumnSide } from '../../plan/open-table.ts'
import { type DetectDriftOptions, methodChooser } from '../../plan/options.ts'
import { semanticsOf } from '../../presets/presets.ts'
import { isOwnMethod } from './encode-methods.ts'
import {
  type FromWorker,
  type ListRange,
  type MeasureRequest,
  MISSING,
  type SentCells,
  type SentChoice,
  type SentError,
  type SentMethods,
  type SentProfile,
  type SentSource,
  type StandIn,
} from './messages.ts'

type Lists = ReadonlyArray<readonly unknown[]>

/** In the worker: measures a column that was sent, with the very function that measures it elsewhere. */
export function measureRequest(request: MeasureRequest, lists: Lists): FromWorker {
  const { name, reference, current, type, methods, redactionKey, settings } = asTimes(request)
  let calledOwnMethod = false
  const options = decodeMethods(methods, () => {
    calledOwnMethod = true
    throw new Error('the functions of this method are elsewhere')
  })
  const methodFor = methodChooser(options)
  const column = {
    name,
    type,
    methodFor: (type: Parameters<typeof methodFor>[1]) => methodFor(name, type),
    redactionKey,
    semantics: semanticsOf(methods.preset),
  }
  const sides = {
    reference: decodeSource(name, reference, lists),
    current: decodeSource(name, current, lists),
  }
  const measured = measureColumn(column, sides, settings)
  return calledOwnMethod ? { kind: 'own-method' } : { kind: 'measured', column: measured }
}

/** Dates on both sides are compared by their times: no object need be made of each. */
function asTimes(request: MeasureRequest): MeasureRequest {
  const { reference, current, type = 'datetime', methods } = request
  const { looksAtCells } = semanticsOf(methods.preset)
  const isCompared = !looksAtCells && (type === 'datetime' || type === 'numeric')
  if (!isCompared || reference.kind !== 'dates' || current.kind !== 'dates') return request
  return {
    ...request,
    type,
    reference: { kind: 'typed', values: reference.values },
    current: { kind: 'typed', values: current.values },
  }
}

function decodeSource(name: string, sent: SentSource, lists: Lists): ColumnSide {
  if (sent.kind === 'none') return null
  if (sent.kind === 'unprofiled') return sent
  if (sent.kind === 'thrown') return { kind: 'failed', error: decodeError(sent.error) }
  if (sent.kind === 'profile') {
    const { column, sample } = sent
    const stored = { ...column, profile: decodeProfile(column.profile, lists) } as StoredColumn
    return { kind: 'profile', column: sample === undefined ? stored : { ...stored, sample } }
  }
  return { kind: 'cells', column: decodeCells(name, sent, lists) }
}

function decodeCells(
  name: string,
  sent: Exclude<SentSource, { readonly kind: 'none' | 'thrown' | 'profile' | 'unprofiled' }>,
  lists: Lists,
): TableColumn {
  if (sent.kind === 'typed') {
    const { values, categories } = sent
    if (categories === undefined) return { name, values }
    return { name, values, categories: itemsOf(categories, lists) as string[] }
  }
  const values = sent.kind === 'dates' ? decodeDates(sent.values) : decodeAny(sent, lists)
  return { name, values }
}

function decodeDates(times: Float64Array): Array<Date | null> {
  return Array.from(times, (time) => (Number.isNaN(time) ? null : new Date(time)))
}

function decodeAny({ length, codes, ends, lists: range, failure }: SentCells, lists: Lists) {
  const values = new Array<unknown>(length).fill(null)
  let start = 0
  ends.forEach((end, segment) => {
    const items = lists[range.from + segment]!.map(decodeItem)
    for (let i = start; i < end; i++) {
      if (codes[i] !== MISSING) values[i] = items[codes[i]!]
    }
    start = end
  })
  if (failure !== undefined) {
    Object.defineProperty(values, failure.at, {
      get() {
        throw decodeError(failure.error)
      },
    })
  }
  return values
}

function decodeItem(item: unknown): unknown {
  if (typeof item !== 'object' || item instanceof Date) return item
  return STOOD_IN_FOR[(item as StandIn).standsFor]
}

const STOOD_IN_FOR: Readonly<Record<StandIn['standsFor'], unknown>> = {
  object: {},
  array: [],
  function: () => {},
  symbol: Symbol('cell'),
}

function decodeError(error: SentError): unknown {
  return error.isError ? new Error(error.message) : error.value
}

function decodeProfile(profile: SentProfile['profile'], lists: Lists): object {
  return Object.fromEntries(
    Object.entries(profile).map(([key, value]) => {
      const isList = typeof value === 'object' && value !== null && '$list' in value
      return [key, isList ? itemsOf(value.$list as ListRange, lists) : value]
    }),
  )
}

function itemsOf({ from, to }: ListRange, lists: Lists): unknown[] {
  return lists.slice(from, to).flat()
}

/** Own methods come back with functions that cannot be called here. */
function decodeMethods(
  { method, methods, ...preset }: SentMethods,
  call: () => never,
): Pick<DetectDriftOptions, 'preset' | 'method' | 'methods'> {
  const decode = (choice: SentChoice): MethodChoice => {
    if (typeof choice === 'string') return choice as MethodChoice
    if (!isOwnMethod(choice)) {
      return { method: decode(choice.method) as DriftMethod, threshold: choice.threshold }
    }
    const { name, threshold, bins, takes } = choice
    return {
      name,
      ...(threshold === undefined ? {} : { threshold }),
      ...(bins === undefined ? {} : { bins }),
      compare: Object.fromEntries(takes.map((kind) => [kind, call])),
    }
  }
  const decodeAll = (choices: Readonly<Record<string, SentChoice>>) =>
    Object.fromEntries(Object.entries(choices).map(([key, choice]) => [key, decode(choice)]))
  const isChoice =
    typeof method === 'string' ||
    (method !== undefined && ('takes' in method || 'method' in method))
  return {
    ...preset,
    ...(method === undefined
      ? {}
      : { method: isChoice ? decode(method as SentChoice) : decodeAll(method) }),
    ...(methods === undefined ? {} : { methods: decodeAll(methods) }),
  }
}
