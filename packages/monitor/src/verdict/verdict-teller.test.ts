import { type DriftReport, detectDrift } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { type Told, verdictTeller } from './verdict-teller.ts'

const values = Array.from({ length: 100 }, (_, i) => i)
const quiet = detectDrift({ x: values }, { x: values })
const drifted = detectDrift({ x: values }, { x: values.map((x) => x + 90) })
const empty = detectDrift({ x: values }, { x: [] })

test('tells a change at once, ACTION again after the cool-down, and NO_ACTION once', async () => {
  const { look, told } = teller(100)
  await look(quiet, 0)
  await look(drifted, 10)
  await look(drifted, 109)
  await look(drifted, 110)
  await look(quiet, 120)
  await look(quiet, 500)
  expect(told.map(({ previous, action, since }) => [previous, action, since])).toEqual([
    ['NO_ACTION', 'ACTION', 1010],
    ['ACTION', 'ACTION', 1010],
    ['ACTION', 'NO_ACTION', 1120],
  ])
})

test('a look without enough data changes nothing', async () => {
  const { look, told } = teller(100)
  await look(empty, 0)
  await look(drifted, 10)
  await look(empty, 20)
  expect(told).toHaveLength(1)
})

test('where the target alone is watched, its recovery is told', async () => {
  const { look, told } = teller(100)
  const policy = { actOnTargetDrift: true }
  const ofTarget = (shift: number) =>
    detectDrift({ y: values }, { y: values.map((y) => y + shift) }, { target: 'y', policy })
  await look(ofTarget(90), 10)
  await look(detectDrift({ y: values }, { y: [] }, { target: 'y', policy }), 20)
  await look(ofTarget(0), 30)
  await look(ofTarget(90), 40)
  expect(told.map(({ action, since }) => [action, since])).toEqual([
    ['ACTION', 1010],
    ['NO_ACTION', 1030],
    ['ACTION', 1040],
  ])
})

test('a target that did not drift stands in for no feature: enough was asked, and nobody can tell', async () => {
  const { look, told } = teller(100)
  const policy = { actOnTargetDrift: true }
  const table = { x: values.map((x) => (x < 20 ? x : null)), y: values }
  await look(drifted, 10)
  await look(detectDrift(table, table, { target: 'y', policy }), 20)
  await look(detectDrift(table, table, { target: 'y', policy }), 300)
  expect(told.map(({ action, cause }) => [action, cause])).toEqual([
    ['ACTION', 'share'],
    ['UNDECIDED', 'unjudged'],
  ])
})

test('a pipeline that breaks while the data drifts is told as such, though both are ACTION', async () => {
  const { look, told } = teller(1000)
  const both = { x: values, y: values }
  await look(detectDrift(both, { x: values.map((x) => x + 90), y: values }), 10)
  await look(detectDrift(both, { x: values }), 20)
  await look(detectDrift(both, both), 30)
  expect(told.map(({ action, cause, since }) => [action, cause, since])).toEqual([
    ['ACTION', 'share', 1010],
    ['ACTION', 'columns', 1020],
    ['NO_ACTION', null, 1030],
  ])
})

test('never calls while a call is under way, and tells what changed meanwhile at the next look', async () => {
  const finish: Array<() => void> = []
  const { look, told } = teller(100, () => new Promise<void>((resolve) => finish.push(resolve)))
  await look(drifted, 10)
  await look(quiet, 20)
  await look(drifted, 300)
  await look(quiet, 310)
  expect(told.map(({ action }) => action)).toEqual(['ACTION'])
  finish[0]!()
  await look(quiet, 320)
  await look(quiet, 330)
  expect(told.map(({ action, since }) => [action, since])).toEqual([
    ['ACTION', 1010],
    ['NO_ACTION', 1310],
  ])
})

test.each([
  [
    'throws',
    () => {
      throw new Error('no')
    },
  ],
  ['rejects', () => Promise.reject(new Error('no'))],
])('one that %s is reported, and told again at the next look', async (_, fail) => {
  let calls = 0
  const { look, told, errors } = teller(100, () => (calls++ === 0 ? fail() : undefined))
  await look(drifted, 10)
  expect(errors).toEqual([new Error('no')])
  await look(drifted, 20)
  await look(drifted, 30)
  expect(told.map(({ previous, action }) => [previous, action])).toEqual([
    ['NO_ACTION', 'ACTION'],
    ['NO_ACTION', 'ACTION'],
  ])
})

function teller(cooldownMilliseconds: number, then?: () => void | Promise<void>) {
  const told: Told[] = []
  const errors: unknown[] = []
  const take = verdictTeller({
    cooldownMilliseconds,
    onError: (error) => errors.push(error),
    tell(verdict) {
      told.push(verdict)
      return then?.()
    },
  })
  const look = async (report: DriftReport, elapsed: number): Promise<void> => {
    take(report, elapsed, 1000 + elapsed)
    await new Promise(setImmediate)
  }
  return { look, told, errors }
}
