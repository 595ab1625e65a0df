/** What pandas reads as missing, whatever the column holds. */
const PANDAS = [
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
] as const

/** Among numbers and times nothing else can be meant; among categories each could be one. */
const AMONG_NUMBERS = ['', '-', '--', '---', '?', '.', '..', '\\N', '\u2013', '\u2014'] as const

/** Which texts stand for a missing cell. An empty cell is missing whatever they are. */
export interface MissingTexts {
  readonly ofCategories: readonly string[]
  /** Compared without the blanks around a cell. */
  readonly ofNumbers: readonly string[]
}

/**
 * @param said - of `--na`: more of them; an empty one takes away those that are known here, so that the country
 * code of Namibia is one
 */
export function missingTexts(said: readonly string[] = []): MissingTexts {
  const more = said.filter((text) => text !== '')
  const known = !said.includes('')
  return {
    ofCategories: [...new Set([...(known ? PANDAS : []), ...more])],
    ofNumbers: [...new Set([...(known ? [...PANDAS, ...AMONG_NUMBERS] : ['']), ...more])],
  }
}

/** What pandas itself would read: for a preset that is given what pandas has read. */
export const MISSING_TO_PANDAS: MissingTexts = { ofCategories: PANDAS, ofNumbers: PANDAS }

/** With the spellings that a stored profile has for a column. */
export function withMissing(texts: MissingTexts, more: readonly string[]): MissingTexts {
  if (more.length === 0) return texts
  return {
    ofCategories: [...new Set([...texts.ofCategories, ...more])],
    ofNumbers: [...new Set([...texts.ofNumbers, ...more])],
  }
}
