import type { ColumnReading } from '@tidegauge/drift'
import type { Session } from '../session.ts'
import {
  type Chosen,
  CODES,
  type CountedSide,
  chooseReadings,
  type Known,
} from './choose-reading.ts'
import { isTimeText, likelyDates, type SaidOfDates } from './date-texts.ts'
import { MISSING_TO_PANDAS, type MissingTexts, missingTexts, withMissing } from './missing-texts.ts'
import {
  isNumberText,
  isPlain,
  likelyFormats,
  type NumberFormat,
  PLAIN,
  plainNumberSql,
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
  listSql,
  type PlainCounts,
  someOthers,
  someUntaken,
  type TextCells,
  trimmedSql,
  valueSql,
} from './text-cells.ts'

/** What the user says of the texts in files; undefined: it is found out. */
export interface TextRules extends SaidOfNumbers {
  /** Of `--na`. */
  readonly missing?: readonly string[] | undefined
  readonly dates?: SaidOfDates | undefined
  /** As pandas reads: plain numbers and booleans, all else as it stands, but for dates where it looks for some. */
  readonly asPandas?: boolean | undefined
}

/** A column of texts, on the sides that have it as texts. */
export interface TextColumn {
  readonly name: string
  readonly sides: ReadonlyArray<TextSide>
  readonly known?: KnownColumn | undefined
  readonly mayBeDate: boolean
}

export interface TextSide {
  readonly cells: TextCells
  /** Its file: what is certain of one column helps another. */
  readonly file: object
  readonly delimiter?: string | undefined
}

/** What is known of a column before its texts are looked at: by `--type`, a stored profile, the types of the other side. */
export interface KnownColumn extends Partial<Known> {
  /** Says the user: numbers among them are names, too. */
  readonly areCategories?: boolean
  /** Of the stored profile. */
  readonly reading?: ColumnReading | undefined
}

/** How the texts of one side of a column are read. */
export interface TextReading {
  readonly kind: 'numeric' | 'whole' | 'datetime' | 'boolean' | 'text'
  /** The value, in SQL. */
  readonly sql: string
  /** Texts that stand for a missing cell. */
  readonly missing: readonly string[]
  /** Are they compared without the blanks around a cell? */
  readonly isTrimmed: boolean
  /** Was every cell seen to be a value, or empty? */
  readonly isWhole: boolean
  /** In SQL: is a cell missing that is written as none of the texts, as -999.0 is where -999 is? */
  readonly standsForNothing?: string
  /** Counts apart. */
  readonly told: ColumnReading
  /** Why it cannot be read yet. */
  readonly undecided?: string
}

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

/** What is found out about a column, step by step. */
interface Look {
  readonly column: TextColumn
  readonly missing: MissingTexts
  /** Of each side: some of its cells that are not missing. */
  readonly samples: ReadonlyArray<readonly string[]>
  /** Those of them that stand in the middle or at the end, where nothing was found at the start. */
  readonly later: ReadonlyArray<readonly string[]>
  readonly mayBeNumbers: boolean
  /** True and false, among others: as categories they are called as booleans are. */
  readonly hasBooleans: boolean
  plain: readonly PlainCounts[]
  /** Of each side: some of the cells that are no plain numbers, wherever they stand. */
  others: ReadonlyArray<readonly string[]>
  /** Of each side, the same kinds in the same order: numbers of one sign may be grouped otherwise. */
  candidates: ReadonlyArray<readonly Candidate[]>
  counted: readonly CountedSide['counts'][]
  /** Numbers that are told apart by how they are written. */
  areNames?: boolean
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

function arePlain({ plain }: Look): boolean {
  return plain.length > 0 && plain.every((side) => side.plain === side.cells)
}

function hasCandidates({ candidates }: Look): boolean {
  return candidates.some((of) => of.length > 0)
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
      ...(look.mayBeNumbers ? [{ kind: 'number', format: PLAIN } as const] : []),
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
  const [first, second] = candidates[0] ?? []
  if (first?.kind !== 'number' || second?.kind !== 'number') return
  for (const [i, { file }] of column.sides.entries()) {
    const { onlyFirst, onlySecond, cells, missing, values } = counted[i]!
    if (Math.max(...values) < 0.99 * (cells - missing)) continue
    if (onlySecond > 0 && onlyFirst === 0) signs.set(file, ',')
    if (onlyFirst > 0 && onlySecond === 0 && !signs.has(file)) signs.set(file, '.')
  }
}

/** `1.5`; not `1.234`, which may be a thousand and more. */
function isFraction(text: string): boolean {
  return text.includes('.') && !IS_IN_COMMAS(text)
}

const IN_COMMAS: NumberFormat = { decimalSign: ',', thousandsSign: '.', unit: '' }
const IS_IN_COMMAS = isNumberText(IN_COMMAS)

/** In a file of decimal commas, `1.234` is no fraction: its point stands between thousands. */
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
    if (!isInCommas || look.plain.every(({ hasFractions }) => !hasFractions)) continue
    look.candidates = look.column.sides.map(() => [
      { kind: 'number', format: PLAIN },
      { kind: 'number', format: IN_COMMAS },
    ])
    await countEach(session, look)
  }
}

