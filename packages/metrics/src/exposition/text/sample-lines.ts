import type { ReadPart } from '../../sources/read-sources.ts'
import {
  type ByteWriter,
  type Constant,
  constantText,
  LONGEST_CHARACTER,
  LONGEST_NUMBER,
  writeConstant,
  writeUtf8,
} from '../bytes.ts'
import { writeLabelValue } from './escape.ts'
import { valueText } from './numbers.ts'

/** Writes samples of a source as lines: `name{label="value"} 1`. */
export function sampleLines(
  name: string,
  { labelNames }: ReadPart,
): (sample: ReadPart['samples'][number], out: ByteWriter) => void {
  const metric = constantText(name)
  const first = labelNames.map((label) => constantText(`{${label}="`))
  const next = labelNames.map((label) => constantText(`",${label}="`))
  const names = next.reduce((sum, { length }) => sum + length, metric.length)

  return ({ labelValues, value }, out) => {
    let length = 0
    for (const text of labelValues) length += text.length
    out.reserve(names + length * LONGEST_CHARACTER + LONGEST_NUMBER + PUNCTUATION)
    const { bytes, view } = out
    let at = writeConstant(view, out.at, metric)
    let heads: readonly Constant[] = first
    for (let i = 0; i < labelValues.length; i++) {
      const text = labelValues[i]!
      // To Prometheus the same as none.
      if (text === '') continue
      at = writeConstant(view, at, heads[i]!)
      at = writeLabelValue(bytes, at, text)
      heads = next
    }
    if (heads === next) {
      bytes[at++] = QUOTE
      bytes[at++] = BRACE
    }
    bytes[at++] = SPACE
    at = writeUtf8(bytes, at, valueText(value))
    bytes[at++] = LINE_FEED
    out.at = at
  }
}

/** Quote, brace, space and line feed, and what a constant overwrites behind itself. */
const PUNCTUATION = 8
const LINE_FEED = 0x0a
const SPACE = 0x20
const QUOTE = 0x22
const BRACE = 0x7d
