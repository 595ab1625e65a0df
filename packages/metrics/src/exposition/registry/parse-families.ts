import { InvalidArgumentError } from '@tidegauge/core'
import { ownValue } from '@tidegauge/core/internal'
import type { Label, MessageExemplar } from '../protobuf/protobuf-messages.ts'

/** A family as a registry's page has it. */
export interface ParsedFamily {
  /** As in `# TYPE`: in OpenMetrics, a counter's is without `_total`. */
  readonly name: string
  readonly type: string
  readonly help: string
  readonly unit: string
  readonly samples: readonly ParsedSample[]
}

export interface ParsedSample {
  readonly name: string
  readonly labels: readonly Label[]
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly timestamp: number | undefined
  readonly exemplar: MessageExemplar | undefined
}

const LINES_BETWEEN_PAUSES = 32

/**
 * The families of a page in text 0.0.4 or OpenMetrics, in order; null where the reader may pause.
 *
 * Samples that belong to no family above them make one of their own, of type `untyped`.
 *
 * @param secondsPerTimestamp - the unit of its timestamps: 0.001 in text 0.0.4, 1 in OpenMetrics
 * @throws InvalidArgumentError on a line that is no sample
 */
export function* parseFamilies(
  text: string,
  secondsPerTimestamp: number,
): Generator<ParsedFamily | null, void, void> {
  let family: Draft | undefined
  let number = 0
  for (let from = 0; from < text.length; ) {
    const lineEnd = text.indexOf('\n', from)
    const end = lineEnd < 0 ? text.length : lineEnd
    const line = text.slice(from, end)
    from = end + 1
    number++
    if (number % LINES_BETWEEN_PAUSES === 0) yield null

    const head = HEAD.exec(line)
    if (head !== null) {
      const [, keyword, name, rest = ''] = head as unknown as [string, HeadKeyword, string, string]
      if (family?.name !== name || (keyword === 'TYPE' && family.samples.length > 0)) {
        if (family !== undefined) yield family
        family = { name, type: 'untyped', help: '', unit: '', samples: [] }
      }
      family[HEAD_FIELDS[keyword]] = keyword === 'HELP' ? unescaped(rest) : rest.trim()
      continue
    }
    if (line.startsWith('#') || line.trim() === '') continue
    const sample = parseSample({ line, number, at: 0 }, secondsPerTimestamp)
    if (family === undefined || !belongs(sample.name, family)) {
      if (family !== undefined) yield family
      family = { name: sample.name, type: 'untyped', help: '', unit: '', samples: [] }
    }
    family.samples.push(sample)
  }
  if (family !== undefined) yield family
}

/** Outside of OpenMetrics, a counter's family is called as its samples are, and so is an info's. */
export function sampleFamilyName(family: ParsedFamily): string {
  const { name, type } = family
  if (type !== 'counter' && type !== 'info') return name
  return withoutCreated(family)[0]?.name ?? name
}

/** OpenMetrics' time of creation is no sample elsewhere. */
export function withoutCreated({ name, type, samples }: ParsedFamily): readonly ParsedSample[] {
  const has = type === 'counter' || type === 'histogram' || type === 'summary'
  return has ? samples.filter((sample) => sample.name !== `${name}_created`) : samples
}

type Draft = { -readonly [Key in keyof ParsedFamily]: ParsedFamily[Key] } & {
  samples: ParsedSample[]
}
type HeadKeyword = keyof typeof HEAD_FIELDS

const HEAD = /^#[ \t]+(HELP|TYPE|UNIT)[ \t]+([^ \t]+)[ \t]?(.*)$/
const HEAD_FIELDS = { HELP: 'help', TYPE: 'type', UNIT: 'unit' } as const

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['', '_total', '_created'],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  summary: ['', '_count', '_sum', '_created'],
  info: ['', '_info'],
}

function belongs(sample: string, { name, type }: Draft): boolean {
  const suffixes = ownValue(SUFFIXES, type) ?? ['']
  return sample.startsWith(name) && suffixes.includes(sample.slice(name.length))
}

interface Cursor {
  readonly line: string
  readonly number: number
  at: number
}

const NAME = /[ \t]*([a-zA-Z_:][\w:]*)[ \t]*/y
const OPEN = /\{[ \t]*/y
const CLOSE = /\}[ \t]*/y
// The value is unrolled, so that a quote that never closes costs linear time.
const LABEL = /([a-zA-Z_]\w*)[ \t]*=[ \t]*"([^"\\]*(?:\\.[^"\\]*)*)"[ \t]*(?:,[ \t]*|(?=\}))/y
const NUMBER = /([^\s#]+)[ \t]*/y
const EXEMPLAR = /#[ \t]*/y
const END = /\r?$/y

function parseSample(cursor: Cursor, secondsPerTimestamp: number): ParsedSample {
  const name = take(cursor, NAME)?.[1]
  if (name === undefined) throw malformed(cursor)
  const labels = parseLabels(cursor)
  const value = parseNumber(cursor)
  if (value === undefined) throw malformed(cursor)
  const timestamp = milliseconds(parseNumber(cursor), secondsPerTimestamp)
  const exemplar = take(cursor, EXEMPLAR) === null ? undefined : parseExemplar(cursor)
  if (take(cursor, END) === null) throw malformed(cursor)
  return { name, labels, value, timestamp, exemplar }
}

/** Only OpenMetrics has them. */
function parseExemplar(cursor: Cursor): MessageExemplar {
  const labels = parseLabels(cursor)
  const value = parseNumber(cursor)
  if (value === undefined) throw malformed(cursor)
  return { labels, value, timestamp: milliseconds(parseNumber(cursor), 1) }
}

function parseLabels(cursor: Cursor): Label[] {
  const labels: Label[] = []
  if (take(cursor, OPEN) === null) return labels
  while (take(cursor, CLOSE) === null) {
    const label = take(cursor, LABEL)
    if (label === null) throw malformed(cursor)
    labels.push([label[1]!, unescaped(label[2]!)])
  }
  return labels
}

function parseNumber(cursor: Cursor): number | undefined {
  const token = take(cursor, NUMBER)?.[1]
  if (token === undefined) return undefined
  if (/^[+-]?inf(?:inity)?$/i.test(token)) {
    return token.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }
  const value = Number(token)
  if (Number.isNaN(value) && !/^nan$/i.test(token)) throw malformed(cursor)
  return value
}

/** Undefined too where it is beyond all dates. */
function milliseconds(time: number | undefined, seconds: number): number | undefined {
  const rounded = Math.round((time ?? Number.NaN) * seconds * 1000)
  return Number.isSafeInteger(rounded) ? rounded : undefined
}

function unescaped(text: string): string {
  return text.includes('\\')
    ? text.replace(/\\([\\"n])/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))
    : text
}

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = cursor.at
  const match = pattern.exec(cursor.line)
  if (match !== null) cursor.at = pattern.lastIndex
  return match
}

function malformed({ line, number }: Cursor): InvalidArgumentError {
  return new InvalidArgumentError(
    'registry',
    'well-formed in every line',
    `line ${number}: ${line}`,
  )
}
