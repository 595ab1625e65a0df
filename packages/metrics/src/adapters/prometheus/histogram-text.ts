import { isAscii } from 'node:buffer'
import { ByteWriter } from '../../exposition/bytes.ts'
import type { HistogramPart } from '../../exposition/families.ts'
import { SeriesLines } from '../../exposition/text/lines.ts'
import { valueText } from '../../exposition/text/numbers.ts'

/** Longer strings go to another part of V8's heap, and such as these are put together fastest. */
const PIECE = 64 * 1024
const NEARLY_FULL = 48 * 1024

type Labels = Readonly<Record<string, string>>

/**
 * The sample lines of one histogram as a string, for a Registry that writes `# HELP` and `# TYPE` itself.
 *
 * What writes them is kept from scrape to scrape: new memory costs more than what is written into it, and V8
 * drops the optimised code of what is gone.
 */
export class HistogramText {
  private readonly name: string
  private readonly part: Omit<HistogramPart, 'labels'>
  private readonly out = new ByteWriter(PIECE)
  private kept: { key: string; lines: SeriesLines } | null = null

  constructor(name: string, part: Omit<HistogramPart, 'labels'>) {
    this.name = name
    this.part = part
  }

  /**
   * Every line but the first and the last, each with its line feed.
   *
   * @param labels - on each of them, before those of the series
   * @param exemplars - whether the text is OpenMetrics, which alone has them
   */
  linesBetween(labels: Labels, exemplars: boolean): string {
    const pieces = this.pieces(this.linesWith(labels, exemplars))
    // Before they are put together: that would otherwise be done twice, here and in the Registry.
    const last = pieces.length - 1
    pieces[last] = withoutLastLine(pieces[last]!)
    pieces[0] = withoutFirstLine(pieces[0]!)
    let text = ''
    for (const piece of pieces) text += piece
    return text
  }

  private linesWith(labels: Labels, exemplars: boolean): SeriesLines {
    const key = JSON.stringify([labels, exemplars])
    if (this.kept?.key !== key) {
      // The clients write `1` in OpenMetrics too, where others have `1.0`.
      const dialect = { bound: valueText, exemplars }
      this.kept = { key, lines: new SeriesLines(this.name, { ...this.part, labels }, dialect) }
    }
    return this.kept.lines
  }

  /** Whole series in each; at least one. */
  private pieces(lines: SeriesLines): string[] {
    const { out, part } = this
    const pieces: string[] = []
    for (let slot = 0; slot < part.reader.seriesCount; slot++) {
      lines.write(slot, out)
      if (out.at >= NEARLY_FULL || out.full.length > 0) pieces.push(taken(out))
    }
    if (out.at > 0) pieces.push(taken(out))
    return pieces
  }
}

function taken(out: ByteWriter): string {
  let text = ''
  for (const piece of out.take()) text += decoded(piece)
  text += decoded(out.bytes.subarray(0, out.at))
  out.at = 0
  return text
}

/** ASCII is the rule, and decoded several times as fast. */
function decoded(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return buffer.toString(isAscii(buffer) ? 'latin1' : 'utf8')
}

function withoutFirstLine(text: string): string {
  return text.slice(text.indexOf('\n') + 1)
}

function withoutLastLine(text: string): string {
  return text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)
}
