import { isNumberLike } from './dialect.ts'
import type { SampleRecord } from './sample.ts'

/** What a file tells of its first record. */
export interface HeaderEvidence {
  /** Its cells. */
  readonly names: readonly string[]
  /** 1: they are names, -1: data, 0: who knows. */
  readonly vote: number
  /** Are all of them values of their columns, too? */
  readonly recurs: boolean
  /** Is each of them, all numbers, beyond all below it? */
  readonly areOutside: boolean
  /** What tells the file from others: of a file that is compared with itself, both first records are the same. */
  readonly content: string
}

export function headerEvidence(records: readonly SampleRecord[], content: string): HeaderEvidence {
  return {
    names: (records[0]?.cells ?? []).map(({ text }) => text.trim()),
    vote: voteOf(records),
    recurs: recurs(records),
    areOutside: areOutside(records),
    content,
  }
}

/**
 * Is the first record of each of these files a header?
 *
 * 1. Two files that differ begin with the same names, in any order: it is one. Where both look like data to rule 3 (`2019,2020` over
 *    numbers), they must be numbers beyond all below, or years, and not all come again below.
 * 2. Numbers that count on by one, from 0 or a year: three at least (`0,1,2`), two behind a word (`country,2019,2020`), one behind a
 *    cell without a name (`,0`).
 * 3. Each column has a vote. Nearly all below are of one form, numbers or a pattern with digits or signs in it (dates, codes, mail
 *    addresses): where the first cell has it too, it is data, else a name. Words are data where the same word comes again
 *    below. A majority of the columns decides.
 * 4. Where the columns of a file do not decide, those of the other files do; where nothing does, it is a header.
 */
export function haveHeaders(files: readonly HeaderEvidence[]): boolean[] {
  const alike = new Map<string, HeaderEvidence[]>()
  for (const file of files) {
    const names = namesInOrder(file)
    alike.set(names, [...(alike.get(names) ?? []).slice(0, MOST_COMPARED), file])
  }
  const votes = files.map((file) => {
    return alike.get(namesInOrder(file))!.some((other) => shareNames(file, other)) ? 1 : file.vote
  })
  const others = Math.sign(votes.reduce((sum, vote) => sum + vote, 0))
  return votes.map((vote) => (vote === 0 ? others >= 0 : vote > 0))
}

/** There may be thousands of files; that some begin alike is enough. */
const MOST_COMPARED = 10

function namesInOrder({ names }: HeaderEvidence): string {
  return JSON.stringify([...new Set(names)].sort())
}

/** Do they begin with the same names, as `haveHeaders` has it? They do begin with the same cells. */
function shareNames(a: HeaderEvidence, b: HeaderEvidence): boolean {
  if (a.content === b.content) return false
  if (a.vote >= 0 || b.vote >= 0) return true
  // Both look like data: two versions of one table may begin with the same row.
  if (a.recurs || b.recurs) return false
  const { names } = a
  const numbers = names.filter((name) => isNumberLike(name))
  const areDistinct = new Set(names).size === names.length
  if (numbers.length === 0 || names.length === 1 || !areDistinct) return false
  return numbers.every(isYear) || (a.areOutside && b.areOutside)
}

function isYear(text: string): boolean {
  return /^(19|20)\d\d$/.test(text)
}

function areOutside([first, ...rest]: readonly SampleRecord[]): boolean {
  if (first === undefined) return false
  return first.cells.every(({ text }, i) => {
    const number = Number(text)
    const below = rest.flatMap(({ cells }) => {
      return isMissing(cells[i]?.text) ? [] : Number(cells[i]!.text)
    })
    return below.every((value) => value < number) || below.every((value) => value > number)
  })
}

function recurs(records: readonly SampleRecord[]): boolean {
  const [first, ...rest] = records
  if (first === undefined || rest.length === 0) return false
  return first.cells.every(({ text }, i) => rest.some(({ cells }) => cells[i]?.text === text))
}

/**
 * A title in the first of several cells, as spreadsheets write it, above a line of names: nothing else stands in the first line, and
 * names in all cells of the next one that is not empty.
 *
 * @returns how many names there are; undefined: nothing speaks for it
 */
