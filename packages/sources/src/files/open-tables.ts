import { statSync } from 'node:fs'
import { sep } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ownValue } from '@tidegauge/core/internal'
import { listed, suggestion } from '@tidegauge/core/options'
import type {
  ColumnReading,
  ColumnType,
  MendedLines,
  StoredColumn,
  TableReading,
} from '@tidegauge/drift'
import { SourceError } from '../source-error.ts'
import { loadArrow } from './arrow.ts'
import {
  columnsOf,
  type DataColumn,
  type DataTable,
  type ParquetColumns,
  parquetColumns,
  TOO_WIDE,
} from './data-table.ts'
import { lineOfRecord, loadJson } from './load-json.ts'
import { keepRows, type LoadedTexts, loadTexts, valuesOf } from './load-texts.ts'
import type { Located, TableRequest } from './locate.ts'
import { isOfData, naming, whyNotUsable } from './read-error.ts'
import type { Session } from './session.ts'
import { isOneOfSql, parquetSql, quoteIdentifier } from './sql.ts'
import { type CleanText, openTexts } from './text/clean-texts.ts'
import { rulesOf } from './text-file-options.ts'
import { type Known, SLIPS } from './texts/choose-reading.ts'
import { readTexts } from './texts/read-texts.ts'
import { countTexts, leftTexts, MOST_SPELLINGS, type TextCells } from './texts/text-cells.ts'
import type { KnownColumn, TextColumn, TextReading, TextRules } from './texts/text-column.ts'

export interface OpenOptions {
  readonly types: Readonly<Record<string, ColumnType>>
  /** Text files are read as pandas reads them: dates stay texts, but for the column of the times. */
  readonly asPandas?: { readonly time: string | undefined } | undefined
  /** A column of the stored profile on the other side. */
  readonly storedColumn?: ((name: string) => StoredColumn | undefined) | undefined
}

/** A table whose rows can be asked for, and whose texts nobody has looked at. */
export type Loaded = TableRequest &
  (
    | {
        readonly kind: 'texts'
        readonly loaded: LoadedTexts
        readonly clean?: readonly CleanText[]
      }
    | {
        readonly kind: 'typed'
        readonly from: string
        readonly names?: readonly string[]
        /** Columns of lists, structures or bytes that stand there as texts. */
        readonly nested?: readonly string[]
        /** Columns of numbers of more digits than can be read, called as one of the files has them. */
        readonly tooWide?: readonly string[]
        /** Of files that are read in place: are they those that were opened? */
        readonly isUnchanged?: () => boolean
      }
  )

/**
 * Loads the tables of one or both sides: Parquet is read in place, column by column. CSV, JSON and Arrow would have to be
 * parsed again for each column, so that they are copied into the scratch folder once, the texts of CSV and JSON as they are
 * written.
 *
 * @throws SourceError where the data cannot be read; it says where and the cure
 */
export async function loadTables(
  requests: readonly TableRequest[],
  session: Session,
): Promise<Loaded[]> {
  const csv = requests.filter(({ located }) => located.format === 'csv')
  const files = csv.flatMap(({ located: { paths, files }, texts }) =>
    paths.map((path, i) => ({ path, label: files[i]!, options: texts })),
  )
  // One file is read here while DuckDB loads the one before.
  let before: Promise<unknown> = Promise.resolve()
  const clean = (await openTexts(files, session.scratch)).map((read) => {
    const own = before.then(read)
    // It may fail before anybody waits for it; who does hears of it all the same.
    own.catch(() => {})
    before = own
    return own
  })
  // A reader of JSON holds two blocks of 32 MB: two at once leave nothing of the memory for their rows.
  let json: Promise<unknown> = Promise.resolve()
  const load = async (request: TableRequest): Promise<Loaded> => {
    const { side, located, where } = request
    // A condition may ask for any column.
    const wanted = where === undefined ? request.columns : undefined
    switch (located.format) {
      case 'csv': {
        const at = csv
          .slice(0, csv.indexOf(request))
          .reduce((n, other) => n + other.located.paths.length, 0)
        const own = await Promise.all(clean.slice(at, at + located.paths.length))
        return {
          ...request,
          kind: 'texts',
          loaded: await loadTexts(session, request, own, wanted),
          clean: own,
        }
      }
      case 'json':
      case 'ndjson': {
        const own = json.then(() => loadJson(session, request, wanted))
        json = own.catch(() => {})
        return { ...request, kind: 'texts', loaded: await own }
      }
      case 'arrow':
        return { ...request, kind: 'typed', ...(await loadArrow(located, session, side)) }
      case 'parquet': {
        const isUnchanged = stampedNow(located.paths)
        const from = parquetSql(
          located.paths,
          located.paths.length > 1 ? ['union_by_name=true'] : [],
        )
        const files: ParquetColumns[] = []
        for (const [i, path] of located.paths.entries()) {
          files.push(await naming(located.files[i]!, () => parquetColumns(session, path)))
        }
        const names = files.length > 1 ? undefined : files[0]!.names
        const tooWide = files.flatMap(({ tooWide }) => tooWide)
        return { ...request, kind: 'typed', from, tooWide, isUnchanged, ...(names && { names }) }
      }
    }
  }
  const loaded = await Promise.allSettled(
    requests.map((request) => naming(request.located.label, () => load(request))),
  )
  // Of one that has failed, nobody hears before the others have left the scratch folder.
  await Promise.allSettled(clean)
  return loaded.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}

