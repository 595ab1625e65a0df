import type { DriftReport } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { KEPT_LOOKS, LookHistory } from './look-history.ts'

type Decision = Pick<DriftReport['decision'], 'action' | 'cause'>

const NO_ACTION: Decision = { action: 'NO_ACTION', cause: null }
const DRIFT: Decision = { action: 'ACTION', cause: 'share' }
const TARGET: Decision = { action: 'ACTION', cause: 'target' }
const BROKEN: Decision = { action: 'ACTION', cause: 'columns' }

function found(time: number, { action, cause }: Decision = NO_ACTION) {
  const policy = { shareThreshold: 0.3 }
  const decision = { action, cause, policy }
  const report = { decision, shareOfDriftedColumns: 0.25, current: { rows: 7 } }
  return { time, report: report as DriftReport, strangers: [] }
}

test('keeps a few numbers of each of the last looks, and of one alone the report', () => {
  const history = new LookHistory()
  for (let time = 0; time < 1000; time++) history.found(found(time))
  expect(history.looks).toHaveLength(KEPT_LOOKS)
  expect(history.looks[0]).toEqual({
    time: 1000 - KEPT_LOOKS,
    action: 'NO_ACTION',
    share: 0.25,
    threshold: 0.3,
    rows: 7,
  })
  expect(history.last).toMatchObject({ time: 999 })
})

test('a decision holds since it was found first; drift and a broken pipeline are two', () => {
  const history = new LookHistory()
  const heldAfter = (time: number, decision: Decision) => {
    history.found(found(time, decision))
    return history.heldSince
  }
  expect(history.heldSince).toBeNull()
  expect(heldAfter(1, NO_ACTION)).toBe(1)
  expect(heldAfter(2, NO_ACTION)).toBe(1)
  expect(heldAfter(3, DRIFT)).toBe(3)
  expect(heldAfter(4, TARGET)).toBe(3)
  expect(heldAfter(5, BROKEN)).toBe(5)
  history.failed(6)
  expect(heldAfter(7, BROKEN)).toBe(5)
  expect(heldAfter(8, NO_ACTION)).toBe(8)
})

test('a look that failed leaves what was found before', () => {
  const history = new LookHistory()
  history.found(found(1))
  history.failed(2)
  expect(history.looks.map(({ time, action }) => [time, action])).toEqual([
    [1, 'NO_ACTION'],
    [2, null],
  ])
  expect(history.last).toMatchObject({ time: 1 })
})

test('with another reference nothing is found yet; the looks before it stay, and a bounded number of such times', () => {
  const history = new LookHistory()
  history.found(found(1))
  for (let time = 2; time < 100; time++) {
    history.replaced({ time, previous: `${time - 1}`, reference: `${time}` })
  }
  expect([history.last, history.heldSince]).toEqual([null, null])
  expect(history.looks).toHaveLength(1)
  expect(history.replacements).toHaveLength(10)
  expect(history.replacements[9]).toEqual({ time: 99, previous: '98', reference: '99' })
  history.found(found(100))
  expect(history.heldSince).toBe(100)
})

test('what it gives is its own no more', () => {
  const history = new LookHistory()
  history.found(found(1))
  ;(history.looks as unknown[]).length = 0
  expect(history.looks).toHaveLength(1)
})
