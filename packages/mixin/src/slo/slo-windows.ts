import { type Duration, duration } from '../duration.ts'
import type { BurnRate } from './burn-rate.ts'

/** What long windows add up: the shorter, the sharper their edges. Recorded even where no alert needs it. */
const LONGEST_BASE = '5m'

/** Every window in which an objective is recorded, shortest first: those of its alerts, its period, and `LONGEST_BASE`. */
export function sloWindows(
  alerts: readonly BurnRate[],
  period: Duration,
): [Duration, ...Duration[]] {
  const all = [
    duration('windows', LONGEST_BASE),
    ...alerts.flatMap(({ short, long }) => [short, long]),
    period,
  ]
  const byLength = new Map(all.map((window) => [window.seconds, window]))
  return [...byLength.values()].sort((a, b) => a.seconds - b.seconds) as [Duration, ...Duration[]]
}
