import type { Preset, Semantics } from '../semantics.ts'
import { missingForEvidently, readForEvidently, typeForEvidently } from './columns.ts'
import { judgeByRulings } from './judge.ts'
import { EVIDENTLY_METHOD } from './method.ts'

/** ACTION from this share on: Evidently's default for "dataset drift". */
const SHARE = 0.5

/**
 * The rules of a report by Evidently (Python), for those who have to reproduce one: which method for which column,
 * its threshold and its operator, no correction for many columns, no least number of values, missing values not looked
 * at, and the target counted among the columns.
 */
function evidently(name: Preset): Semantics {
  return {
    name,
    defaults: { correction: 'none', minimumValues: 1, policy: { shareThreshold: SHARE } },
    method: EVIDENTLY_METHOD,
    typeOf: (pair) => typeForEvidently(name, pair),
    read: (pair, type, reader) => readForEvidently(name, type, pair, reader),
    missingOfFailed: missingForEvidently,
    judge: judgeByRulings,
  }
}

/** As version 0.4 has it (0.4.40). */
export const EVIDENTLY: Semantics = /* @__PURE__ */ evidently('evidently')

/** As the API of version 0.7 has it (0.7.21). */
export const EVIDENTLY_07: Semantics = /* @__PURE__ */ evidently('evidently-0.7')
