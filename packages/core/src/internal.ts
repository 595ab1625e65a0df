/**
 * What the packages of this repository share and nobody else should need: any release may change it.
 *
 * @internal
 * @packageDocumentation
 */
export { countBelow, countUpTo } from './ascending.ts'
export { AscendingGrid } from './ascending-grid.ts'
export { assertList, assertObject, assertOneProfile } from './assert-given.ts'
export {
  assertUnit,
  categoriesLike,
  countedCategories,
  currentProfile,
  hiddenAtMost,
  withCategories,
} from './binned-profile.ts'
export {
  adjustTogether,
  type ColumnVerdict,
  columnVerdict,
  criterionValue,
  heldAgainst,
  isDetectable,
  isDrifted,
  meets,
  presetVerdict,
  type TestedColumn,
} from './column-verdict.ts'
export {
  areTooFewJudged,
  type DriftShares,
  driftShares,
  featuresToJudge,
  isInQuestion,
  isJudged,
  isTargetUnjudged,
  judgedShare,
  validPolicy,
  wasJudged,
} from './decision.ts'
export { EVIDENTLY_RULINGS, type Ruling } from './evidently-rulings.ts'
export { assertLinks } from './live-state.ts'
export { isLongTailed, type Spread } from './long-tail.ts'
export { ownValue } from './own-value.ts'
export { failureReporter } from './report-failures.ts'
export { finish, type Steps } from './steps.ts'
export { toTableInSteps } from './table.ts'
export { visibleJson, visibleText } from './visible-text.ts'
