import type { DomainClassifierTest } from '../methods/domain-classifier.ts'
import type { MethodResult } from '../plan/drift-method.ts'
import { ColumnError, type TextSample, textSample } from './column.ts'
import { type EffectSize, effectOfAuc } from './effect.ts'
import {
  answered,
  blank,
  type ColumnSource,
  type ComparablePair,
  judgeable,
  type MeasuredColumn,
  missingOf,
  probabilityOf,
  unfit,
} from './measured-column.ts'

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
  const compare = () => {
    const { documents } = method.compare
    if (documents === undefined) throw unfit(method, 'text')
    const result = answered(documents(before.documents, after.documents))
    return {
      result,
      own: {
        ...(probabilityOf(result) ?? { pValue: 1 }),
        effect: effectOf(result, settings.alpha),
      },
    }
  }
  return judgeable(column, { n, m }, compare, pair)
}

function documentsOf(source: ColumnSource): TextSample {
  if (source.kind === 'cells') return textSample(source.column)
  const { n, missing } = source.column.profile
  if (n === 0) return { documents: [], missing }
  throw new ColumnError(
    'texts are compared by their documents, which a stored profile does not hold',
  )
}

/** How well both sides can be told apart; null for a method of one's own that does not say. */
function effectOf(result: MethodResult, alpha: number): EffectSize | null {
  if (!('heldOut' in result)) return null
  const { statistic, heldOut } = result as DomainClassifierTest
  return effectOfAuc(statistic, heldOut.reference, heldOut.current, alpha)
}
