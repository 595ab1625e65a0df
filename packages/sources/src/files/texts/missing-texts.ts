import { MISSING_NUMBERS, MISSING_SPELLINGS } from '@tidegauge/drift'

/** An empty cell is missing whatever else is. */
const EVERYWHERE = MISSING_SPELLINGS.filter((text) => text !== '')

/** Which texts stand for a missing cell. An empty cell is missing whatever they are. */
export interface MissingTexts {
  readonly ofCategories: readonly string[]
  /** Compared without the blanks around a cell. */
  readonly ofNumbers: readonly string[]
  /** Those that the user or a stored profile names: they may be values, but for that. */
  readonly said: readonly string[]
}

/**
 * @param said - of `missing`: more of them; an empty one takes away those that are known here, so that the country
 * code of Namibia is one
 */
export function missingTexts(said: readonly string[] = []): MissingTexts {
  const more = said.filter((text) => text !== '')
  const known = !said.includes('')
  return {
    ofCategories: [...new Set([...(known ? EVERYWHERE : []), ...more])],
    ofNumbers: [
      ...new Set([...(known ? [...MISSING_SPELLINGS, ...MISSING_NUMBERS] : ['']), ...more]),
    ],
    said: more,
  }
}

const TO_PANDAS = EVERYWHERE.filter((text) => text !== '\\N')

/** What pandas itself would read: for a preset that is given what pandas has read. */
export const MISSING_TO_PANDAS: MissingTexts = {
  ofCategories: TO_PANDAS,
  ofNumbers: TO_PANDAS,
  said: [],
}

/** With the spellings that a stored profile has for a column. */
export function withMissing(texts: MissingTexts, more: readonly string[]): MissingTexts {
  if (more.length === 0) return texts
  return {
    ofCategories: [...new Set([...texts.ofCategories, ...more])],
    ofNumbers: [...new Set([...texts.ofNumbers, ...more])],
    said: [...new Set([...texts.said, ...more])],
  }
}
