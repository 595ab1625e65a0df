import { isOneOfSql, trimmedSql } from '../sql.ts'
import {
  type Chosen,
  CODES,
  type CountedSide,
  chooseAsPandas,
  chooseReadings,
} from './choose-reading.ts'
import { likelyDates } from './date-texts.ts'
import {
  isNumberText,
  isPlain,
  likelyFormats,
  type NumberFormat,
  PLAIN,
  plainNumberSql,
} from './number-texts.ts'
import { type Candidate, valueSql } from './text-cells.ts'
import {
  arePlain,
  hasCandidates,
  type Look,
  type TextReading,
  type TextRules,
  type TextSide,
} from './text-column.ts'

/** How each side of a column is read, now that its cells are counted. */
export function decided(
  look: Look,
  signs: ReadonlyMap<object, '.' | ','>,
  rules: TextRules,
): readonly TextReading[] {
  return decidedByCells(look, signs, rules).map((reading, i) => {
    const isUntold = reading.kind === 'text' && reading.told.notes === undefined
    const note = isUntold ? contradictionIn(look, i, rules) : undefined
    return note === undefined ? reading : { ...reading, told: { ...reading.told, notes: [note] } }
  })
}

/** Are the cells of a column of words dates or numbers after all, and only not as the user says that they are written? */
function contradictionIn(
  { column: { known }, samples }: Look,
  side: number,
  { dates, decimalSign, thousandsSign, asPandas }: TextRules,
): string | undefined {
  const sample = samples[side]!
  const isMeant = known?.kind === 'text' || known?.kind === 'category' || known?.areCategories
  if (isMeant || asPandas || sample.length === 0) return undefined
  if (dates !== undefined && likelyDates([sample]).length > 0) {
    return 'its cells are dates, written otherwise than `dateFormat` says: read as categories'
  }
  if (decimalSign === undefined && thousandsSign === undefined) return undefined
  const areNumbers = likelyFormats(sample).some((format) => {
    return 2 * sample.filter(isNumberText(format)).length > sample.length
  })
  return areNumbers
    ? 'its cells are numbers, written otherwise than `decimal` or `thousands` says: read as categories'
    : undefined
}

function decidedByCells(
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
  const mayBeDates = candidates.flat().some((candidate) => candidate.kind === 'date')
  const chosen =
    rules.asPandas && !isSaid && !mayBeDates
      ? chooseAsPandas(sides)
      : chooseReadings(sides, kind && { kind, isSaid })
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
        "the order of day and month cannot be told: say `dateFormat: 'day-first'` or `dateFormat: 'month-first'`"
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
  "whole numbers beyond 2^53: as numbers they lose their last digits; where they are codes, say `types: { column: 'categorical' }`"

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
  const isSaid = isOneOfSql(trimmedSql(cells.text), said)
  const isOne =
    numbers.length === 0
      ? 'false'
      : `list_contains([${numbers.map(Number).join(', ')}]::DOUBLE[], ${bare}::DOUBLE)`
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
