import { type CategoricalProfile, categoricalProfile } from '@tidegauge/core'
import { countedCategories, hiddenAtMost, withCategories } from '@tidegauge/core/internal'
import { BUILT_IN_METHODS } from '../plan/built-in-methods.ts'
import type { DriftMethod } from '../plan/drift-method.ts'
import type { Side } from '../plan/open-table.ts'
import { pseudonyms, redactor, renamed } from '../profile/redaction.ts'
import { ColumnError } from '../read/column-error.ts'
import type { Counts, Evidence } from '../read/evidence.ts'
import { countedNames } from '../read/tally.ts'
import type { CategoryNames } from './category-names.ts'
import { compareCategories } from './category-test.ts'
import {
  answered,
  blank,
  type ComparablePair,
  judgeable,
  type MeasuredColumn,
  missingOf,
  probabilityOf,
  unfit,
} from './measured-column.ts'
import { NEARLY_ALL } from './nearly-all.ts'

/** Categories: by their counts. */
export function measureCategories(pair: ComparablePair): MeasuredColumn {
  const { name, method, settings, isTypeSaid } = pair
  const { before, after, redacted } = underOneKey(pair)
  const nameOf = redacted ? pseudonyms(before, after) : (category: string) => category
  const counted = before.n > 0 && after.n > 0
  const compared = counted ? compareCategories(before, after, settings.alpha) : null
  const fresh = compared === null ? [] : compared.newNames
  const lost = compared === null ? [] : compared.lostNames
  const shown = (profile: CategoricalProfile) => {
    const named = bounded(profile, settings.maxCategories)
    return redacted ? renamed(named, nameOf) : named
  }
  const column = {
    ...blank(name, 'categorical', method, settings),
    reference: shown(before),
    current: shown(after),
    missing: missingOf(before, after),
    newCategories: fresh.slice(0, LISTED).map(nameOf),
    lostCategories: lost.slice(0, LISTED).map(nameOf),
    warnings: [
      ...idWarnings(before),
      ...(isTypeSaid ? [] : numberWarnings(before, after)),
      ...(compared === null
        ? []
        : [
            ...listWarnings('new', namesOnlyIn(compared.known, 'current', fresh), nameOf),
            ...listWarnings('lost', namesOnlyIn(compared.known, 'reference', lost), nameOf),
          ]),
    ],
  }
  const compare = () => {
    const { counts } = method.compare
    if (counts === undefined) throw unfit(method, 'categorical')
    const { test, effect, isTold, isHiddenChange } = compared!
    const isOwn = counts === BUILT_IN_METHODS['chi-squared'].compare.counts
    const result = isOwn ? test : answered(counts(before, after))
    // A distance has the p-value of our own test; a test or a preset brings its own judgement.
    const isOurs = isOwn || (probabilityOf(result) === undefined && !('ruling' in result))
    const isHiding = before.other + after.other > 0
    const isUnseen = !isOurs && isHiding && (isHiddenChange || !isTold)
    const untold =
      (areNearlyAllIds(before) && areNearlyAllIds(after) && untoldSince(IDS)) ||
      (areNearlyAllNew(compared!.known) && untoldSince(NEW)) ||
      (isUnseen && unseenBy(method)) ||
      (!isTold && untoldSince(UNTOLD))
    const isTheirs = 'ruling' in result || untold === false
    return { result, typeTest: { ...test, effect }, ...(!isTheirs && { untold }) }
  }
  return judgeable(column, { n: before.n, m: after.n }, compare, pair)
}

const UNTOLD =
  'in the place of the rare ones, or of those that a stored reference has no name for, as many new ones would not be found'
const IDS = 'nearly every value is another one'
const NEW = 'nearly every current value is of one that the reference has not met'

function untoldSince(reason: string): string {
  return `too many categories to tell: ${reason}; leave the column out where they are ids, or compare it as text`
}

/** A test that has been asked for by name counts what has no name as one category. */
function unseenBy({ name }: DriftMethod): string {
  return `too many categories to tell: what changes among those without a name is not seen by ${name}; the default test looks there`
}

