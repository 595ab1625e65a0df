import { InvalidArgumentError } from '@tidegauge/core'
import type { ErrorType, RequestLabels } from '../contract/recorder-reader.ts'
import { KNOWN_METHODS, OTHER_METHOD, OVERFLOW_ROUTE } from '../naming/request-duration.ts'

export interface SeriesIndexOptions {
  readonly maxSeries: number
  readonly maxUnmatchedSeries: number
  readonly statusClasses: boolean
  /** How many labels of the user's own each series has. */
  readonly extraLabels: number
}

/** The series of an index as plain data. */
export interface SeriesState {
  /** Routes and extra values, by id. */
  readonly strings: readonly string[]
  /** Per slot: the packed method, error and status, the id of the route, and those of the extra values. */
  readonly entries: Int32Array
  /** Slots in use. */
  readonly size: number
  /** Entries per slot. */
  readonly stride: number
  readonly statusClasses: boolean
}

const OVERFLOW_SLOT = 0
/** Ids of the strings that every index has. */
const NO_STRING = 0
const OVERFLOW_STRING = 1
const FIRST_CAPACITY = 16
const LONGEST_ROUTE = 1024
const LONGEST_EXTRA = 128

/**
 * Labels to slot, in two look-ups: the route's string gives an id, and the ids an entry of an
 * open-addressed table. Labels themselves are made when somebody reads them.
 *
 * A string is kept only where it makes a new series, so that the budgets bound those too.
 */
export class SeriesIndex {
  /** Slots in use; slot 0 is the overflow. */
  size = 1
  private readonly options: SeriesIndexOptions
  private readonly stride: number
  /** The ids of the extra values that are looked up just now. */
  private readonly extraIds: Int32Array
  private ids = new Map<string, number>()
  private strings: string[] = []
  private entries = new Int32Array(0)
  /** Slots by hash; 0 is a free place, since the overflow series is never looked up. */
  private table = new Int32Array(0)
  private matched = 0
  private unmatched = 0

  constructor(options: SeriesIndexOptions) {
    this.options = options
    this.stride = 2 + options.extraLabels
    this.extraIds = new Int32Array(options.extraLabels)
    this.clear()
  }

  /** Allocates only where a series is new; 0 where its budget is used up. */
  slot(
    method: string,
    route: string | undefined,
    statusCode: number,
    errorType?: ErrorType,
    extra?: readonly string[],
  ): number {
    const key = packKey(method, statusCode, errorType, this.options.statusClasses)
    // Stryker disable ConditionalExpression,EqualityOperator,LogicalOperator: the slow way finds what the fast one does
    const routeId = route === undefined ? NO_STRING : this.ids.get(route)
    if (routeId === undefined) return this.slotOfNewStrings(key, route as string, extra)
    if (this.stride > 2 && !this.readExtra(extra)) {
      return this.slotOfNewStrings(key, route, extra)
    }
    // Stryker restore ConditionalExpression,EqualityOperator,LogicalOperator
    const slot = this.find(key, routeId)
    return slot === 0 ? this.insert(key, routeId) : slot
  }

  labelsAt(slot: number): RequestLabels {
    return labelsOf(this.view(), slot)
  }

  state(): SeriesState {
    const { strings, entries, size, stride } = this
    return {
      ...this.view(),
      strings: strings.slice(),
      entries: entries.slice(0, size * stride),
    }
  }

  /**
   * Takes over the series of another index, whatever its budgets.
   *
   * @returns by slot there, the slot here
   */
  adopt(state: SeriesState): Int32Array {
    const ids = state.strings.map((text) => this.intern(text))
    const slots = new Int32Array(state.size)
    for (let theirs = 1; theirs < slots.length; theirs++) {
      const at = theirs * this.stride
      const routeId = ids[state.entries[at + 1]!]!
      for (let i = 0; i < this.extraIds.length; i++) {
        this.extraIds[i] = ids[state.entries[at + 2 + i]!]!
      }
      slots[theirs] =
        this.find(state.entries[at]!, routeId) || this.insert(state.entries[at]!, routeId)
    }
    return slots
  }

