import type { Criterion } from './column-verdict.ts'

/** What is decided by the method itself, and how. */
export interface Ruling {
  /** The method that was chosen. */
  readonly method: string
  readonly criterion: Criterion
  readonly threshold: number
}

/**
 * How Evidently decides, by the method that it chooses; texts by p-value where the reference is small, else by AUC.
 *
 * @see https://github.com/evidentlyai/evidently `stattests/registry.py`
 */
export const EVIDENTLY_RULINGS: readonly Ruling[] = [
  /* @__PURE__ */ ruling('kolmogorov-smirnov', 'pValue', '<=', 0.05),
  /* @__PURE__ */ ruling('z-test', 'pValue', '<', 0.05),
  /* @__PURE__ */ ruling('chi-square-fit', 'pValue', '<', 0.05),
  /* @__PURE__ */ ruling('jensen-shannon', 'statistic', '>=', 0.1),
  /* @__PURE__ */ ruling('wasserstein', 'statistic', '>=', 0.1),
  /* @__PURE__ */ ruling('domain-classifier', 'pValue', '<=', 0.05),
  /* @__PURE__ */ ruling('domain-classifier', 'statistic', '>', 0.55),
]

function ruling(
  method: string,
  measure: Criterion['measure'],
  operator: Criterion['operator'],
  threshold: number,
): Ruling {
  return { method, criterion: { measure, operator }, threshold }
}
