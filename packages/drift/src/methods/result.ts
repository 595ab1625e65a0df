/** A test of "were both samples drawn from one distribution?": a small p-value speaks against it. */
export interface HypothesisTest {
  readonly kind: 'hypothesis-test'
  readonly statistic: number
  /** In [0, 1]. */
  readonly pValue: number
  /** ln p: finite where p is 0 as a double. */
  readonly logPValue?: number
  /** Which null distribution gave the p-value, where the method has more than one. */
  readonly nullDistribution?: string
  readonly degreesOfFreedom?: number
}

/** A distance between two distributions: 0 where they are the same, larger where they differ more. */
export interface Divergence {
  readonly kind: 'divergence'
  readonly statistic: number
}