function decided(
  look: Look,
  signs: ReadonlyMap<object, '.' | ','>,
  rules: TextRules,
): readonly TextReading[] {
  const { column, candidates, counted, plain } = look
  if (look.areNames) return column.sides.map((side) => textReading(side, look, []))
  if (!hasCandidates(look) && arePlain(look)) return plainReadings(look, rules)
  if (!hasCandidates(look)) return column.sides.map((side) => textReading(side, look, []))
  const sides = column.sides.map(({ file, delimiter }, i): CountedSide => {
    const areCodes = !rules.asPandas && plain[i]?.hasFractions === false && plain[i].hasCodes
    return {
      candidates: candidates[i]!,
      counts: counted[i]!,
      areCodes,
      fileSign: rules.decimalSign ?? signs.get(file) ?? column.known?.reading?.decimalSign,
      storedOrder: column.known?.reading?.dateOrder,
      delimiter,
    }
  })
  const { kind, isSaid = false } = column.known ?? {}
  const chosen = chooseReadings(sides, kind && { kind, isSaid })
  return column.sides.map((side, i) => readingOf(side, i, chosen[i]!, look))
}

function plainReadings(look: Look, rules: TextRules): readonly TextReading[] {
  const { column, plain } = look
  const hasFractions = plain.some((side) => side.hasFractions)
  const areCodes =
    !hasFractions &&
    !rules.asPandas &&
    column.known?.kind === undefined &&
    plain.some(({ hasCodes }) => hasCodes)
  const areTexts =
    !hasFractions &&
    !rules.asPandas &&
    column.known?.kind === undefined &&
    plain.every(({ areQuoted, cells }) => areQuoted || cells === 0)
  return column.sides.map((side, i) => {
    if (areCodes) return textReading(side, look, [CODES])
    if (areTexts) return textReading(side, look, [QUOTED])
    const chosen: Chosen = { kind: 'number', notes: [] }
    return numberReading(side, i, chosen, look, PLAIN)
  })
}

const QUOTED = 'whole numbers in quotes: read as codes'

function readingOf(side: TextSide, i: number, chosen: Chosen, look: Look): TextReading {
  const candidate =
    chosen.candidate === undefined ? undefined : look.candidates[i]![chosen.candidate]
  // Dates of an order that nobody can tell are names all the same.
  const areNames = chosen.isUndecided && look.column.known?.areCategories
  if (candidate === undefined || areNames) return textReading(side, look, chosen.notes)
  if (candidate.kind === 'number') return numberReading(side, i, chosen, look, candidate.format)
  const { value, ...found } = valueIn(side, i, candidate, look, chosen)
  const notes = chosen.notes.length > 0 && { notes: chosen.notes }
  const base = { sql: value, missing: look.missing.ofNumbers, isTrimmed: true, ...found }
  switch (candidate.kind) {
    case 'date': {
      const { formats } = candidate
      const seen = [...look.samples[i]!, ...(look.others[i] ?? [])]
      const isTold = !chosen.isUndecided && seen.some((text) => formats.isInNumbers(text))
      const dateOrder = isTold ? formats.order : undefined
      const told = { sourceType: 'text', ...(dateOrder && { dateOrder }), ...notes }
      const undecided =
        'the order of day and month cannot be told: say --date-format day-first or month-first'
      return { ...base, kind: 'datetime', told, ...(chosen.isUndecided && { undecided }) }
    }
    case 'time':
      return { ...base, kind: 'numeric', told: { sourceType: 'text', timeOfDay: true, ...notes } }
    case 'boolean':
      return { ...base, kind: 'boolean', told: { sourceType: 'text', ...notes } }
  }
}

