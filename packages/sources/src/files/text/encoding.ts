import { type FileHandle, open } from 'node:fs/promises'
import { suggestion } from '@tidegauge/core/options'
import { SourceError } from '../../source-error.ts'

/** How the bytes of a file are text. */
export interface Encoding {
  /** As `TextDecoder` calls it: `utf-8`, `utf-16le`, `windows-1252` … */
  readonly name: string
  /** Length of the byte order mark at the start. */
  readonly markBytes: number
}

/**
 * The name that `TextDecoder` has for an encoding that the user named; those of Python and of Windows are known, too.
 *
 * @throws SourceError where there is none
 */
export function knownEncoding(said: string): string {
  const label = said.trim().toLowerCase()
  const plain = label.replace(/[^a-z0-9]/g, '')
  for (const name of [label, ALIASES.get(plain), BY_PLAIN_LABEL.get(plain)]) {
    if (name === undefined) continue
    try {
      return new TextDecoder(name).encoding
    } catch {
      // The next spelling.
    }
  }
  throw new SourceError(
    `\`encoding\` ${said} is no encoding that is known${suggestion(label, LABELS)} (among them: utf-8, utf-16le, windows-1252, windows-1251, shift_jis, gb18030)`,
  )
}

const LABELS = [
  ...[
    'utf-8',
    'utf-16',
    'utf-16le',
    'utf-16be',
    'latin1',
    'ascii',
    'macintosh',
    'koi8-r',
    'koi8-u',
  ],
  ...['gbk', 'gb18030', 'big5', 'euc-jp', 'shift_jis', 'iso-2022-jp', 'euc-kr', 'ibm866'],
  ...Array.from({ length: 9 }, (_, i) => `windows-125${i}`),
  ...[
    'windows-874',
    ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 1].map((n) => `iso-8859-${n}`),
  ],
]

const BY_PLAIN_LABEL: ReadonlyMap<string, string> = new Map(
  LABELS.map((label) => [label.replace(/[^a-z0-9]/g, ''), label]),
)

/** What Python, iconv and Windows call them. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['utf8sig', 'utf-8'],
  ['utf16', 'utf-16le'],
  ['ucs2', 'utf-16le'],
  ['unicode', 'utf-16le'],
  ['ansi', 'windows-1252'],
  ['macroman', 'macintosh'],
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ...Array.from({ length: 9 }, (_, i) => [`cp125${i}`, `windows-125${i}`] as const),
])

/** Encodings of one byte a character, in which any bytes are a text. */
export function isOneByte(encoding: string): boolean {
  return /^(windows-|iso-8859-|koi8-|ibm866$|macintosh$|x-mac-)/.test(encoding)
}

/**
 * The encoding of a file: by its byte order mark; else as the user said; else by its NULs, of which UTF-16 has one in
 * each sign of a table and UTF-8 none; else UTF-8, which is checked while it is read.
 *
 * @param said - as `knownEncoding` has it
 */
export async function encodingOf(path: string, said: string | undefined): Promise<Encoding> {
  const file = await open(path)
  try {
    const head = await headOf(file)
    const marked = MARKS.find(({ mark }) => mark.every((byte, i) => head[i] === byte))
    if (marked !== undefined) return { name: marked.name, markBytes: marked.mark.length }
    const unmarked = unmarkedUtf16(head)
    if (said === undefined) return { name: unmarked ?? 'utf-8', markBytes: 0 }
    // "utf-16" says nothing of the order.
    if (said === 'utf-16le' && unmarked !== undefined) return { name: unmarked, markBytes: 0 }
    return { name: said, markBytes: 0 }
  } finally {
    await file.close()
  }
}

const MARKS = [
  { name: 'utf-8', mark: [0xef, 0xbb, 0xbf] },
  { name: 'utf-16le', mark: [0xff, 0xfe] },
  { name: 'utf-16be', mark: [0xfe, 0xff] },
] as const

const HEAD_BYTES = 2 ** 16

async function headOf(file: FileHandle): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
  return buffer.subarray(0, bytesRead)
}

/**
 * Separators, digits and line ends are a NUL and a byte in it, always in the same order. A NUL or two in another text stand
 * anywhere, and its line ends alone.
 */
function unmarkedUtf16(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const nuls = [0, 0]
  let lineEnds = 0
  const lineEndsBeside = [0, 0]
  for (let i = 0; i < head.length; i++) {
    const byte = head[i]
    if (byte === 0) nuls[i % 2]!++
    if (byte !== 0x0a && byte !== 0x0d) continue
    lineEnds++
    if (i % 2 === 0 && head[i + 1] === 0) lineEndsBeside[1]!++
    if (i % 2 === 1 && head[i - 1] === 0) lineEndsBeside[0]!++
  }
  for (const place of [0, 1] as const) {
    const here = nuls[place]!
    const isOneSided = here > 0 && nuls[1 - place]! * 20 < here
    const isUsual = lineEnds > 0 ? 2 * lineEndsBeside[place]! > lineEnds : 4 * here > head.length
    if (isOneSided && isUsual) return place === 1 ? 'utf-16le' : 'utf-16be'
  }
  return undefined
}