  clear(): void {
    this.ids = new Map()
    this.strings = []
    this.intern('')
    this.intern(OVERFLOW_ROUTE)
    this.entries = new Int32Array(FIRST_CAPACITY * this.stride)
    this.entries[1] = OVERFLOW_STRING
    this.table = new Int32Array(FIRST_CAPACITY * 2)
    this.size = 1
    this.matched = 0
    this.unmatched = 0
  }

  private view(): SeriesState {
    const { strings, entries, size, stride, options } = this
    return { strings, entries, size, stride, statusClasses: options.statusClasses }
  }

  /** @returns false where a value is new */
  private readExtra(extra: readonly string[] | undefined): boolean {
    let known = true
    for (let i = 0; i < this.extraIds.length; i++) {
      const value = extra?.[i]
      const id = value === undefined ? NO_STRING : this.ids.get(value)
      if (id === undefined) known = false
      else this.extraIds[i] = id
    }
    return known
  }

  private find(key: number, routeId: number): number {
    const { table, entries, stride } = this
    const mask = table.length - 1
    for (let place = this.hash(key, routeId) & mask; ; place = (place + 1) & mask) {
      const slot = table[place]!
      if (slot === 0) return 0
      const at = slot * stride
      if (
        entries[at] === key &&
        entries[at + 1] === routeId &&
        (stride === 2 || this.sameExtra(at + 2))
      ) {
        return slot
      }
    }
  }

  private sameExtra(at: number): boolean {
    for (let i = 0; i < this.extraIds.length; i++) {
      if (this.entries[at + i] !== this.extraIds[i]) return false
    }
    return true
  }

  // Stryker disable all: nobody sees in which place a series is, only how soon it is found
  private hash(key: number, routeId: number): number {
    let hash = Math.imul(key + Math.imul(routeId, 0x9e3779b1), 0x85ebca6b)
    for (let i = 0; i < this.extraIds.length; i++) {
      hash = Math.imul(hash ^ this.extraIds[i]!, 0xc2b2ae35)
      hash ^= hash >>> 15
    }
    return hash ^ (hash >>> 16)
  }
  // Stryker restore all

  /** The slow way in: at least one string was not found as it came. */
  private slotOfNewStrings(
    key: number,
    route: string | undefined,
    extra: readonly string[] | undefined,
  ): number {
    const name = boundedText(typeof route === 'string' ? route : '', LONGEST_ROUTE)
    const values: string[] = []
    for (let i = 0; i < this.extraIds.length; i++) {
      const value: unknown = extra?.[i]
      const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
      values.push(boundedText(typeof text === 'string' ? text : '', LONGEST_EXTRA))
    }
    const routeId = this.ids.get(name)
    if (routeId !== undefined && this.readExtra(values)) {
      return this.find(key, routeId) || this.insert(key, routeId)
    }
    if (this.isFull(name === '')) return OVERFLOW_SLOT
    const newRouteId = this.intern(name)
    for (let i = 0; i < values.length; i++) this.extraIds[i] = this.intern(values[i]!)
    return this.insert(key, newRouteId)
  }

  private isFull(unmatched: boolean): boolean {
    return unmatched
      ? this.unmatched >= this.options.maxUnmatchedSeries
      : this.matched >= this.options.maxSeries
  }

  private insert(key: number, routeId: number): number {
    // An app's own route of that name must not become a second series with the same labels.
    if (routeId === OVERFLOW_STRING || this.isFull(routeId === NO_STRING)) return OVERFLOW_SLOT
    if (routeId === NO_STRING) this.unmatched++
    else this.matched++
    const slot = this.size++
    const at = slot * this.stride
    if (at === this.entries.length) this.grow()
    this.entries[at] = key
    this.entries[at + 1] = routeId
    this.entries.set(this.extraIds, at + 2)
    this.place(slot)
    return slot
  }

  private grow(): void {
    const entries = new Int32Array(this.entries.length * 2)
    entries.set(this.entries)
    this.entries = entries
    // Half empty at the least, so that a search meets a free place soon.
    this.table = new Int32Array(this.table.length * 2)
    const extraIds = this.extraIds.slice()
    for (let slot = 1; slot < this.size - 1; slot++) {
      const at = slot * this.stride + 2
      this.extraIds.set(entries.subarray(at, at + extraIds.length))
      this.place(slot)
    }
    this.extraIds.set(extraIds)
  }

