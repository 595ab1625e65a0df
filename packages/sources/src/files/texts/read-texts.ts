import type { Session } from '../session.ts'
import type { CountedSide } from './choose-reading.ts'
import { isTimeText, likelyDates } from './date-texts.ts'
import { MISSING_TO_PANDAS, type MissingTexts, missingTexts, withMissing } from './missing-texts.ts'
import {
  isNumberText,
  likelyFormats,
  type NumberFormat,
  PLAIN,
  PLAIN_TO_PANDAS,
  type SaidOfNumbers,
} from './number-texts.ts'
import {
  type Candidate,
  countCandidates,
  countPlain,
  firstCells,
  firstOthers,
  haveSpellings,
  laterCells,
  someOthers,
  someUntaken,
  type TextCells,
  valueSql,
} from './text-cells.ts'
import {
  arePlain,
  hasCandidates,
  type Look,
  type TextColumn,
  type TextReading,
  type TextRules,
} from './text-column.ts'
import { decided } from './text-readings.ts'

/** Where fewer first cells than this hold something, others are looked for. */
const FEW = 50
/** Where fewer of the first cells are of a kind, nobody tries that kind on all of them. */
const RARE = 0.05

/** Decides, on all rows and for both sides together, how columns of texts are read. */
export async function readTexts(
  session: Session,
  columns: readonly TextColumn[],
  said: TextRules,
): Promise<ReadonlyArray<readonly TextReading[]>> {
  const rules = { ...said, decimalSign: said.decimalSign ?? decimalBeside(said.thousandsSign) }
  const base = rules.asPandas ? MISSING_TO_PANDAS : missingTexts(rules.missing)
  const looks = await lookAt(session, columns, base, rules)
  await countNumbers(session, looks)
  await lookAtNames(session, looks)
  const signs = new Map<object, '.' | ','>()
  for (const look of looks) {
    look.candidates = candidatesOf(look, rules)
    if (hasCandidates(look)) {
      await countEach(session, look)
      await lookAgain(session, look, rules)
    }
    noteSigns(look, signs)
  }
  await reconsiderPoints(session, looks, signs, rules)
  return looks.map((look) => decided(look, signs, rules))
}

/** What stands between thousands is no decimal sign. */
function decimalBeside(sign: SaidOfNumbers['thousandsSign']): '.' | ',' | undefined {
  return sign === '.' ? ',' : sign === ',' ? '.' : undefined
}

async function lookAt(
  session: Session,
  columns: readonly TextColumn[],
  base: MissingTexts,
  { asPandas }: TextRules,
): Promise<Look[]> {
  const cells = columns.flatMap(({ sides }) => sides.map(({ cells }) => cells))
  const first = await firstCells(session, cells)
  // What begins with words may be numbers from the second day on.
  const later = new Map<TextCells, ReadonlyArray<string | null>>()
  const wordy = cells.filter((_, i) => areWords(first[i]!))
  for (const [i, found] of (await laterCells(session, wordy)).entries()) later.set(wordy[i]!, found)
  let at = 0
  const looks: Look[] = []
  for (const column of columns) {
    const spellings = column.known?.reading?.missing ?? []
    const missing = withMissing(
      base,
      spellings.map(({ text }) => text),
    )
    const isMissing = new Set(['', ...missing.ofNumbers])
    const samples: (readonly string[])[] = []
    const presentIn = (cells: ReadonlyArray<string | null>) =>
      cells.flatMap((cell) => (cell === null || isMissing.has(trimmed(cell)) ? [] : [cell]))
    for (const side of column.sides) {
      const rows = [...first[at++]!, ...(later.get(side.cells) ?? [])]
      const present = presentIn(rows)
      const isEnough = present.length >= FEW || rows.length < FEW
      samples.push(isEnough ? present : await firstOthers(session, side.cells, missing.ofNumbers))
    }
    const isPlainText = isNumberText(PLAIN)
    const share = (sample: readonly string[]) => sample.filter(isPlainText).length / sample.length
    const mayBeNumbers =
      !['text', 'category'].includes(column.known?.kind ?? '') &&
      (column.known?.kind === 'number' || samples.some((sample) => share(sample) >= RARE))
    const areBooleans = (sample: readonly string[]) =>
      sample.length > 0 && sample.filter(isBooleanText).length >= RARE * sample.length
    looks.push({
      column,
      hasBooleans: !asPandas && samples.some(areBooleans),
      missing,
      samples,
      later: column.sides.map(({ cells }) => presentIn(later.get(cells) ?? [])),
      mayBeNumbers,
      plain: [],
      others: [],
      candidates: [],
      counted: [],
    })
  }
  return looks
}