export function namesBelowTitle(records: readonly SampleRecord[]): number | undefined {
  const [title, ...below] = records
  if (title === undefined || title.cells.length < 3) return undefined
  const [words, ...others] = title.cells.map(({ text }) => text.trim())
  if (words === '' || others.some((text) => text !== '')) return undefined
  const table = below.slice(below.findIndex(({ cells }) => cells.some(isFilled)))
  const areNames = table[0]?.cells.every(isFilled) && voteOf(table) > 0
  return areNames ? table[0]!.cells.length : undefined
}

function isFilled({ text }: { readonly text: string }): boolean {
  return text.trim() !== ''
}

/** 1: a header, -1: data, 0: who knows. */
function voteOf(records: readonly SampleRecord[]): number {
  const [first, ...rest] = records
  if (first === undefined) return 0
  const names = first.cells.map(({ text }) => text.trim())
  if (countsOn(names)) return 1
  if (rest.length === 0) return names.every((name) => name !== '' && isNumberLike(name)) ? -1 : 0
  let sum = 0
  for (const [i, name] of names.entries()) {
    const below = rest.flatMap(({ cells }) => (isMissing(cells[i]?.text) ? [] : cells[i]!.text))
    sum += columnVote(name, below)
  }
  return Math.sign(sum)
}

function countsOn(names: readonly string[]): boolean {
  const isFirstNumber = /^\d+$/.test(names[0]!)
  const numbers = isFirstNumber ? names : names.slice(1)
  const isUnnamed = names[0] === ''
  const least = isUnnamed ? 1 : isFirstNumber ? 3 : 2
  if (numbers.length < least || !numbers.every((name) => /^\d{1,9}$/.test(name))) return false
  const start = Number(numbers[0])
  if (!numbers.every((name, i) => Number(name) === start + i)) return false
  return (start === 0 && (isUnnamed || isFirstNumber)) || (start > 1900 && start < 2100)
}

/** How nearly all values must agree. */
const NEARLY = 0.9

function columnVote(name: string, below: readonly string[]): number {
  if (below.length === 0) return 0
  // A name is never missing; in the first row of data one may be.
  if (isMissing(name)) return 0
  const share = (holds: (text: string) => boolean) => below.filter(holds).length / below.length
  if (share(isNumberLike) >= NEARLY) return isNumberLike(name) ? -1 : 1
  const form = commonForm(below)
  if (form !== undefined) return formOf(name) === form ? -1 : 1
  return below.includes(name) ? -1 : 0
}

const MISSING = new Set([
  '',
  'na',
  'n/a',
  'nan',
  'null',
  'none',
  '-',
  '--',
  '?',
  '.',
  '\\n',
  '#n/a',
])

function isMissing(text: string | undefined): boolean {
  return text === undefined || MISSING.has(text.trim().toLowerCase())
}

/** The form of nearly all of them, if it is more than words. */
function commonForm(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const text of texts) {
    const form = formOf(text)
    counts.set(form, (counts.get(form) ?? 0) + 1)
  }
  for (const [form, count] of counts) {
    if (count >= NEARLY * texts.length && /[^a _]/.test(form)) return form
  }
  return undefined
}

/** `a` for letters, `9` for digits: `9-9-9` of a date, `a@a.a` of an address. */
function formOf(text: string): string {
  return text
    .slice(0, 100)
    .trim()
    .replace(/\p{L}+/gu, 'a')
    .replace(/\d+/g, '9')
}

/** What DuckDB calls columns without a name. */
export function placeName(i: number, width: number): string {
  return `column${String(i).padStart(String(width - 1).length, '0')}`
}

export interface ColumnNames {
  readonly names: readonly string[]
  readonly unnamed: number
  readonly repeated: number
}

/** The names of a header: those that are empty get one by their place, those that were there before a number. */
export function namesOf(header: readonly string[]): ColumnNames {
  const taken = new Map<string, number>()
  let unnamed = 0
  let repeated = 0
  const names = header.map((text, i) => {
    const plain = text.trim()
    if (plain === '') unnamed++
    let name = plain === '' ? placeName(i, header.length) : plain
    if (plain !== '' && taken.has(name)) repeated++
    // As DuckDB does it: `a`, `a_1`, `a_2`; `a_1_1`, where `a_1` was there.
    while (taken.has(name)) {
      const count = taken.get(name)! + 1
      taken.set(name, count)
      name = `${name}_${count}`
    }
    taken.set(name, 0)
    return name
  })
  return { names, unnamed, repeated }
}
