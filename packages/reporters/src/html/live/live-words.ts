import type { LiveState, Look } from '@tidegauge/core'
import type { DriftReport } from '@tidegauge/drift'
import { formatPercents, plural } from '../../format.ts'

/**
 * A moment in UTC: the time alone where it is of the same day as `beside`.
 *
 * @example
 * momentText(Date.UTC(2026, 10, 24, 18, 11, 59), Date.UTC(2026, 10, 24)) // '18:11:59'
 */
export function momentText(time: number, beside: number): string {
  const text = isoText(time)
  if (text === null) return 'an unknown time'
  const [day, clock] = [text.slice(0, -14), text.slice(-13, -5)]
  return isoText(beside)?.slice(0, -14) === day ? clock : `${day} ${clock}`
}

/** null: no Date can hold it. */
export function isoText(time: number): string | null {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : null
}

/** @example durationText(3600) // '1 h' */
export function durationText(seconds: number): string {
  const unit = UNITS.find(({ from }) => seconds >= from) ?? UNITS[UNITS.length - 1]!
  return `${Number((seconds / unit.length).toPrecision(3))} ${unit.name}`
}

/** One day is 24 h. */
const UNITS = [
  { name: 'days', length: 86_400, from: 172_800 },
  { name: 'h', length: 3600, from: 3600 },
  { name: 'min', length: 60, from: 60 },
  { name: 's', length: 1, from: 0 },
]

export type LookKind = 'action' | 'calm' | 'undecided' | 'failed'

export const LOOK_WORDS: Readonly<Record<LookKind, string>> = {
  action: 'ACTION',
  calm: 'no action',
  undecided: 'undecided',
  failed: 'failed',
}

const KINDS = { ACTION: 'action', NO_ACTION: 'calm', UNDECIDED: 'undecided' } as const

export function kindOf({ action }: Pick<Look, 'action'>): LookKind {
  return action === null ? 'failed' : KINDS[action]
}

/** What a look is to who cannot see it, or points at it. */
export function lookText(look: Look, beside: number): string {
  const kind = kindOf(look)
  const at = `${momentText(look.time, beside)} ${LOOK_WORDS[kind]}`
  if (kind === 'failed') return `${at}: the service was told why`
  const share =
    look.share === null ? 'no share' : `${formatPercents(look.share, look.threshold)[0]} drifted`
  return `${at}: ${share}, ${plural(look.rows, 'row')}`
}

/** How many there are of each kind: `40 no action, 2 ACTION`. */
export function countsText(looks: readonly Look[]): string {
  return (Object.keys(LOOK_WORDS) as LookKind[])
    .map((kind) => [looks.filter((look) => kindOf(look) === kind).length, kind] as const)
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `${count} ${LOOK_WORDS[kind]}`)
    .join(', ')
}

/** Since when the decision holds, and how many looks in a row came to it; null before the first look. */
export function heldText({ looks, heldSince, now }: LiveState): string | null {
  const kinds = looks.map(kindOf).filter((kind) => kind !== 'failed')
  const last = kinds.at(-1)
  if (last === undefined || heldSince === undefined) return null
  const word = LOOK_WORDS[last]
  return `${word[0]!.toUpperCase()}${word.slice(1)} since ${momentText(heldSince, now)}`
}

/** What there is to say before the decision: that nothing was asked, or that looks fail. */
export function warningsOf(
  { looks, windowSeconds, asOf, now }: LiveState,
  report: DriftReport,
): string[] {
  const failed = looks.length - 1 - looks.findLastIndex(({ action }) => action !== null)
  return [
    ...(failed === 0
      ? []
      : [
          `${failed === 1 ? 'The last look' : `The last ${failed} looks`} failed; what stands here is of ${momentText(asOf, now)}.`,
        ]),
    ...(report.current.rows === 0
      ? [
          `No traffic: nothing was counted in the last ${durationText(windowSeconds)}. That is no sign that all is well.`,
        ]
      : []),
  ]
}