/** Is none of some cells a number, a date or a time? */
function areWords(cells: ReadonlyArray<string | null>): boolean {
  const present = cells.filter((cell) => cell !== null)
  const isNumber = isNumberText(PLAIN)
  const isKind = (text: string) => isNumber(text) || isTimeText(text) || isBooleanText(text)
  if (present.some(isKind)) return false
  return (
    present.length > 0 && likelyFormats(present).length === 0 && likelyDates([present]).length === 0
  )
}

async function countNumbers(session: Session, looks: readonly Look[]): Promise<void> {
  const numbers = looks.filter(({ mayBeNumbers }) => mayBeNumbers)
  const counted = await countPlain(
    session,
    numbers.flatMap(({ column }) => column.sides.map(({ cells }) => cells)),
  )
  let at = 0
  for (const look of numbers) {
    look.plain = look.column.sides.map(() => counted[at++]!)
    if (look.column.known?.kind === 'text' || arePlain(look)) continue
    const others = []
    for (const [i, { cells }] of look.column.sides.entries()) {
      const { cells: all, plain } = look.plain[i]!
      others.push(plain === all ? [] : await someOthers(session, cells))
    }
    look.others = others
  }
}

/** Of categories, 1.1 and 1.10 are two: as numbers they would be one, as would be the longest codes. */
async function lookAtNames(session: Session, looks: readonly Look[]): Promise<void> {
  for (const look of looks) {
    const { column, plain } = look
    if (!column.known?.areCategories) continue
    const mayBe = plain.some(({ hasFractions, isLong }) => hasFractions || isLong)
    if (!mayBe) continue
    for (const { cells } of column.sides) {
      if (await haveSpellings(session, cells)) look.areNames = true
    }
  }
}

/** What is tried on all cells; nothing where they are plain numbers, or texts by their first cells. */
function candidatesOf(look: Look, rules: TextRules): ReadonlyArray<readonly Candidate[]> {
  const { column, samples, missing } = look
  const kind = column.known?.kind
  const onAll = (candidates: readonly Candidate[]) => column.sides.map(() => candidates)
  const isFormat = column.known?.isSaid && kind === 'date' && rules.dates?.includes('%')
  if (kind === 'text' || (arePlain(look) && kind !== 'category' && !isFormat)) return onAll([])
  const isMissing = new Set(['', ...missing.ofNumbers])
  const others = column.sides.map((_, i) =>
    (look.others[i] ?? []).filter((text) => !isMissing.has(trimmed(text))),
  )
  const isRare = (is: (text: string) => boolean) =>
    samples.every((sample) => sample.filter(is).length < RARE * sample.length)
  const texts = samples.map((sample, i) => [...sample, ...others[i]!])
  const all = texts.flat()
  if (all.length === 0) return onAll(look.mayBeNumbers ? [{ kind: 'number', format: PLAIN }] : [])
  const booleans: readonly Candidate[] = all.every(isBooleanText) ? [{ kind: 'boolean' }] : []
  if (rules.asPandas && !(column.mayBeDate && !look.mayBeNumbers)) {
    return onAll([
      ...(look.mayBeNumbers ? [{ kind: 'number', format: PLAIN_TO_PANDAS } as const] : []),
      ...booleans,
    ])
  }
  if (kind === 'category') return onAll(booleans)
  // A side that has none with such a sign is tried with the format of the other.
  const ofSides = texts.map((own) => likelyFormats(own, rules))
  const formats = (['.', ','] as const).flatMap((sign) => {
    const own = ofSides.map((of) => of.find(({ decimalSign }) => decimalSign === sign))
    const any = own.find((format) => format !== undefined)
    if (any === undefined) return []
    const each = own.map((format) => format ?? any)
    const areRare = each.every((format) => isRare(isNumberText(format)))
    return look.mayBeNumbers || kind === 'number' || !areRare ? [each] : []
  })
  if (formats.length === 0 && kind === 'number' && column.known?.isSaid) {
    formats.push(column.sides.map(() => PLAIN))
  }
  const isDate = kind === 'date' && column.known?.isSaid
  const dates = likelyDates(
    [...samples, ...look.later, others.flat()],
    rules.dates,
    isDate ? 0 : undefined,
  )
  return column.sides.map((_, i) => {
    return [
      // The two that could be taken for one another come first.
      ...(dates.length > 1 ? dates.map((formats) => ({ kind: 'date', formats }) as const) : []),
      ...formats.map((each) => ({ kind: 'number', format: each[i]! }) as const),
      ...(dates.length === 1 ? [{ kind: 'date', formats: dates[0]! } as const] : []),
      ...(isRare(isTimeText) ? [] : [{ kind: 'time' } as const]),
      ...booleans,
    ]
  })
}

function isBooleanText(text: string): boolean {
  return /^(true|false)$/i.test(trimmed(text))
}

