import {
  type CategoricalProfile,
  type CountedCategory,
  InvalidArgumentError,
} from '@tidegauge/core'
import { hmacSha256 } from '@tidegauge/core/hashes'
import { countedCategories, withCategories } from '@tidegauge/core/internal'

/** Replaces the names of categories by codes that tell nothing without the key. */
export interface Redactor {
  /** Tells whether two keys are the same, and no more. */
  readonly keyCheck: string
  profile(profile: CategoricalProfile): CategoricalProfile
}

const SHORTEST_KEY = 8
/** 128 bits: no two categories will ever share a code. */
const CODE_LENGTH = 32

/**
 * Codes by HMAC-SHA-256: the same name under the same key has the same code, so that profiles can still be
 * compared. Who has the key can try out names; who has not cannot.
 *
 * @param argument - what an error calls the key
 * @throws InvalidArgumentError where the key is not a text of 8 characters or more
 */
export function redactor(argument: string, key: string): Redactor {
  if (typeof key !== 'string' || key.length < SHORTEST_KEY) {
    const received = typeof key === 'string' ? `${key.length} characters` : key
    throw new InvalidArgumentError(
      argument,
      `a key of at least ${SHORTEST_KEY} characters`,
      received,
    )
  }
  const hash = hmacSha256(key)
  const code = (text: string) => hash(text).slice(0, CODE_LENGTH)
  return {
    keyCheck: code('tidegauge key check'),
    // A category of the name of the key check must not give it away.
    profile: (profile) => renamed(profile, (name) => code(`category ${name}`)),
  }
}

/**
 * Names that say nothing, for reports: `category 1` is the reference's most frequent one; those of the
 * current side alone come last.
 */
export function pseudonyms(
  reference: CategoricalProfile,
  current: CategoricalProfile,
): (category: string) => string {
  const places = new Map<string, number>()
  for (const { categories } of [reference, current]) {
    for (const category of categories) {
      if (!places.has(category)) places.set(category, places.size + 1)
    }
  }
  return (category) => `category ${places.get(category)!}`
}

export function renamed(
  profile: CategoricalProfile,
  nameOf: (category: string) => string,
): CategoricalProfile {
  const counted = countedCategories(profile).map(
    ([name, ...counts]): CountedCategory => [nameOf(name), ...counts],
  )
  return withCategories(profile, counted)
}
