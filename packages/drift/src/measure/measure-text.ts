import { type DomainClassifierTest, FEWEST_DOCUMENTS } from '../methods/domain-classifier.ts'
import { BUILT_IN_METHODS } from '../plan/built-in-methods.ts'
import type { MethodResult } from '../plan/drift-method.ts'
import { type Evidence, storedProfileOf } from '../read/evidence.ts'
import { type EffectSize, effectOfAuc } from './effect.ts'
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
import { textChange } from './text-change.ts'
import { areWordsUntold } from './untold-words.ts'

/** Texts: by whether a classifier can tell both sides apart. */
export function measureText(pair: ComparablePair): MeasuredColumn {
  const { name, method, settings, reference, current } = pair
  const before = documentsOf(reference)
  const after = documentsOf(current)
  const n = before.documents.length
  const m = after.documents.length
  const column = {
    ...blank(name, 'text', method, settings),
    missing: missingOf({ n, missing: before.missing }, { n: m, missing: after.missing }),
  }
  const { documents } = method.compare
  const isOwn = documents === BUILT_IN_METHODS['domain-classifier'].compare.documents
  const fewest = isOwn ? FEWEST_DOCUMENTS : 0
  const minimumValues = Math.max(settings.minimumValues, fewest)
  const asked = { ...pair, settings: { ...settings, minimumValues } }
  const compare = () => {
    if (documents === undefined) throw unfit(method, 'text')
    const result = answered(documents(before.documents, after.documents))
    const isUntold = isOwn && areWordsUntold(before.documents, after.documents)
    return {
      result,
      typeTest: {
        ...(probabilityOf(result) ?? { pValue: 1 }),
        effect: effectOf(result, settings.alpha),
      },
      ...(isUntold
        ? { untold: UNTOLD }
        : { details: { texts: textChange(before.documents, after.documents, settings.redacted) } }),
    }
  }
  return judgeable(column, { n, m }, compare, asked, fewest)
}

const UNTOLD =
  'too few words to tell: nearly every word is of one text alone, or a number, and those are not compared; leave the column out, or take columns of numbers and categories out of it'

interface TextSample {
  readonly documents: readonly string[]
  readonly missing: number
}

function documentsOf(evidence: Evidence): TextSample {
  if (evidence.kind === 'documents') {
    const { parts, missing } = evidence
    return { documents: parts.length === 1 ? parts[0]! : parts.flat(), missing }
  }
  return { documents: [], missing: storedProfileOf(evidence)!.missing }
}

/** How well both sides can be told apart; null for a method of one's own that does not say. */
function effectOf(result: MethodResult, alpha: number): EffectSize | null {
  if (!('heldOut' in result)) return null
  const { statistic, heldOut } = result as DomainClassifierTest
  return effectOfAuc(statistic, heldOut.reference, heldOut.current, alpha)
}
