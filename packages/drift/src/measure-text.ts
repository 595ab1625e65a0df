import { ColumnError, textSample } from './column.ts'
import type { EffectSize } from './effect.ts'
import {
  blank,
  judgeable,
  type MeasuredColumn,
  missingOf,
  pValueOf,
  type Sides,
  unfit,
} from './measured-column.ts'

/** Texts: by whether a classifier can tell the sides apart. */
export function measureText(sides: Sides): MeasuredColumn {
  const { name, method, settings, reference, current } = sides
  if (reference.kind === 'profile' || current.kind === 'profile') {
    throw new ColumnError(
      'texts are compared by their documents, which a stored profile does not hold',
    )
  }
  const before = textSample(reference.column)
  const after = textSample(current.column)
  const n = before.documents.length
  const m = after.documents.length
  const column = {
    ...blank(name, 'text', method, settings),
    missing: missingOf({ n, missing: before.missing }, { n: m, missing: after.missing }),
  }
  const compare = () => {
    if (method.text === undefined) throw unfit(method, 'text')
    const result = method.text(before.documents, after.documents)
    // A text has no scale of its own: how well it tells the sides apart is the effect.
    const effect = 'effect' in result ? (result.effect as EffectSize) : NO_EFFECT
    return { result, own: { pValue: pValueOf(result) ?? 1, effect } }
  }
  return judgeable(column, { n, m }, compare, sides)
}

const NO_EFFECT: EffectSize = { value: 0, interval: [0, 0] }
