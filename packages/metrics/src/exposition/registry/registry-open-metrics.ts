import { ownValue } from '@tidegauge/core/internal'
import { ByteWriter } from '../bytes.ts'
import type { Rendering } from '../rendering.ts'
import { escapeLabelValue } from '../text/escape.ts'
import { valueText } from '../text/numbers.ts'
import type { ParsedFamily, ParsedSample } from './parse-families.ts'

/**
 * Families of a page in text 0.0.4 as OpenMetrics, in which no series has another name or other labels.
 *
 * A counter is one there where its samples end in `_total`, and `unknown` where they do not: with a suffix it
 * would be another metric. Bounds stay as the registry wrote them.
 *
 * @param isTaken - whether the page has a family of that name: what a counter is called without its suffix
 */
export function* convertedToOpenMetrics(
  families: Iterable<ParsedFamily | null>,
  isTaken: (name: string) => boolean,
): Rendering {
  const out = new ByteWriter()
  for (const family of families) {
    if (family === null) {
      yield null
      continue
    }
    const { samples, help } = family
    const bare = family.name.replace(/_total$/, '')
    const isCounter = family.type === 'counter' && bare !== family.name && !isTaken(bare)
    const name = isCounter ? bare : family.name
    const type = isCounter ? 'counter' : (ownValue(TYPES, family.type) ?? 'unknown')
    if (help !== '') out.text(`# HELP ${name} ${escapeLabelValue(help)}\n`)
    out.text(`# TYPE ${name} ${type}\n`)
    for (const sample of samples) out.text(sampleLine(sample))
    yield* out.take()
  }
  out.finish()
  yield* out.take()
}

const TYPES: Readonly<Record<string, string>> = {
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
}

function sampleLine({ name, labels, value, timestamp }: ParsedSample): string {
  const pairs = labels.map(([label, text]) => `${label}="${escapeLabelValue(text)}"`)
  const braces = pairs.length === 0 ? '' : `{${pairs.join()}}`
  const time = timestamp === undefined ? '' : ` ${timestamp / 1000}`
  return `${name}${braces} ${valueText(value)}${time}\n`
}

/** The names that a page's `# TYPE` lines have. */
export function typeNames(text: string): Set<string> {
  const names = new Set<string>()
  for (let at = text.indexOf(TYPE); at >= 0; at = text.indexOf(TYPE, at + TYPE.length)) {
    const from = at + TYPE.length
    const end = text.indexOf(' ', from)
    if (end > from) names.add(text.slice(from, end))
  }
  return names
}

const TYPE = '# TYPE '