/** Both sides with their names, or both with the codes that one of them was stored with. */
function underOneKey({ reference, current, settings, redactionKey }: ComparablePair): {
  readonly before: CategoricalProfile
  readonly after: CategoricalProfile
  readonly redacted: boolean
} {
  const before = categoriesOf(reference)
  const after = categoriesOf(current)
  const [checkBefore, checkAfter] = [keyCheckOf(reference), keyCheckOf(current)]
  const keyCheck = checkBefore ?? checkAfter
  if (keyCheck === undefined) return { before, after, redacted: settings.redacted }
  if (checkBefore === checkAfter) return { before, after, redacted: true }
  if (redactionKey === undefined) {
    throw new ColumnError('its categories were stored redacted: pass the key as the option redact')
  }
  const { keyCheck: ours, profile } = redactor('redact', redactionKey)
  if (ours !== keyCheck || (checkBefore !== undefined && checkAfter !== undefined)) {
    throw new ColumnError('its categories were stored redacted with another key')
  }
  return checkBefore === undefined
    ? { before: profile(before), after, redacted: true }
    : { before, after: profile(after), redacted: true }
}

function keyCheckOf(evidence: Evidence): string | undefined {
  return 'keyCheck' in evidence ? evidence.keyCheck : undefined
}

/** Every category by name where its cells were read; the test sees all, the report a bounded number. */
function categoriesOf(evidence: Evidence): CategoricalProfile {
  if ('profile' in evidence) return evidence.profile as CategoricalProfile
  const { parts, missing } = evidence as Counts
  const counts = countedNames(parts)
  return categoricalProfile(counts, { missing, maxCategories: Math.max(1, counts.length) })
}

function bounded(profile: CategoricalProfile, maxCategories: number): CategoricalProfile {
  return withCategories(profile, countedCategories(profile), maxCategories)
}

/**
 * Names of one side alone: those that chance does not explain, and then all others, where the other side knows its
 * categories to the last.
 */
function namesOnlyIn(
  known: CategoryNames,
  side: Side,
  surely: readonly string[],
): readonly string[] {
  const [here, there] = [known[side], known[side === 'current' ? 'reference' : 'current']]
  if (there.other > 0) return surely
  const listed = new Set(surely)
  const isOnlyHere = (name: string, i: number) =>
    here.atLeast[i]! > 0 && there.atLeast[i] === 0 && !listed.has(name)
  return [...surely, ...known.names.filter(isOnlyHere)]
}

const FEWEST_IDS = 100

function idWarnings(before: CategoricalProfile): string[] {
  if (before.n < FEWEST_IDS || before.other > 0 || !areNearlyAllIds(before)) return []
  return ['nearly every value is another one: if this is an id, leave the column out']
}

/** A column where nearly every value is another one is no category: as far as it is known, of those without a name. */
function areNearlyAllIds(profile: CategoricalProfile): boolean {
  const { categories, n, other } = profile
  const distinct = categories.length + (hiddenAtMost(profile) <= 1 ? other : 0)
  return n > 0 && distinct >= NEARLY_ALL * n
}

/** Where the reference has a name for all that it has met. */
function areNearlyAllNew({ reference, current }: CategoryNames): boolean {
  if (reference.other > 0) return false
  const fresh = current.atLeast.reduce(
    (sum, count, i) => (reference.atMost[i] === 0 ? sum + count : sum),
    0,
  )
  return fresh >= NEARLY_ALL * current.n
}

function numberWarnings(before: CategoricalProfile, after: CategoricalProfile): string[] {
  const names = [...before.categories, ...after.categories]
  const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text))
  // With leading zeros they are codes: 01067 is no number.
  if (names.length === 0 || !names.every(isNumber) || names.some((text) => /^0[0-9]/.test(text)))
    return []
  return ['every category reads as a number: if it is one, say so with `types`']
}

const LISTED = 20
const SHOWN = 5
const LONGEST_NAME = 60

function listWarnings(
  kind: 'new' | 'lost',
  names: readonly string[],
  nameOf: (category: string) => string,
): string[] {
  if (names.length === 0) return []
  const shown = names.slice(0, SHOWN).map((category) => {
    const name = nameOf(category)
    return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name
  })
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return [`${kind} categories: ${shown.join(', ')}${more}`]
}
