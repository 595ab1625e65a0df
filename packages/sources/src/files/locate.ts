import { createWriteStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { suggestion } from '@tidegauge/core/options'
import { SourceError } from '../source-error.ts'
import type { DataFormat } from './formats.ts'
import type { Session } from './session.ts'
import { quoteLiteral } from './sql.ts'
import type { TextFileOptions } from './text-file-options.ts'
import { unpacked } from './unpack.ts'

/** The files behind an argument, all of one format. */
export interface Located<Format = DataFormat | 'profile'> {
  /** As the user wrote it; `standard input` for `-`. */
  readonly label: string
  /** For reports: the file's name without its folder and ending. */
  readonly name: string
  /** Absolute: DuckDB takes none for a URL. */
  readonly paths: readonly string[]
  /** What the file of each path is called to the user. */
  readonly files: readonly string[]
  readonly format: Format
  readonly bytes: number
}

/** A table to open. */
export interface TableRequest {
  /** `reference` or `current`: also the name of its tables. */
  readonly side: string
  readonly located: Located<DataFormat>
  /** The user's own condition in SQL. */
  readonly where: string | undefined
  /** Columns to read; undefined: all. */
  readonly columns: readonly string[] | undefined
  /** What the user says of text files. */
  readonly texts: TextFileOptions
}

/** Is it data, and not a stored profile? */
export function isData(located: Located): located is Located<DataFormat> {
  return located.format !== 'profile'
}

/**
 * Finds the files that an argument names: a path, a pattern, or `-`. What cannot be read twice (standard
 * input, a named pipe) is copied to the scratch folder first, what is packed is unpacked there.
 *
 * @throws SourceError where there is no such file, or its format cannot be told
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
    if (URL_SCHEME.test(argument)) {
      throw cannotRead(argument, 'it is a URL, and only files are read: download it first')
    }
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
  return { label: argument, name: nameOf(argument), ...(await located(argument, session, input)) }
}

/** A drive of Windows has one letter. */
const URL_SCHEME = /^[a-z][a-z0-9+.-]+:\/\//i

type Found = Omit<Located, 'label' | 'name'>

async function located(
  path: string,
  session: Session,
  input: DataFormat | undefined,
): Promise<Found> {
  const whole = await unpacked(resolve(path), path, session.scratch)
  const { size } = await stat(whole)
  if (size === 0) throw cannotRead(path, 'it is empty')
  return {
    paths: [whole],
    files: [path],
    bytes: size,
    format: await formatOf(whole, path, input),
  }
}

async function matching(
  pattern: string,
  session: Session,
  input: DataFormat | undefined,
): Promise<Located> {
  const result = await session.connection.runAndReadAll(
    `SELECT file FROM glob(${quoteLiteral(pattern)}) ORDER BY file`,
  )
  const files = result.getRows().map(([file]) => String(file))
  await assertLinksLead(pattern, files, session)
  if (files.length === 0) throw cannotRead(pattern, 'no file matches the pattern')
  const found: Found[] = []
  for (const file of files) found.push(await located(file, session, input))
  const formats = new Set(found.map(({ format }) => format))
  if (formats.size > 1) {
    throw cannotRead(pattern, `it matches files of several formats: ${[...formats].join(', ')}`)
  }
  const [format] = formats
  if (format === 'profile' && found.length > 1) {
    throw cannotRead(pattern, 'it matches several stored profiles: name one of them')
  }
  return {
    label: pattern,
    name: nameOf(pattern).replace(/[*?[\]]+/g, '') || basename(dirname(pattern)),
    paths: found.flatMap(({ paths }) => paths),
    files,
    format: format!,
    bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** @throws SourceError where a link matches that leads to no file: DuckDB passes over it, and its rows would be missed by nobody */
async function assertLinksLead(
  pattern: string,
  files: readonly string[],
  session: Session,
): Promise<void> {
  const folders = new Set([dirname(pattern), ...files.map((file) => dirname(file))])
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    const links = entries
      .filter((entry) => entry.isSymbolicLink() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
    if (links.length === 0) continue
    const found = await session.connection.runAndReadAll(
      `SELECT name FROM unnest([${links.map(quoteLiteral).join(', ')}]) t(name) WHERE name GLOB ${quoteLiteral(basename(pattern))} ORDER BY name`,
    )
    for (const [name] of found.getRows()) {
      const path = join(folder, String(name))
      const leads = await stat(path).catch(() => null)
      if (leads === null) throw cannotRead(path, 'it is a link that leads to no file')
    }
  }
}

/** Both sides of a comparison may be piped in. */
let spools = 0

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
  const path = join(scratch.directory, `spooled-${spools++}`)
  await pipeline(stream, createWriteStream(path))
  if ((await stat(path)).size === 0) throw cannotRead(label, 'it is empty')
  const whole = await unpacked(path, label, scratch)
  const { size } = await stat(whole)
  if (size === 0) throw cannotRead(label, 'it is empty')
  const inside = formatOfHead(await headOf(whole), label)
  const format = inside === 'profile' ? inside : (input ?? inside ?? 'csv')
  return { label, name, paths: [whole], files: [label], format, bytes: size }
}

const ENDINGS: ReadonlyArray<readonly [ending: RegExp, format: DataFormat]> = [
  [/\.(parquet|pq)$/i, 'parquet'],
  [/\.(csv|tsv|psv|txt)(\.gz|\.zst)?$/i, 'csv'],
  [/\.json(\.gz|\.zst)?$/i, 'json'],
  [/\.(ndjson|jsonl)(\.gz|\.zst)?$/i, 'ndjson'],
  [/\.(arrow|arrows|feather|ipc)$/i, 'arrow'],
]

/**
 * @param path - where it lies, unpacked
 * @param label - as the user wrote it: its ending says the format
 */
async function formatOf(
  path: string,
  label: string,
  input: DataFormat | undefined,
): Promise<Found['format']> {
  const inside = formatOfHead(await headOf(path), label)
  if (inside === 'profile') return inside
  if (input !== undefined) return input
  const format = ENDINGS.find(([ending]) => ending.test(label))?.[1]
  if (format === undefined) {
    if (inside !== null) return inside
    throw cannotRead(
      label,
      "its format cannot be told from its name: end it in .parquet, .csv, .json, .ndjson or .arrow (.gz), or say `format: 'csv'`",
    )
  }
  if ((format === 'parquet') !== (inside === 'parquet')) {
    throw cannotRead(
      label,
      format === 'parquet'
        ? `it is no Parquet file, whatever its name says${inside === null ? '' : `: it looks like ${inside}`} (say what it is with \`format\`)`
        : "it is a Parquet file, whatever its name says: say `format: 'parquet'`",
    )
  }
  return format
}

const HEAD_BYTES = 4096

/** The first bytes of a file. */
async function headOf(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/**
 * By the first bytes; null where they could be anything.
 *
 * @throws SourceError where it is a report of ours
 */
function formatOfHead(head: Buffer, label: string): Found['format'] | null {
  const start = head.toString('latin1')
  if (start.startsWith('PAR1')) return 'parquet'
  // A stream of Arrow messages starts with a continuation marker.
  if (start.startsWith('ARROW1') || start.startsWith('\xff\xff\xff\xff')) return 'arrow'
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
  if (/^\{[\s\S]*"format":\s*"tidegauge\.table-profile"/.test(text)) return 'profile'
  if (/^\{[\s\S]*"format":\s*"tidegauge\.drift-report"/.test(text)) {
    throw new SourceError(
      `${label} is a report, not a reference: show it with tidegauge report ${label}`,
    )
  }
  if (/^\{[\s\S]*"/.test(text)) return 'ndjson'
  if (/^\[\s*[{\]]/.test(text)) return 'json'
  return null
}

async function noSuchFile(path: string): Promise<SourceError> {
  const neighbours = await readdir(dirname(path)).catch(() => [])
  return cannotRead(path, `there is no such file${suggestion(basename(path), neighbours)}`)
}

function cannotRead(label: string, why: string): SourceError {
  return new SourceError(`cannot read ${label}: ${why}`)
}

/** For reports: the file's name without its folder and ending. */
export function nameOf(path: string): string {
  return basename(path)
    .replace(/(\.gz|\.zst)?$/i, '')
    .replace(/(?<=.)\.[^.]+$/, '')
}
