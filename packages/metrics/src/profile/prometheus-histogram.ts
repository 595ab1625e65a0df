import { InvalidArgumentError, type NumericProfile } from '@tidegauge/core'
import { bucketProfile } from './latency-profile.ts'

export interface PrometheusHistogram {
  /** All labels but `le`. A label that is empty is left out: to Prometheus it is the same as none. */
  readonly labels: Readonly<Record<string, string>>
  readonly profile: NumericProfile
}

/**
 * Read one histogram out of a scraped page, one profile per label set, in order of appearance.
 *
 * Cumulative `le` buckets become counts. Values are taken to be ≥ 0 where the lowest bound is positive;
 * else what lies at or below the lowest bound is `underflow`. Other families are skipped unread.
 *
 * @param text - text exposition format 0.0.4; exemplars of OpenMetrics are skipped
 * @param name - of the family, without `_bucket`
 * @throws InvalidArgumentError on a line of this family that is malformed, and on buckets that decrease,
 * repeat, lack `+Inf` or contradict `_count`
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
 * @example
 * const text = 'up_seconds_bucket{le="1"} 2\nup_seconds_bucket{le="+Inf"} 3\nup_seconds_count 3\n'
 * parsePrometheusHistogram(text, 'up_seconds')[0].profile.counts // [2], and overflow 1
 */
export function parsePrometheusHistogram(text: string, name: string): PrometheusHistogram[] {
  for (const [argument, value] of Object.entries({ text, name })) {
    if (typeof value !== 'string') throw new InvalidArgumentError(argument, 'a text', value)
  }
  const series = new Map<string, ScrapedSeries>()
  text.split('\n').forEach((line, i) => {
    if (line.trimStart().startsWith(name)) addSample(series, name, line, `line ${i + 1}`)
  })
  const unit = UNITS.find((known) => name.endsWith(`_${known}`))
  return [...series.values()].map((one) => toHistogram(one, unit))
}

/** What a name ends in. @see https://prometheus.io/docs/practices/naming/#base-units */
const UNITS = ['seconds', 'milliseconds', 'bytes'] as const

interface ScrapedSeries {
  readonly labels: Readonly<Record<string, string>>
  /** Cumulative counts by upper bound. */
  readonly buckets: Map<number, number>
  sum?: number
  count?: number
}

function addSample(
  series: Map<string, ScrapedSeries>,
  name: string,
  line: string,
  where: string,
): void {
  const cursor: Cursor = { line, at: 0, where }
  const suffix = readName(cursor).slice(name.length)
  if (suffix !== '_bucket' && suffix !== '_sum' && suffix !== '_count') return
  const { le, ...labels } = readLabels(cursor)
  const value = readValue(cursor)
  const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
  let scraped = series.get(key)
  if (scraped === undefined) {
    scraped = { labels, buckets: new Map() }
    series.set(key, scraped)
  }
  if (suffix === '_sum') {
    scraped.sum = value
    return
  }
  if (!(value >= 0 && Number.isFinite(value))) throw malformed(cursor, 'a count that is no count')
  if (suffix === '_count') {
    scraped.count = value
    return
  }
  const bound = le === undefined ? Number.NaN : parseFloatOfGo(le)
  if (Number.isNaN(bound)) throw malformed(cursor, 'a bucket without a numeric "le"')
  if (scraped.buckets.has(bound)) throw malformed(cursor, `the bucket le="${le}" a second time`)
  scraped.buckets.set(bound, value)
}

interface Cursor {
  readonly line: string
  readonly where: string
  at: number
}

const NAME = /[ \t]*([a-zA-Z_:][\w:]*)[ \t]*/y
const OPEN = /\{[ \t]*/y
const CLOSE = /\}/y
// The value is unrolled, so that a quote that never closes costs linear time.
const LABEL = /([a-zA-Z_]\w*)[ \t]*=[ \t]*"([^"\\]*(?:\\.[^"\\]*)*)"[ \t]*(?:,[ \t]*|(?=\}))/y
const VALUE = /[ \t]*([^\s#]+)(?:[ \t]+-?[\d.]+)?[ \t]*(?:#.*)?\r?$/y

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = cursor.at
  const match = pattern.exec(cursor.line)
  if (match !== null) cursor.at = pattern.lastIndex
  return match
}

function readName(cursor: Cursor): string {
  return take(cursor, NAME)?.[1] ?? ''
}

function readLabels(cursor: Cursor): Record<string, string> {
  if (take(cursor, OPEN) === null) return {}
  const labels = new Map<string, string>()
  while (take(cursor, CLOSE) === null) {
    const label = take(cursor, LABEL)
    if (label === null) throw malformed(cursor, 'a malformed label')
    if (labels.has(label[1]!)) throw malformed(cursor, `the label ${label[1]} twice`)
    labels.set(label[1]!, unescapeLabelValue(label[2]!))
  }
  return Object.fromEntries([...labels].filter(([, value]) => value !== ''))
}

function unescapeLabelValue(value: string): string {
  return value.replace(/\\([\\"n])/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))
}

function readValue(cursor: Cursor): number {
  const token = take(cursor, VALUE)?.[1]
  if (token === undefined) throw malformed(cursor, 'no value')
  const value = parseFloatOfGo(token)
  if (Number.isNaN(value) && !/^nan$/i.test(token)) throw malformed(cursor, 'a malformed value')
  return value
}

/** NaN where it is not a number. */
function parseFloatOfGo(token: string): number {
  if (/^[+-]?inf(inity)?$/i.test(token)) {
    return token.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(token) ? Number(token) : Number.NaN
}

function malformed({ line, where }: Cursor, what: string): InvalidArgumentError {
  return new InvalidArgumentError(
    'text',
    'well-formed exposition text',
    `${what}, ${where}: ${line}`,
  )
}

function toHistogram(
  { labels, buckets, sum, count }: ScrapedSeries,
  unit: string | undefined,
): PrometheusHistogram {
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  const total = sorted.at(-1)
  if (total?.[0] !== Number.POSITIVE_INFINITY) throw inconsistent(labels, 'no bucket le="+Inf"')
  if (count !== undefined && count !== total[1]) {
    throw inconsistent(labels, `_count ${count} beside ${total[1]} in le="+Inf"`)
  }
  const counts = sorted.map(([bound, cumulative], i) => {
    const below = i === 0 ? 0 : sorted[i - 1]![1]
    if (cumulative < below) throw inconsistent(labels, `the bucket le="${bound}" decreases`)
    return cumulative - below
  })
  const bounds = sorted.slice(0, -1).map(([bound]) => bound)
  const startsAtZero = bounds[0] !== undefined && bounds[0] > 0
  const edges = startsAtZero ? [0, ...bounds] : bounds
  if (edges.length < 2 || edges[0] === Number.NEGATIVE_INFINITY) {
    throw inconsistent(labels, 'too few finite bucket bounds')
  }
  const underflow = startsAtZero ? 0 : counts.shift()!
  return { labels, profile: bucketProfile(edges, counts, sum ?? null, unit, underflow) }
}

function inconsistent(
  labels: Readonly<Record<string, string>>,
  what: string,
): InvalidArgumentError {
  return new InvalidArgumentError(
    'text',
    'a consistent histogram',
    `${what}, in ${JSON.stringify(labels)}`,
  )
}
