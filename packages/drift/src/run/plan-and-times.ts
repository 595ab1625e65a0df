import { InvalidArgumentError } from '@tidegauge/core'
import type { Steps } from '@tidegauge/core/internal'
import type { DetectDriftOptions } from '../plan/options.ts'
import { type Plan, planOf } from '../plan/plan.ts'
import { type ReadTimes, type TimeRanges, timeRangesOf } from '../report/time-range.ts'

export interface PlanAndTimes {
  readonly plan: Plan
  readonly times: TimeRanges | null
}

/**
 * The extremes of the times of a plan. Those that a profile was stored with, and that are none any more, are compared
 * as any other column is: it then says that it is gone, or of another type.
 *
 * @param options - as the caller has them
 * @throws InvalidArgumentError where the column that the caller names holds no times
 */
export function* planAndTimes(
  plan: Plan,
  options: DetectDriftOptions,
  read: ReadTimes,
): Steps<PlanAndTimes> {
  if (plan.time === options.time) return { plan, times: yield* timeRangesOf(plan.time, read) }
  const times = yield* rangesOfTimes(plan, read)
  if (times !== null) return { plan, times }
  return { plan: planOf(plan.reference, plan.current, options), times: null }
}

/** null where a side that has rows has no time. */
function* rangesOfTimes(plan: Plan, read: ReadTimes): Steps<TimeRanges | null> {
  try {
    const times = yield* timeRangesOf(plan.time, read)
    const isLost = SIDES.some((side) => times?.[side] === null && plan[side].rowCount > 0)
    return isLost ? null : times
  } catch (error) {
    if (error instanceof InvalidArgumentError) return null
    throw error
  }
}

const SIDES = ['reference', 'current'] as const
