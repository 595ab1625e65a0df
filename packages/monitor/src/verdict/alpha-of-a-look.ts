import type { FalseAlarmBudget } from '../feature-monitor-options.ts'

/**
 * The level at which each of many looks is tested, so that all of a period together keep the promise:
 *
 * alpha = probability · checkEverySeconds / perSeconds
 *
 * By the union bound the chance that any look of a quiet period raises an alarm is at most the sum of the looks'
 * own, whatever they have in common: windows that overlap, the reference they share.
 *
 * @example
 * alphaOfALook({ probability: 0.05, perSeconds: 604800 }, 60) // 0.00000496: 10 080 looks a week
 */
export function alphaOfALook(
  { probability, perSeconds }: FalseAlarmBudget,
  checkEverySeconds: number,
): number {
  const looks = Math.max(1, Math.ceil(perSeconds / checkEverySeconds))
  return probability / looks
}
