import {
  alternateCpu,
  assertSameNumbers,
  ours,
  printCpuResults,
  printMachine,
  type Rounds,
  reading,
  theirs,
} from './alternate-cpu.ts'
import { type Distribution, pythonPeer } from './python-peer.ts'

export interface SamplePairs extends Rounds {
  /** A call of `peers/peer.py`. */
  readonly peer: string
  readonly name: string
  /** What it finds has the peer's names, and its numbers. */
  readonly run: (reference: Float64Array, current: Float64Array) => Record<string, number>
  readonly subjects: ReadonlyArray<
    readonly [title: string, reference: Distribution, current: Distribution]
  >
}

const SIZE = 1_000_000

/** A call of numpy or scipy against ours, on a million values a side. */
export async function benchmarkPairs({
  peer: call,
  name,
  run,
  subjects,
  ...rounds
}: SamplePairs): Promise<void> {
  const peer = await pythonPeer()
  try {
    printMachine(peer.versions)
    for (const [title, before, after] of subjects) {
      const reference = await peer.column({ ...before, name: 'reference', seed: 1, size: SIZE })
      const current = await peer.column({ ...after, name: 'current', seed: 2, size: SIZE })
      const results = await alternateCpu(
        [
          theirs(peer, call, ['reference', 'current']),
          ours(name, () => run(reference, current)),
          reading([reference, current]),
        ],
        rounds,
      )
      assertSameNumbers(title, results[0]!.result as Record<string, number>, {
        ...results[1]!.result,
      })
      printCpuResults(`${title}, ${SIZE} against ${SIZE}`, results)
    }
  } finally {
    await peer.close()
  }
}

export const NORMAL: Distribution = { generate: 'normal', parameters: [0, 1] }
export const MOVED: Distribution = { generate: 'normal', parameters: [0.05, 1] }
export const LOGNORMAL: Distribution = { generate: 'lognormal', parameters: [0, 1] }
export const CAUCHY: Distribution = { generate: 'standard_cauchy' }
export const POISSON: Distribution = { generate: 'poisson', parameters: [4] }
export const MOSTLY_ONE_VALUE: Distribution = { generate: 'mostly-one-value' }
export const INTEGERS: Distribution = { generate: 'integers', parameters: [0, 1000] }