/**
 * Opens loaded tables: decides for both sides together how their texts are read, and keeps the rows that are wanted.
 *
 * @throws SourceError where the data cannot be read, has no rows, or has none of the wanted columns
 */
export async function openTables(
  all: readonly Loaded[],
  session: Session,
  options: OpenOptions,
): Promise<DataTable[]> {
  const opened: Opened[] = []
  for (const loaded of all) {
    opened.push(await naming(loaded.located.label, () => describe(loaded, session, options)))
  }
  const labels = [...new Set(all.map(({ located }) => located.label))].join(' and ')
  const readings = await naming(labels, () => decide(opened, session, options))
  const tables: DataTable[] = []
  for (const [i, side] of opened.entries()) {
    tables.push(await naming(side.loaded.located.label, () => tableOf(side, readings[i]!, session)))
  }
  return tables
}

/** A side, its columns by their types, or by their texts. */
interface Opened {
  readonly loaded: Loaded
  readonly columnNames: readonly string[]
  readonly chosen: readonly string[]
  /** Those that have types. */
  readonly typed: ReadonlyMap<string, DataColumn>
  readonly texts: ReadonlyMap<string, TextCells>
}

async function describe(loaded: Loaded, session: Session, options: OpenOptions): Promise<Opened> {
  const {
    located: { label },
    columns: wanted,
    where,
  } = loaded
  if (loaded.kind === 'texts') {
    const { columnNames, columns } = loaded.loaded
    const chosen = chosenColumns(columnNames, wanted, label)
    return { loaded, columnNames, chosen, typed: new Map(), texts: columns }
  }
  const described = await columnsOf(session, loaded.from, loaded.names)
  const columnNames = described.map(({ name }) => name)
  const chosen = chosenColumns(columnNames, wanted, label)
  await assertUsable(loaded.from, where, columnNames, session, label)
  const ids = described.map((_, i) => `c${i}`)
  const rows = `${filtered(loaded.from, where)} AS t(${ids.join(', ')})`
  const from = drawsRows(where) ? await drawnOnce(rows, loaded.side, session) : rows
  const texts = new Map<string, TextCells>()
  const typed = new Map<string, DataColumn>()
  // Of several files DuckDB takes names that differ by case for one.
  const tooWide = new Set(loaded.tooWide?.map((name) => name.toLowerCase()))
  for (const column of described) {
    const said = ownValue(options.types, column.name)
    const nested = loaded.nested?.includes(column.name) && { reading: { sourceType: 'LIST' } }
    const undecided = tooWide.has(column.name.toLowerCase()) && { undecided: TOO_WIDE }
    typed.set(column.name, { ...column, ...nested, ...undecided, from })
    if (column.kind !== 'text' || (said !== 'numeric' && said !== 'datetime')) continue
    texts.set(column.name, {
      from,
      text: `${column.id}::VARCHAR`,
      row: '0',
    })
  }
  return { loaded, columnNames, chosen, typed, texts }
}

function chosenColumns(
  names: readonly string[],
  wanted: readonly string[] | undefined,
  label: string,
): readonly string[] {
  if (wanted === undefined) return names
  const chosen = [...new Set(wanted)].filter((name) => names.includes(name))
  if (chosen.length > 0) return chosen
  throw new SourceError(
    `${label} has none of the columns ${listed(wanted)}; it has ${listed(names)}${suggestion(wanted[0]!, names)}`,
  )
}

/**
 * How the texts of each column are read, by the sides: decided on both together, since what one leaves open the other may
 * tell. Of sides of which the user says different things each is decided by itself.
 */
