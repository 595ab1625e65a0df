import { expect, test } from 'vitest'
import { exampleReport, table } from '../../../test/drift-report.fixture.ts'
import { liveState, looks } from '../../../test/live-state.fixture.ts'
import {
  countsText,
  durationText,
  heldText,
  isoText,
  lookText,
  momentText,
  warningsOf,
} from './live-words.ts'

const NOON = Date.UTC(2026, 10, 24, 12)

test('a moment of the same day is a time, one of another day has its date', () => {
  expect(momentText(NOON + 61_000, NOON)).toBe('12:01:01')
  expect(momentText(NOON - 86_400_000, NOON)).toBe('2026-11-23 12:00:00')
  expect(momentText(NOON, NOON + 365 * 86_400_000)).toBe('2026-11-24 12:00:00')
  expect(momentText(Date.UTC(12_026, 0), NOON)).toBe('+012026-01-01 00:00:00')
})

test('a clock may say anything', () => {
  for (const time of [1e300, Number.NaN, Number.POSITIVE_INFINITY, -9e15]) {
    expect(momentText(time, NOON)).toBe('an unknown time')
    expect(momentText(NOON, time)).toBe('2026-11-24 12:00:00')
    expect(isoText(time)).toBeNull()
  }
})

test.each([
  [0.25, '0.25 s'],
  [60, '1 min'],
  [90, '1.5 min'],
  [3600, '1 h'],
  [86_400, '24 h'],
  [604_800, '7 days'],
])('%d s are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text)
})

test('a look says when it was, what it came to and of how much', () => {
  const [quiet] = looks(1)
  expect(lookText(quiet!, NOON)).toBe('17:01:00 no action: 12.5% drifted, 1,000 rows')
  const near = { ...quiet!, share: 0.2999 }
  expect(lookText(near, NOON)).toContain('29.99% drifted')
  expect(lookText({ ...quiet!, action: 'UNDECIDED', share: null, rows: 1 }, NOON)).toBe(
    '17:01:00 undecided: no share, 1 row',
  )
  expect(lookText({ ...quiet!, action: null }, NOON)).toBe(
    '17:01:00 failed: the service was told why',
  )
})

test('looks are counted by what they came to', () => {
  expect(countsText(looks(18))).toBe('5 ACTION, 5 no action, 5 undecided, 3 failed')
  expect(countsText(looks(3))).toBe('3 no action')
})

test('the decision holds since it was first found, whatever failed meanwhile', () => {
  const heldSince = Date.UTC(2026, 10, 24, 17, 11)
  expect(heldText(liveState({ looks: looks(18), heldSince }))).toBe('Undecided since 17:11:00')
  expect(heldText(liveState({ looks: [] }))).toBeNull()
  const { heldSince: _, ...fresh } = liveState()
  expect(heldText(fresh)).toBeNull()
})

test('no traffic is said before the decision, and so are looks that fail', () => {
  const report = exampleReport()
  expect(warningsOf(liveState({ looks: looks(5) }), report)).toEqual([])
  expect(
    warningsOf(liveState({ looks: looks(5), windowSeconds: 300 }), {
      ...report,
      current: table('live window', 0),
    }),
  ).toEqual([
    'No traffic: nothing was counted in the last 5 min. That is no sign that all is well.',
  ])
  const seen = looks(18)
  expect(warningsOf(liveState({ looks: seen }), report)).toEqual([
    'The last 3 looks failed; what stands here is of 17:15:00.',
  ])
  expect(warningsOf(liveState({ looks: seen.slice(0, 16) }), report)).toEqual([
    'The last look failed; what stands here is of 17:15:00.',
  ])
})
