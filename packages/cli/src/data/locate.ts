import { createWriteStream } from 'node:fs'
import { open, readdir, rename, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, gunzipSync } from 'node:zlib'
import { suggestion } from '../nearest.ts'
import { UsageError } from '../usage-error.ts'
import type { Session } from './session.ts'
import { quoteLiteral } from './sql.ts'

export const FORMATS = ['csv', 'parquet', 'json', 'ndjson', 'arrow'] as const
export type DataFormat = (typeof FORMATS)[number]

/** The files behind an argument, all of one format. */
export interface Located {
  /** As the user wrote it; `standard input` for `-`. */
  readonly label: string
  /** For reports: the file's name without its folder and ending. */
  readonly name: string
  readonly paths: readonly string[]
  readonly format: DataFormat
  readonly bytes: number
}

/**
 * Finds the files that an argument names: a path, a pattern, or `-`. What cannot be read twice (standard
 * input, a named pipe) is copied to the scratch folder first.
 *
 * @throws UsageError where there is no such file, or its format cannot be told
 */
export async function locate(
  argument: string,
  session: Session,
  input: DataFormat | undefined,
): Promise<Located> {
  if (argument === '-') return spooled('standard input', 'stdin', process.stdin, session, input)
  const found = await stat(argument).catch((error: NodeJS.ErrnoException) => error)
  if (found instanceof Error) {
    if (found.code !== 'ENOENT') throw cannotRead(argument, `${found.code}: check the path`)
    if (!/[*?[]/.test(argument)) throw await noSuchFile(argument)
    return matching(argument, session, input)
  }
  if (found.isDirectory()) {
    throw cannotRead(
      argument,
      `it is a directory: name its files, as in '${join(argument, '*.parquet')}'`,
    )
  }
  if (!found.isFile()) {
    const file = await open(argument)
    return spooled(argument, nameOf(argument), file.createReadStream(), session, input)
  }
  if (found.size === 0) throw cannotRead(argument, 'it is empty')
  const format = input ?? (await formatOf(argument))
  return { label: argument, name: nameOf(argument), paths: [argument], format, bytes: found.size }
}

async function matching(
  pattern: string,
  { connection }: Session,
  input: DataFormat | undefined,
): Promise<Located> {
  const result = await connection.runAndReadAll(
    `SELECT file FROM glob(${quoteLiteral(pattern)}) ORDER BY file`,
  )
  const paths = result.getRows().map(([file]) => String(file))
  if (paths.length === 0) throw cannotRead(pattern, 'no file matches the pattern')
  const formats = new Set<DataFormat>()
  let bytes = 0
  for (const path of paths) {
    const { size } = await stat(path)
    if (size === 0) throw cannotRead(path, 'it is empty')
    formats.add(input ?? (await formatOf(path)))
    bytes += size
  }
  if (formats.size > 1) {
    throw cannotRead(pattern, `it matches files of several formats: ${[...formats].join(', ')}`)
  }
  const name = nameOf(pattern).replace(/[*?[\]]+/g, '') || basename(dirname(pattern))
  return { label: pattern, name, paths, format: [...formats][0]!, bytes }
}

async function spooled(
  label: string,
  name: string,
  stream: Readable,
  { scratch }: Session,
  input: DataFormat | undefined,
): Promise<Located> {
  if (label === 'standard input' && process.stdin.isTTY) {
    throw cannotRead(label, 'it is the terminal: pipe data into it')
  }
  const draft = join(scratch.directory, 'spooled')
  await pipeline(stream, createWriteStream(draft))
  const { size } = await stat(draft)
  if (size === 0) throw cannotRead(label, 'it is empty')
  const { format, isGzip } = await sniffed(draft)
  const path = join(scratch.directory, `spooled-${name}${isGzip ? '.gz' : ''}`)
  await rename(draft, path)
  return { label, name, paths: [path], format: input ?? format ?? 'csv', bytes: size }
}

const ENDINGS: ReadonlyArray<readonly [ending: RegExp, format: DataFormat]> = [
  [/\.(parquet|pq)$/i, 'parquet'],
  [/\.(csv|tsv|psv|txt)(\.gz|\.zst)?$/i, 'csv'],
  [/\.json(\.gz|\.zst)?$/i, 'json'],
  [/\.(ndjson|jsonl)(\.gz|\.zst)?$/i, 'ndjson'],
  [/\.(arrow|arrows|feather|ipc)$/i, 'arrow'],
]

async function formatOf(path: string): Promise<DataFormat> {
  const { format: inside } = await sniffed(path)
  const format = ENDINGS.find(([ending]) => ending.test(path))?.[1]
  if (format === undefined) {
    if (inside !== null) return inside
    throw cannotRead(
      path,
      `its format cannot be told from its name: end it in .parquet, .csv, .json, .ndjson or .arrow (.gz), or say --input csv`,
    )
  }
  if ((format === 'parquet') !== (inside === 'parquet')) {
    throw cannotRead(
      path,
      format === 'parquet'
        ? `it is no Parquet file, whatever its name says${inside === null ? '' : `: it looks like ${inside}`} (say what it is with --input)`
        : 'it is a Parquet file, whatever its name says: say --input parquet',
    )
  }
  return format
}

const HEAD_BYTES = 4096

/** By the first bytes; null where they could be anything. */
async function sniffed(path: string): Promise<{ format: DataFormat | null; isGzip: boolean }> {
  const head = await rawHead(path)
  return { format: formatOfHead(unzipped(head)), isGzip: isGzip(head) }
}

/** The first bytes of what the file holds: unpacked. */
export async function headOf(path: string): Promise<Buffer> {
  return unzipped(await rawHead(path))
}

async function rawHead(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

function unzipped(head: Buffer): Buffer {
  if (!isGzip(head)) return head
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return Buffer.alloc(0)
  }
}

function formatOfHead(head: Buffer): DataFormat | null {
  const start = head.toString('latin1')
  if (start.startsWith('PAR1')) return 'parquet'
  // A stream of Arrow messages starts with a continuation marker.
  if (start.startsWith('ARROW1') || start.startsWith('\xff\xff\xff\xff')) return 'arrow'
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
  if (/^\{[\s\S]*"/.test(text)) return 'ndjson'
  if (/^\[\s*[{\]]/.test(text)) return 'json'
  return null
}

async function noSuchFile(path: string): Promise<UsageError> {
  const neighbours = await readdir(dirname(path)).catch(() => [])
  return cannotRead(path, `there is no such file${suggestion(basename(path), neighbours)}`)
}

function cannotRead(label: string, why: string): UsageError {
  return new UsageError(`cannot read ${label}: ${why}`)
}

export function nameOf(path: string): string {
  return basename(path)
    .replace(/(\.gz|\.zst)?$/i, '')
    .replace(/(?<=.)\.[^.]+$/, '')
}