async function decide(
  opened: readonly Opened[],
  session: Session,
  options: OpenOptions,
): Promise<ReadonlyArray<ReadonlyMap<string, TextReading>>> {
  const rules = opened.map(({ loaded }) => rulesOf(loaded.texts))
  const areAlike = rules.every((one) => isDeepStrictEqual(one, rules[0]))
  if (areAlike) return decideTogether(opened, opened, rules[0]!, session, options)
  const decided: Array<ReadonlyMap<string, TextReading>> = []
  for (const [i, side] of opened.entries()) {
    decided.push(...(await decideTogether([side], opened, rules[i]!, session, options)))
  }
  return decided
}

async function decideTogether(
  sides: readonly Opened[],
  all: readonly Opened[],
  said: TextRules,
  session: Session,
  options: OpenOptions,
): Promise<ReadonlyArray<ReadonlyMap<string, TextReading>>> {
  const names = [...new Set(sides.flatMap(({ texts }) => [...texts.keys()]))]
  const columns = names.map((name) => {
    const having = sides.filter(({ texts }) => texts.has(name))
    const others = all.filter(({ texts }) => !texts.has(name))
    const known = knownOf(name, others, options)
    const cellsOf = having.map(({ loaded, texts }) => {
      const delimiter = loaded.kind === 'texts' ? loaded.clean?.at(0)?.delimiter : undefined
      return { cells: texts.get(name)!, file: loaded, delimiter }
    })
    const mayBe = known?.kind === 'date' || mayBeDate(name, having, options)
    const column: TextColumn = { name, sides: cellsOf, known, mayBeDate: mayBe }
    return { column, having }
  })
  const rules: TextRules = { ...said, asPandas: options.asPandas !== undefined }
  const read = await readTexts(
    session,
    columns.map(({ column }) => column),
    rules,
  )
  const bySide = sides.map(() => new Map<string, TextReading>())
  for (const [i, { column, having }] of columns.entries()) {
    for (const [at, side] of having.entries()) {
      bySide[sides.indexOf(side)]!.set(column.name, read[i]![at]!)
    }
  }
  return bySide
}

/** What the user, a stored profile or the types of the other side tell of a column of texts. */
function knownOf(
  name: string,
  others: readonly Opened[],
  { types, storedColumn }: OpenOptions,
): KnownColumn | undefined {
  const stored = storedColumn?.(name)
  const reading = stored?.reading
  const said = ownValue(types, name)
  if (said !== undefined && said !== 'categorical') {
    const kind = said === 'numeric' ? 'number' : said === 'datetime' ? 'date' : 'text'
    return { kind, isSaid: true, reading }
  }
  if (said === 'categorical') return { areCategories: true, reading }
  const kind = stored === undefined ? kindOfTyped(others, name) : kindOfStored(stored)
  return { ...(kind && { kind, isSaid: false }), reading }
}

function kindOfStored({ type, profile }: StoredColumn): Known['kind'] | undefined {
  if (profile.n === 0) return undefined
  if (profile.kind === 'numeric') return type === 'datetime' ? 'date' : 'number'
  // Codes that could be taken for numbers, where none of them has a leading zero this time.
  const numbers = profile.categories.filter((name) => /^[+-]?[0-9]+$/.test(name)).length
  return 2 * numbers >= profile.categories.length ? 'category' : undefined
}

function kindOfTyped(others: readonly Opened[], name: string): Known['kind'] | undefined {
  const kind = others.map(({ typed }) => typed.get(name)?.kind).find((kind) => kind !== undefined)
  if (kind === 'datetime') return 'date'
  return kind === 'numeric' || kind === 'whole' ? 'number' : undefined
}

/** To pandas, dates in CSV are texts, unless the other side has them as dates; of JSON it takes columns of such names for dates. */
function mayBeDate(name: string, sides: readonly Opened[], { asPandas }: OpenOptions): boolean {
  if (asPandas === undefined || name === asPandas.time) return true
  const isJson = sides.every(({ loaded }) => loaded.located.format !== 'csv')
  return isJson && DATE_TO_PANDAS.test(name)
}

const DATE_TO_PANDAS = /(_at|_time)$|^(modified|date|datetime)$|^timestamp/i