/** Where some cells are of no kind that the first ones are: they may be written in one more way. */
async function lookAgain(session: Session, look: Look, rules: TextRules): Promise<void> {
  const { candidates, counted, column, missing } = look
  const isTaken = counted.every(
    ({ cells, missing, values }) => Math.max(...values) >= cells - missing,
  )
  if (isTaken || rules.asPandas) return
  const untaken: (readonly string[])[] = []
  for (const [i, { cells }] of column.sides.entries()) {
    untaken.push(await someUntaken(session, cells, candidates[i]!, missing.ofNumbers))
  }
  look.others =
    look.others.length === 0 ? untaken : look.others.map((of, i) => [...of, ...untaken[i]!])
  const more = candidatesOf(look, rules)
  const isNew = more.some((of, i) =>
    of.some((candidate, at) => {
      const known = candidates[i]![at]
      return known === undefined || valueSql(known, TEXT) !== valueSql(candidate, TEXT)
    }),
  )
  if (!isNew) return
  look.candidates = more
  await countEach(session, look)
}

const TEXT = { text: 't' }

async function countEach(session: Session, look: Look): Promise<void> {
  const counted = []
  for (const [i, { cells }] of look.column.sides.entries()) {
    const candidates = look.candidates[i]!
    counted.push(await countCandidates(session, cells, candidates, look.missing.ofNumbers))
  }
  look.counted = counted
}

/** Which sign do the numbers of a file have, as far as one of its columns is certain? */
function noteSigns(look: Look, signs: Map<object, '.' | ','>): void {
  const { column, candidates, counted, samples } = look
  if (arePlain(look)) {
    for (const [i, { file }] of column.sides.entries()) {
      if (!signs.has(file) && samples[i]!.some(isFraction)) signs.set(file, '.')
    }
  }
  if (!hasCandidates(look)) return
  for (const [i, { file }] of column.sides.entries()) {
    const { points, commas, isMost } = signsIn(candidates[i]!, counted[i]!)
    if (!isMost) continue
    if (commas > 0 && points === 0) signs.set(file, ',')
    if (points > 0 && commas === 0 && !signs.has(file)) signs.set(file, '.')
  }
}

/** How many cells are numbers with the one sign alone, and are nearly all cells numbers? */
function signsIn(
  candidates: readonly Candidate[],
  { onlyFirst, onlySecond, values, cells, missing }: CountedSide['counts'],
) {
  const [place = -1, second] = candidates.flatMap(({ kind }, at) => (kind === 'number' ? [at] : []))
  const candidate = candidates[place]
  if (candidate?.kind !== 'number') return { points: 0, commas: 0, isMost: false }
  const most = Math.max(values[place]!, second === undefined ? 0 : values[second]!)
  const isMost = most >= 0.99 * (cells - missing)
  // The two that could be taken for one another are the first two of all. Where one is tried, no cell can be the other.
  if (second === 1) return { points: onlyFirst, commas: onlySecond, isMost }
  const only = second === undefined ? values[place]! : 0
  const isPoint = candidate.format.decimalSign === '.'
  return { points: isPoint ? only : 0, commas: isPoint ? 0 : only, isMost }
}

/** `1.5`; not `1.234`, which may be a thousand and more. */
function isFraction(text: string): boolean {
  return text.includes('.') && !IS_IN_COMMAS(text)
}

const IN_COMMAS: NumberFormat = { decimalSign: ',', thousandsSign: '.', unit: '' }
const IS_IN_COMMAS = isNumberText(IN_COMMAS)

/**
 * In a file of decimal commas, `1.234` is no fraction: its point stands between thousands. Where nothing tells, and
 * semicolons leave the comma free, it may be either.
 */
async function reconsiderPoints(
  session: Session,
  looks: readonly Look[],
  signs: ReadonlyMap<object, '.' | ','>,
  { asPandas, decimalSign }: TextRules,
): Promise<void> {
  if (asPandas || decimalSign === '.') return
  for (const look of looks) {
    if (!arePlain(look)) continue
    const stored = look.column.known?.reading?.decimalSign
    const isInCommas =
      decimalSign === ',' ||
      look.column.sides.some(({ file }) => (signs.get(file) ?? stored) === ',')
    if (!(isInCommas || isInDoubt(look, signs))) continue
    if (look.plain.every(({ hasFractions }) => !hasFractions)) continue
    look.candidates = look.column.sides.map(() => [
      { kind: 'number', format: PLAIN },
      { kind: 'number', format: IN_COMMAS },
    ])
    await countEach(session, look)
  }
}

function isInDoubt({ column, samples }: Look, signs: ReadonlyMap<object, '.' | ','>): boolean {
  if (column.known?.reading !== undefined || samples.flat().some(isFraction)) return false
  return column.sides.some(({ file, delimiter }) => delimiter === ';' && !signs.has(file))
}

function trimmed(text: string): string {
  return text.replace(/^[ \t\u00a0]+|[ \t\u00a0]+$/g, '')
}
