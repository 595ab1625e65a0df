import type { Console } from '../demo/console.ts'
import { until } from './until.ts'

/** A story that is told step by step, each of them proved. */
export interface Story {
  /** @returns what proves the claim */
  step<T>(claim: string, prove: () => Promise<T>, seen: (proof: T) => string): Promise<T>
  /** Waits until something is asked for and is as it should be. */
  becomes<T>(
    claim: string,
    ask: () => Promise<T>,
    holds: (found: T) => boolean,
    seen: (found: T) => string,
  ): Promise<T>
}

export interface StoryOutcome {
  readonly passed: number
  readonly failed: number
}

/** Long, for a machine that is busy with other things; a step ends as soon as it is true. */
export const PATIENCE_SECONDS = 120

/** @returns how many steps held; at the first that does not, the rest is not tried */
export async function tellStory(
  console: Console,
  tell: (story: Story) => Promise<void>,
): Promise<StoryOutcome> {
  const { say, paint } = console
  let passed = 0
  let failed = 0
  const step: Story['step'] = async (claim, prove, seen) => {
    try {
      const proof = await console.step(claim, prove, seen)
      passed++
      return proof
    } catch (error) {
      failed++
      say(`${paint.red('✗')} ${error instanceof Error ? error.message : error}`)
      throw new StoryEnded()
    }
  }
  const becomes: Story['becomes'] = (claim, ask, holds, seen) =>
    step(
      claim,
      () =>
        until(
          async () => {
            const found = await ask()
            if (holds(found)) return found
            throw new Error(seen(found))
          },
          { seconds: PATIENCE_SECONDS, what: claim },
        ),
      seen,
    )
  try {
    await tell({ step, becomes })
  } catch (error) {
    if (!(error instanceof StoryEnded)) throw error
  }
  return { passed, failed }
}

class StoryEnded extends Error {}