  /** Expects the slot's extra ids in `extraIds`. */
  private place(slot: number): void {
    const at = slot * this.stride
    const mask = this.table.length - 1
    let place = this.hash(this.entries[at]!, this.entries[at + 1]!) & mask
    while (this.table[place] !== 0) place = (place + 1) & mask
    this.table[place] = slot
  }

  private intern(text: string): number {
    const known = this.ids.get(text)
    if (known !== undefined) return known
    const own = flatCopy(text)
    this.ids.set(own, this.strings.length)
    return this.strings.push(own) - 1
  }
}

/** @throws InvalidArgumentError where there is no such slot */
export function labelsOf(
  { strings, entries, size, stride, statusClasses }: SeriesState,
  slot: number,
): RequestLabels {
  if (!(Number.isInteger(slot) && slot >= 0 && slot < size)) {
    throw new InvalidArgumentError('slot', `a whole number below ${size}`, slot)
  }
  const at = slot * stride
  const route = entries[at + 1]!
  const extra: string[] = []
  for (let i = 2; i < stride; i++) extra.push(strings[entries[at + i]!]!)
  // Field by field: a spread costs fifteen times as much, and a scrape asks for the labels of every series.
  const { method, statusCode, errorType } = unpackKey(entries[at]!, statusClasses)
  const routeText = route === NO_STRING ? undefined : strings[route]!
  return { method, route: routeText, statusCode, errorType, extra }
}

const GET_INDEX = KNOWN_METHODS.indexOf('GET') + 1
const POST_INDEX = KNOWN_METHODS.indexOf('POST') + 1
const ERROR_TYPES: readonly (ErrorType | undefined)[] = [
  undefined,
  'client_disconnected',
  'response_aborted',
]
const STATUS_RANGE = 600

/** Method 0 is `_OTHER`, status 0 is absent; an error type that we do not know is none. */
function packKey(
  method: string,
  statusCode: number,
  errorType: ErrorType | undefined,
  statusClasses: boolean,
): number {
  const known = (statusCode | 0) === statusCode && statusCode >= 100 && statusCode < STATUS_RANGE
  const status = known ? (statusClasses ? (statusCode / 100) | 0 : statusCode) : 0
  const error = errorType === undefined ? 0 : Math.max(0, ERROR_TYPES.indexOf(errorType))
  return (methodIndex(method) * ERROR_TYPES.length + error) * STATUS_RANGE + status
}

/** Node's method strings are few and always the same ones: this compares pointers, the usual first. */
function methodIndex(method: string): number {
  // Stryker disable next-line ConditionalExpression,StringLiteral: found below too
  if (method === 'GET') return GET_INDEX
  // Stryker disable next-line ConditionalExpression,StringLiteral: found below too
  if (method === 'POST') return POST_INDEX
  return KNOWN_METHODS.indexOf(method) + 1
}

function unpackKey(
  key: number,
  statusClasses: boolean,
): Pick<RequestLabels, 'method' | 'statusCode' | 'errorType'> {
  const status = key % STATUS_RANGE
  const methodAndError = (key - status) / STATUS_RANGE
  const error = methodAndError % ERROR_TYPES.length
  const method = (methodAndError - error) / ERROR_TYPES.length
  return {
    method: method === 0 ? OTHER_METHOD : KNOWN_METHODS[method - 1]!,
    statusCode: status === 0 ? undefined : statusClasses ? `${status}xx` : status,
    errorType: ERROR_TYPES[error],
  }
}

/**
 * Cut at a length, and well-formed: a lone surrogate has no UTF-8, so that two texts which differ in
 * one alone would be exposed as the same label.
 */
function boundedText(text: string, longest: number): string {
  const cut = text.length > longest ? text.slice(0, longest) : text
  return cut.replace(/\p{Surrogate}/gu, '\ufffd')
}

/**
 * The same text without its parent: V8 keeps the whole of a string alive for a slice of it. As a property's
 * key it becomes V8's one copy of that text, which a literal of the app is already, and compares fastest.
 */
function flatCopy(text: string): string {
  return Object.keys({ [text]: 0 })[0]!
}
