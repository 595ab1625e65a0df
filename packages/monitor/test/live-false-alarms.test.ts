import { profile } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { featureMonitor } from '../src/index.ts'

const PERIODS = 40
const LOOKS = 120
const ROWS_PER_MINUTE = 10

/**
 * Periods of two hours in which nothing changes, looked at every minute over a window of half an hour. The long
 * run, of weeks, is `pnpm --filter @tidegauge/bench live-false-alarms`.
 */
test('quiet periods keep the promise that looks at 0.05 each break', { timeout: 300_000 }, () => {
  const random = seededRandom(6)
  const probability = 0.05
  const spent = alarms(random, { probability, perSeconds: LOOKS * 60 })
  const naive = alarms(random, { probability, perSeconds: 60 })
  // Of 40 periods at 5 %, more than 7 have probability 0.0007.
  expect(spent).toBeLessThanOrEqual(7)
  expect(naive).toBeGreaterThan(10)
})

function alarms(
  random: () => number,
  falseAlarms: { readonly probability: number; readonly perSeconds: number },
): number {
  let alarmed = 0
  for (let period = 0; period < PERIODS; period++) {
    const draw = () => ({
      x: random() ** 2,
      kind: random() < 0.3 ? 'a' : random() < 0.5 ? 'b' : 'c',
    })
    let time = 0
    const monitor = featureMonitor({
      reference: profile(Array.from({ length: 5000 }, draw)),
      model: 'quiet',
      window: { seconds: 1800, slices: 30 },
      drift: { tolerance: 0 },
      now: () => time,
      falseAlarms,
    })
    for (let look = 0; look < LOOKS; look++) {
      time = look * 60_000
      for (let i = 0; i < ROWS_PER_MINUTE; i++) monitor.observe(draw())
      if (monitor.check().driftedFeatures === 0) continue
      alarmed++
      break
    }
  }
  return alarmed
}

/** mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
