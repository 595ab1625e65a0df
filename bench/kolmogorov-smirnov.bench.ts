/**
 * Two-sample Kolmogorov–Smirnov test with p, a million values a side: ours against scipy's `ks_2samp`.
 * `PYTHON=… pnpm --filter @tidegauge/bench ks`
 */
import { kolmogorovSmirnov } from '@tidegauge/drift'
import {
  benchmarkPairs,
  CAUCHY,
  INTEGERS,
  LOGNORMAL,
  MOSTLY_ONE_VALUE,
  MOVED,
  NORMAL,
  POISSON,
} from './sample-pairs.ts'

await benchmarkPairs({
  peer: 'scipy ks_2samp',
  name: 'kolmogorovSmirnov',
  run: (reference, current) => {
    const { statistic, pValue } = kolmogorovSmirnov(reference, current)
    return { statistic, pValue }
  },
  subjects: [
    ['normal, mean moved by 0.05 sd', NORMAL, MOVED],
    ['normal', NORMAL, NORMAL],
    ['lognormal', LOGNORMAL, LOGNORMAL],
    ['Cauchy', CAUCHY, CAUCHY],
    ['Poisson, mean 4', POISSON, POISSON],
    ['0 in 95 of 100 rows', MOSTLY_ONE_VALUE, MOSTLY_ONE_VALUE],
    ['integers up to 1000', INTEGERS, INTEGERS],
  ],
})
