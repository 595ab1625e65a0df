/**
 * Texts that stand for a missing value wherever they are: those of pandas (`read_csv`, 2.2) and the `\N` that PostgreSQL
 * and MySQL write. None of them is a value of anybody's but by accident.
 */
export const MISSING_SPELLINGS: readonly string[] = [
  '',
  '#N/A',
  '#N/A N/A',
  '#NA',
  '-1.#IND',
  '-1.#QNAN',
  '-NaN',
  '-nan',
  '1.#IND',
  '1.#QNAN',
  '<NA>',
  'N/A',
  'NA',
  'NULL',
  'NaN',
  'None',
  'n/a',
  'nan',
  'null',
  '\\N',
]

/** Among numbers and times alone: each may be a category. The last are what Excel writes where a formula fails. */
export const MISSING_NUMBERS: readonly string[] = [
  '-',
  '--',
  '---',
  '?',
  '.',
  '..',
  '\u2013',
  '\u2014',
  '#DIV/0!',
  '#NAME?',
  '#NULL!',
  '#NUM!',
  '#REF!',
  '#VALUE!',
]

/** Is it one of ours, which tells nothing of the data? A blank is. */
export function isKnownSpelling(text: string): boolean {
  return (
    [MISSING_SPELLINGS, MISSING_NUMBERS].some((known) => known.includes(text)) || text.trim() === ''
  )
}
