/**
 * Population stability index over 10 quantile bins, a million values a side: ours against numpy's `quantile`
 * and `histogram`.
 * `PYTHON=… pnpm --filter @tidegauge/bench psi`
 */
import { populationStabilityIndex } from '@tidegauge/drift'
import { benchmarkPairs, LOGNORMAL, MOVED, NORMAL } from './sample-pairs.ts'

await benchmarkPairs({
  peer: 'numpy quantile + histogram',
  name: 'populationStabilityIndex',
  run: (reference, current) => {
    const { statistic } = populationStabilityIndex(reference, current)
    return { statistic }
  },
  subjects: [
    ['normal, mean moved by 0.05 sd', NORMAL, MOVED],
    ['lognormal', LOGNORMAL, { ...LOGNORMAL, parameters: [0.05, 1] }],
    [
      'normal far from 0',
      { generate: 'normal', parameters: [1e6, 1] },
      { generate: 'normal', parameters: [1e6, 1.1] },
    ],
  ],
})