async function tableOf(
  { loaded, columnNames, chosen, typed, texts }: Opened,
  readings: ReadonlyMap<string, TextReading>,
  session: Session,
): Promise<DataTable> {
  const { located, side, where } = loaded
  let cells = texts
  let rowCount: number
  if (loaded.kind === 'texts') {
    let kept = loaded.loaded
    if (where !== undefined) {
      const rows = valuesOf(kept, (name) => sqlOf(readings.get(name)!))
      await assertUsable(rows, where, columnNames, session, located.label)
      const keep = () =>
        keepRows(session, side, loaded.loaded, where, (name) => sqlOf(readings.get(name)!))
      kept = await holding(where, columnNames, located.label, keep)
      cells = kept.columns
    }
    rowCount = kept.rowCount
  } else {
    const count = () => countRows([...typed.values()][0]!.from, session)
    rowCount =
      where === undefined ? await count() : await holding(where, columnNames, located.label, count)
  }
  if (rowCount === 0) {
    throw new SourceError(
      `cannot read ${located.label}: ${where === undefined ? 'it has no rows' : '`where` leaves no row'}`,
    )
  }
  const read = await columnsOfTexts(session, cells, readings, chosen, (row) => placeIn(loaded, row))
  const columns = chosen.flatMap((name) => {
    const column = read.get(name) ?? typed.get(name)
    return column === undefined ? [] : [[name, column] as const]
  })
  const reading = loaded.kind === 'texts' ? readingOf(loaded) : undefined
  const { name, label } = located
  const isUnchanged = loaded.kind === 'typed' ? loaded.isUnchanged : undefined
  return {
    name,
    label,
    rowCount,
    columns: new Map(columns),
    columnNames,
    ...(reading && { reading }),
    ...(isUnchanged && { isUnchanged }),
  }
}

/** @returns are the files the same, and of the same bytes as far as their times tell? */
function stampedNow(paths: readonly string[]): () => boolean {
  const stampOf = (path: string) => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    return found && `${found.ino} ${found.size} ${found.mtimeNs}`
  }
  const stamps = paths.map(stampOf)
  return () => paths.every((path, i) => stampOf(path) === stamps[i])
}

