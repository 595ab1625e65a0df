/**
 * Two-sample Kolmogorov–Smirnov test with p, a million values a side: ours against scipy's `ks_2samp`.
 * `PYTHON=… pnpm --filter @tidegauge/bench ks`
 */
import { kolmogorovSmirnov } from '@tidegauge/drift'
import {
  alternateCpu,
  assertSameNumbers,
  ours,
  printCpuResults,
  printMachine,
  sumOf,
} from './alternate-cpu.ts'
import { type Column, pythonPeer } from './python-peer.ts'

const SIZE = 1_000_000

type Distribution = Pick<Column, 'generate' | 'parameters'>
const normal: Distribution = { generate: 'normal', parameters: [0, 1] }
const lognormal: Distribution = { generate: 'lognormal', parameters: [0, 1] }
const poisson: Distribution = { generate: 'poisson', parameters: [4] }
const mostlyOneValue: Distribution = { generate: 'mostly-one-value' }
const SUBJECTS: ReadonlyArray<readonly [string, Distribution, Distribution]> = [
  ['normal, mean moved by 0.05 sd', normal, { generate: 'normal', parameters: [0.05, 1] }],
  ['normal', normal, normal],
  ['lognormal', lognormal, lognormal],
  ['Cauchy', { generate: 'standard_cauchy' }, { generate: 'standard_cauchy' }],
  ['Poisson, mean 4', poisson, poisson],
  ['0 in 95 of 100 rows', mostlyOneValue, mostlyOneValue],
  [
    'integers up to 1000',
    { generate: 'integers', parameters: [0, 1000] },
    { generate: 'integers', parameters: [0, 1000] },
  ],
]

const peer = await pythonPeer()
try {
  printMachine(peer)
  for (const [title, before, after] of SUBJECTS) {
    const reference = await peer.column({ ...before, name: 'reference', seed: 1, size: SIZE })
    const current = await peer.column({ ...after, name: 'current', seed: 2, size: SIZE })
    const results = await alternateCpu([
      { name: 'scipy ks_2samp', run: () => peer.call('ks_2samp', ['reference', 'current']) },
      ours('kolmogorovSmirnov', () => {
        const { statistic, pValue } = kolmogorovSmirnov(reference, current)
        return { statistic, pValue }
      }),
      ours('adding up both columns', () => sumOf(reference) + sumOf(current)),
    ])
    const [theirs, own] = results
    assertSameNumbers(title, theirs!.result as Record<string, number>, { ...own!.result })
    printCpuResults(`${title}, ${SIZE} against ${SIZE}`, results)
  }
} finally {
  await peer.close()
}
