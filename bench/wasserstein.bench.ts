/**
 * First Wasserstein distance, a million values a side: ours against scipy's `wasserstein_distance`.
 * `PYTHON=… pnpm --filter @tidegauge/bench wasserstein`
 */
import { wassersteinDistance } from '@tidegauge/drift'
import {
  benchmarkPairs,
  CAUCHY,
  INTEGERS,
  LOGNORMAL,
  MOVED,
  NORMAL,
  POISSON,
} from './sample-pairs.ts'

await benchmarkPairs({
  peer: 'scipy wasserstein_distance',
  name: 'wassersteinDistance',
  run: (reference, current) => {
    const { statistic } = wassersteinDistance(reference, current)
    return { statistic }
  },
  subjects: [
    ['normal, mean moved by 0.05 sd', NORMAL, MOVED],
    ['normal', NORMAL, NORMAL],
    ['lognormal', LOGNORMAL, LOGNORMAL],
    ['Cauchy', CAUCHY, CAUCHY],
    ['Poisson, mean 4', POISSON, POISSON],
    ['integers up to 1000', INTEGERS, INTEGERS],
  ],
})
