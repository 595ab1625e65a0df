import { InvalidArgumentError } from '@tidegauge/core'
import { ownValue } from '@tidegauge/core/internal'
import type { HistogramReader, RecorderReader } from '../contract/recorder-reader.ts'
import type { Naming } from '../naming/naming.ts'
import type { SampleFamily } from './sample-family.ts'

/** One recorder, and what its metrics and labels are called. */
export interface NamedReader {
  readonly reader: RecorderReader
  readonly naming: Naming
  /** Labels on each of its series. */
  readonly labels: Readonly<Record<string, string>>
}

/** All samples of one metric name; an exposition must not have them in two places. */
export type Family = RecorderFamily | SampleFamily

export type RecorderFamily = HistogramFamily | ValueFamily

export interface HistogramFamily extends FamilyHead {
  readonly type: 'histogram'
  readonly parts: readonly HistogramPart[]
}

export interface ValueFamily extends FamilyHead {
  readonly type: 'gauge' | 'counter'
  readonly parts: readonly ValuePart[]
}

interface FamilyHead {
  /** Of a counter: with its `_total`. */
  readonly name: string
  readonly help: string
  readonly unit: string
}

export interface HistogramPart extends NamedReader {
  readonly histogram: HistogramReader
}

export interface ValuePart extends NamedReader {
  /** What it is now. */
  readonly value: () => number
  /** Of a counter: when it was 0. */
  readonly startTime?: () => number
}

/** Observations that no histogram took. */
const REJECTED = {
  name: 'tidegauge_rejected_observations_total',
  help: 'Observations that were negative or not finite.',
  unit: 'observations',
} as const

/**
 * What is to be shown, grouped by metric name: histograms in the order of the first recorder that has them,
 * then the requests under way, then what was rejected.
 *
 * @throws InvalidArgumentError where two recorders would write the same series, or one name would stand
 * for two metrics
 */
export function familiesOf(all: readonly NamedReader[]): RecorderFamily[] {
  const families = new Map<string, RecorderFamily>()
  // A sum that nobody has answered for yet has none: no zero is shown in its place.
  const readers = all.filter(({ reader }) => reader.histograms.length > 0)
  for (const named of readers) {
    assertLabels(named)
    for (const histogram of named.reader.histograms) {
      const metric = named.naming.metric(histogram.key)
      add(families, { ...metric, type: 'histogram', parts: [{ ...named, histogram }] })
    }
  }
  for (const named of readers) {
    const metric = named.naming.metric('activeRequests')
    const value = () => named.reader.activeRequests
    add(families, { ...metric, type: 'gauge', parts: [{ ...named, value }] })
  }
  for (const named of readers) {
    const value = () => named.reader.rejected
    const startTime = () => named.reader.startTime
    add(families, { ...REJECTED, type: 'counter', parts: [{ ...named, value, startTime }] })
  }
  return [...families.values()]
}

/** Whether a sample or a family of that name would be mistaken for one of these. */
export function namesTakenBy(families: readonly RecorderFamily[]): (name: string) => boolean {
  const names = new Set<string>()
  for (const { name, type } of families) {
    names.add(name)
    if (type === 'counter') names.add(name.replace(/_total$/, ''))
    if (type !== 'histogram') continue
    for (const suffix of ['_bucket', '_sum', '_count']) names.add(name + suffix)
  }
  return (name) => names.has(name)
}

/** Families of one name become one, their parts side by side. */
function add(families: Map<string, RecorderFamily>, family: RecorderFamily): void {
  const earlier = families.get(family.name)
  if (earlier === undefined) {
    assertName(family.name)
    families.set(family.name, family)
    return
  }
  if (earlier.type !== family.type) {
    throw new InvalidArgumentError('naming', 'one name for one metric', family.name)
  }
  for (const { reader, labels } of family.parts) {
    const twin = earlier.parts.find((part) => sameLabels(part.labels, labels))
    if (twin === undefined) continue
    throw new InvalidArgumentError(
      'recorders',
      'told apart by a naming or by labels',
      reader === twin.reader ? `one recorder twice as ${family.name}` : `two as ${family.name}`,
    )
  }
  const parts = [...earlier.parts, ...family.parts] as never
  families.set(family.name, { ...earlier, parts })
}

/** Labels in another order are the same; an empty one is to Prometheus the same as none. */
function sameLabels(a: NamedReader['labels'], b: NamedReader['labels']): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => (ownValue(a, name) ?? '') === (ownValue(b, name) ?? ''))
}

function assertName(name: string): void {
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) {
    throw new InvalidArgumentError('naming', 'of Prometheus metric names', name)
  }
}

function assertLabels({ reader, naming, labels }: NamedReader): void {
  const own = [...Object.values(naming.labels), ...reader.extraLabels]
  assertLabelNames([...Object.keys(labels), ...own])
}

/** @throws InvalidArgumentError where one is none, or there twice */
export function assertLabelNames(names: readonly string[]): void {
  for (const name of names) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.startsWith('__') || name === 'le') {
      throw new InvalidArgumentError('labels', 'Prometheus label names, and not "le"', name)
    }
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    throw new InvalidArgumentError('labels', 'names that no other label has', twice)
  }
}
