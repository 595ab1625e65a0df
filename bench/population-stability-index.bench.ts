/**
 * Population stability index over 10 quantile bins, a million values a side: ours against numpy's `quantile`
 * and `histogram`.
 * `PYTHON=… pnpm --filter @tidegauge/bench psi`
 */
import { populationStabilityIndex } from '@tidegauge/drift'
import {
  alternateCpu,
  assertSameNumbers,
  ours,
  printCpuResults,
  printMachine,
  sumOf,
} from './alternate-cpu.ts'
import { pythonPeer } from './python-peer.ts'

const SIZE = 1_000_000
const SUBJECTS = [
  ['normal, mean moved by 0.05 sd', 'normal', [0, 1], [0.05, 1]],
  ['lognormal', 'lognormal', [0, 1], [0.05, 1]],
  ['normal far from 0', 'normal', [1e6, 1], [1e6, 1.1]],
] as const

const peer = await pythonPeer()
try {
  printMachine(peer)
  for (const [title, generate, before, after] of SUBJECTS) {
    const drawn = { generate, size: SIZE }
    const [name, other] = ['reference', 'current']
    const reference = await peer.column({ ...drawn, name, parameters: before, seed: 1 })
    const current = await peer.column({ ...drawn, name: other, parameters: after, seed: 2 })
    const results = await alternateCpu([
      {
        name: 'numpy quantile + histogram',
        run: () => peer.call('quantile + histogram', [name, other]),
      },
      ours('populationStabilityIndex', () => {
        const { statistic } = populationStabilityIndex(reference, current)
        return { statistic }
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