async function countRows(from: string, { connection }: Session): Promise<number> {
  const counted = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${from}`)
  return Number(counted.getRows()[0]![0])
}

/** A value of a column of texts, in SQL: NULL where a text stands for a missing cell. */
function sqlOf({ kind, sql, missing }: TextReading): string {
  if (kind !== 'text' || missing.length === 0) return sql
  return `CASE WHEN NOT ${isOneOfSql(sql, missing)} THEN ${sql} END`
}

type Place = Pick<MendedLines, 'line' | 'file'>

/** Where a row stands: in which of several files, and on which line it begins. */
async function placeIn(loaded: Loaded, row: number): Promise<Place> {
  if (loaded.kind !== 'texts') return {}
  const { clean, located } = loaded
  const rowsOf = loaded.loaded.slices[0]?.rowsOf ?? []
  let before = 0
  const at = rowsOf.findIndex((rows) => {
    before += rows
    return row < before
  })
  const inFile = row - (before - rowsOf[at]!)
  const line =
    clean?.[at]?.lineOf(inFile) ??
    (located.format === 'ndjson' ? await lineOfRecord(located.paths[at]!, inFile) : undefined)
  return { ...(line !== undefined && { line }), ...fileOf(located, at) }
}

/** Of several files, below the folder that all are in: a report goes further than the machine that it is made on. */
function fileOf({ files }: Located, at: number): Pick<Place, 'file'> {
  if (files.length === 1) return {}
  const parts = files.map((file) => file.split(sep === '/' ? '/' : /[\\/]/))
  const [first] = parts
  let common = 0
  while (parts.every((one) => common + 1 < one.length && one[common] === first![common])) common++
  return { file: parts[at]!.slice(common).join('/') }
}

function readingOf({ located, clean }: Extract<Loaded, { kind: 'texts' }>): TableReading {
  const { format } = located
  if (clean === undefined) return { format }
  const [first] = clean
  const mended = new Map<string, MendedLines>()
  for (const [at, { reading }] of clean.entries()) {
    for (const one of reading.mended ?? []) {
      const before = mended.get(one.what) ?? { ...one, ...fileOf(located, at), count: 0 }
      mended.set(one.what, { ...before, count: before.count + one.count })
    }
  }
  return { ...first!.reading, ...(mended.size > 0 && { mended: [...mended.values()] }) }
}

/** The columns of texts, each with what was counted of its texts that are no values. */
async function columnsOfTexts(
  session: Session,
  cells: ReadonlyMap<string, TextCells>,
  readings: ReadonlyMap<string, TextReading>,
  chosen: readonly string[],
  placeOf: (row: number) => Promise<Place>,
): Promise<ReadonlyMap<string, DataColumn>> {
  const names = chosen.filter((name) => readings.has(name))
  const texts = names.filter((name) => readings.get(name)!.kind === 'text')
  const found = await countTexts(
    session,
    texts.map((name) => cells.get(name)!),
    texts.map((name) => readings.get(name)!.missing),
  )
  const holdsMissing = new Set(texts.filter((_, i) => found[i]! > 0))
  const nested = new Set(await nestedOf(session, texts, cells))
  const columns = new Map<string, DataColumn>()
  for (const name of names) {
    const { from } = cells.get(name)!
    const reading = readings.get(name)!
    if (nested.has(name)) {
      const told = { sourceType: 'LIST or STRUCT' }
      columns.set(name, { name, id: cells.get(name)!.text, from, kind: 'text', reading: told })
      continue
    }
    const { kind, sql, told, undecided } = reading
    const isPlain = kind === 'text' ? !holdsMissing.has(name) : reading.isWhole
    const left = isPlain ? {} : await leftIn(session, cells.get(name)!, reading, placeOf)
    const all: ColumnReading = { ...told, ...left }
    const isTelling = Object.keys(all).some((member) => member !== 'sourceType')
    columns.set(name, {
      name,
      id: kind === 'text' ? (isPlain ? sql : sqlOf(reading)) : sql,
      kind,
      from,
      ...(isTelling && { reading: all }),
      ...(undecided !== undefined && { undecided }),
    })
  }
  return columns
}

async function leftIn(
  session: Session,
  cells: TextCells,
  reading: TextReading,
  placeOf: (row: number) => Promise<Place>,
): Promise<Pick<ColumnReading, 'missing' | 'misfits'>> {
  const { missing, isTrimmed, standsForNothing } = reading
  const value = sqlOf(reading)
  const left = await leftTexts(session, cells, value, missing, isTrimmed, standsForNothing)
  return {
    ...(left.missing.length > 0 && { missing: left.missing.slice(0, MOST_SPELLINGS) }),
    ...(left.misfits !== null && {
      misfits: {
        count: left.misfits.count,
        example: left.misfits.example.slice(0, 80),
        ...(await placeOf(left.misfits.row)),
      },
    }),
  }
}

/** Columns that are lists or objects, but for some slips. */
async function nestedOf(
  { connection }: Session,
  names: readonly string[],
  cells: ReadonlyMap<string, TextCells>,
): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of names) {
    const { nested, text, from } = cells.get(name)!
    if (nested === undefined) continue
    const result = await connection.runAndReadAll(
      `SELECT count(CASE WHEN ${nested} THEN 1 END)::DOUBLE, count(${text})::DOUBLE FROM ${from}`,
    )
    const [some, all] = result.getRows()[0]!.map(Number)
    if (some! > SLIPS * all!) found.push(name)
  }
  return found
}

/** Tries the user's own condition, which `assertCondition` has found to be one, on the columns of the data. */
async function assertUsable(
  from: string,
  where: string | undefined,
  names: readonly string[],
  { connection }: Session,
  label: string,
): Promise<void> {
  if (where === undefined) return
  await holding(where, names, label, () =>
    connection.run(`SELECT 1 FROM ${filtered(from, where)} LIMIT 0`),
  )
}

/** Does work that asks the user's own condition: what goes wrong, and is not known of the data, is told of the condition. */
async function holding<T>(
  where: string,
  names: readonly string[],
  label: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isOfData(error)) throw error
    const why = whyNotUsable((error as Error).message, names, where)
    throw new SourceError(`\`where\` cannot be used on ${label}: ${why}`)
  }
}

/** May a condition choose other rows each time that it is asked? */
function drawsRows(where: string | undefined): boolean {
  return where !== undefined && /\brandom\b/i.test(where)
}

/** Else each column would be of other rows. */
async function drawnOnce(rows: string, side: string, session: Session): Promise<string> {
  const table = `${await session.tables('disk')}.${quoteIdentifier(`${side} drawn`)}`
  await session.connection.run(`CREATE OR REPLACE TABLE ${table} AS SELECT * FROM ${rows}`)
  return table
}

/** A comment may end the condition. */
function filtered(from: string, where: string | undefined): string {
  return where === undefined ? from : `(SELECT * FROM ${from} WHERE (${where}\n))`
}
