/**
 * Six comparisons of two samples from one sort and one merge, a million values a side: ours against the six
 * functions of scipy. The kernels are those that the six methods of drift are made of.
 * `PYTHON=… pnpm --filter @tidegauge/bench six`
 */
import { andersonDarlingOfPooled } from '../packages/drift/src/methods/anderson-darling.ts'
import { cramerVonMisesOfPooled } from '../packages/drift/src/methods/cramer-von-mises.ts'
import { energyDistanceOfPooled } from '../packages/drift/src/methods/energy-distance.ts'
import { kolmogorovSmirnovOfSorted } from '../packages/drift/src/methods/kolmogorov-smirnov.ts'
import { mannWhitneyUOfPooled } from '../packages/drift/src/methods/mann-whitney-u.ts'
import { wassersteinDistanceOfSorted } from '../packages/drift/src/methods/wasserstein-distance.ts'
import { poolSorted } from '../packages/drift/src/samples/pooled-samples.ts'
import { sortedSample } from '../packages/drift/src/samples/sample.ts'
import { benchmarkPairs, INTEGERS, MOVED, NORMAL, POISSON } from './sample-pairs.ts'

await benchmarkPairs({
  peer: 'scipy, six functions',
  name: 'one sort, one merge, six statistics',
  run: (reference, current) => {
    const a = sortedSample('reference', reference)
    const b = sortedSample('current', current)
    const pooled = poolSorted(a, b)
    const ks = kolmogorovSmirnovOfSorted(a, b)
    const cvm = cramerVonMisesOfPooled(pooled, { ties: 'midranks' })
    const ad = andersonDarlingOfPooled(pooled)
    const mwu = mannWhitneyUOfPooled(pooled)
    return {
      ks: ks.statistic,
      ksP: ks.pValue,
      cvm: cvm.statistic,
      ad: ad.statistic,
      adP: ad.cappedPValue,
      mwu: mwu.statistic,
      mwuP: mwu.pValue,
      wasserstein: wassersteinDistanceOfSorted(a, b).statistic,
      energy: energyDistanceOfPooled(pooled).statistic,
    }
  },
  subjects: [
    ['normal, mean moved by 0.05 sd', NORMAL, MOVED],
    ['normal', NORMAL, NORMAL],
    ['Poisson, mean 4', POISSON, POISSON],
    ['integers up to 1000', INTEGERS, INTEGERS],
  ],
  rounds: 7,
  warmUp: 2,
})
