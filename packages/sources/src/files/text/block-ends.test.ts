import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PlainScan } from './plain-scan.ts'
import { RecordFault, Rewriter } from './rewriter.ts'
import { RowLineRecorder } from './row-lines.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegauge-blocks-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const cell = fc.constantFrom(
  '',
  'a',
  '12',
  '""',
  '"x"',
  '"1,5"',
  '"a""b"',
  '"p\nq"',
  '"r\r\ns"',
  '"\r"',
)
const oddLine = fc.oneof(
  fc.constantFrom('', '', '1', '1,2,', '1,2,3,4', 'x"y,z', '"x"y', '"x" ,2', ' '),
  fc.string({ unit: fc.constantFrom('a', ',', '"', '\\', ' ', 'é'), maxLength: 8 }),
)

/** Files of which half are plain, and most lines of the others. */
const table = fc.integer({ min: 1, max: 3 }).chain((width) => {
  const line = fc
    .array(cell, { minLength: width, maxLength: width })
    .map((cells) => cells.join(','))
  const lines = fc.array(line, { maxLength: 12 })
  const odd = fc.array(
    fc.oneof({ weight: 5, arbitrary: line }, { weight: 1, arbitrary: oddLine }),
    { maxLength: 12 },
  )
  const ends = fc.oneof(
    fc.constantFrom(['\n'], ['\r\n'], ['\r']),
    fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 3 }),
  )
  return fc.tuple(fc.oneof(lines, odd), ends).map(([all, end]) => {
    return { width, text: all.map((one, i) => one + end[i % end.length]!).join('') }
  })
})

function* blocksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}

function scanned(bytes: Uint8Array, size: number, width: number) {
  const lines = new RowLineRecorder(join(directory, 'scanned'))
  const scan = new PlainScan({ delimiter: ',', width, header: true, lines })
  for (const block of blocksOf(bytes, size)) if (!scan.feed(block)) return 'not plain'
  if (!scan.end()) return 'not plain'
  const { rows, longestRecord, blankLines, firstBlankLine, lineEnd } = scan
  const at = Array.from({ length: rows }, (_, i) => lines.lineOf(i))
  return { rows, longestRecord, blankLines, firstBlankLine, lineEnd, at }
}

function rewritten(
  bytes: Uint8Array,
  size: number,
  width: number,
  quoteEscape: 'quote' | 'backslash',
) {
  const path = join(directory, 'rewritten')
  const file = openSync(path, 'w')
  const lines = new RowLineRecorder(join(directory, 'lines'))
  const style = { delimiter: ',', quoteEscape, skipsSpaces: false, skippedLines: 0 } as const
  const rewriter = new Rewriter({ ...style, width, headerWidth: width, lines, file })
  try {
    for (const block of blocksOf(bytes, size)) rewriter.feed(block)
    rewriter.end()
  } catch (error) {
    if (error instanceof RecordFault) return error.message
    throw error
  } finally {
    closeSync(file)
  }
  const { rows, longestRecord, blank, short, long } = rewriter
  const at = Array.from({ length: rows }, (_, i) => lines.lineOf(i))
  const text = readFileSync(path, 'utf8')
  return { rows, longestRecord, blank, short, long, at, text }
}

test('it changes nothing where the blocks of a file end', () => {
  const holds = fc.property(
    table,
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom('quote' as const, 'backslash' as const),
    ({ text, width }, size, quoteEscape) => {
      const bytes = Buffer.from(text)
      const whole = Math.max(1, bytes.length)
      expect(scanned(bytes, size, width)).toEqual(scanned(bytes, whole, width))
      const expected = rewritten(bytes, whole, width, quoteEscape)
      expect(rewritten(bytes, size, width, quoteEscape)).toEqual(expected)
    },
  )
  fc.assert(holds, { numRuns: 500 })
})

test('what is plain is read the same by both, and a copy is plain', () => {
  const holds = fc.property(table, ({ text, width }) => {
    const bytes = Buffer.from(text)
    const plain = scanned(bytes, 64, width)
    const copy = rewritten(bytes, 64, width, 'quote')
    if (typeof plain === 'object') {
      expect(copy).toMatchObject({ rows: plain.rows, at: plain.at })
      expect(copy).toMatchObject({ blank: { count: plain.blankLines, line: plain.firstBlankLine } })
    }
    if (typeof copy !== 'object') return
    const header = Array.from({ length: width }, () => 'h').join(',')
    expect(scanned(Buffer.from(`${header}\n${copy.text}`), 64, width)).toMatchObject({
      rows: copy.rows,
      blankLines: 0,
      lineEnd: '\n',
    })
  })
  fc.assert(holds, { numRuns: 500 })
})