function numberReading(
  side: TextSide,
  i: number,
  chosen: Chosen,
  look: Look,
  format: NumberFormat,
): TextReading {
  const { value, ...found } = valueIn(side, i, { kind: 'number', format }, look, chosen)
  const plain = look.plain[i]
  // DuckDB reads more as whole numbers than as numbers: 0x1F, .5.
  const isInteger =
    found.isWhole &&
    isPlain(format) &&
    plain !== undefined &&
    plain.plain === plain.cells &&
    !plain.hasFractions &&
    !plain.isLong
  const isLarge = plain?.isLarge ?? false
  const isTold = isLarge && !look.column.known?.areCategories
  const notes = [...chosen.notes, ...(isTold ? [LARGE_NOTE] : [])]
  const whole = isLarge ? 'HUGEINT' : 'BIGINT'
  return {
    kind: isInteger ? 'whole' : 'numeric',
    sql: isInteger ? plainNumberSql(side.cells.text, whole) : value,
    missing: look.missing.ofNumbers,
    isTrimmed: true,
    ...found,
    told: {
      sourceType: 'text',
      ...(format.decimalSign === ',' && { decimalSign: ',' as const }),
      ...(format.thousandsSign !== '' && { thousandsSign: format.thousandsSign }),
      ...(format.unit !== '' && { unit: format.unit }),
      ...(notes.length > 0 && { notes }),
    },
  }
}

const LARGE_NOTE =
  'whole numbers beyond 2^53: as numbers they lose their last digits; where they are codes, say --type column=categorical'

/** The value without what is said to be missing, such as -999 or 1900-01-01. */
function valueIn(
  { cells }: TextSide,
  i: number,
  candidate: Candidate,
  { missing, counted, plain }: Look,
  { candidate: place }: Chosen,
): Pick<TextReading, 'isWhole' | 'standsForNothing'> & { readonly value: string } {
  const side = plain[i]
  const isAllPlain =
    candidate.kind === 'number' &&
    isPlain(candidate.format) &&
    side !== undefined &&
    side.plain === side.cells
  const bare = isAllPlain ? plainNumberSql(cells.text) : valueSql(candidate, cells)
  const isNumber = isNumberText(PLAIN)
  const numbers = candidate.kind === 'number' ? missing.said.filter(isNumber) : []
  const isValue = candidate.kind === 'number' ? isNumberText(candidate.format) : () => true
  const said = missing.said.filter((text) => isNumber(text) || isValue(text))
  const isAll =
    place === undefined ? side !== undefined : counted[i]!.values[place] === counted[i]!.cells
  if (said.length === 0) return { value: bare, isWhole: isAll }
  const isSaid = `${trimmedSql(cells.text)} IN ${listSql(said)}`
  const isOne = numbers.length === 0 ? 'false' : `${bare} IN (${numbers.map(Number).join(', ')})`
  return {
    value: `CASE WHEN NOT (${isSaid}) AND NOT coalesce(${isOne}, false) THEN ${bare} END`,
    isWhole: isAll && place !== undefined && numbers.length === 0,
    standsForNothing: `coalesce(${isOne}, false)`,
  }
}

function textReading(
  { cells }: TextSide,
  { missing, hasBooleans }: Look,
  notes: readonly string[],
): TextReading {
  const texts = missing.ofCategories
  const lower = `lower(${trimmedSql(cells.text)})`
  return {
    kind: 'text',
    sql: hasBooleans
      ? `CASE WHEN ${lower} IN ('true', 'false') THEN ${lower} ELSE ${cells.text} END`
      : cells.text,
    missing: texts,
    isTrimmed: false,
    isWhole: false,
    told: { sourceType: 'text', ...(notes.length > 0 && { notes }) },
  }
}

function trimmed(text: string): string {
  return text.replace(/^[ \t\u00a0]+|[ \t\u00a0]+$/g, '')
}
