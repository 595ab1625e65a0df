import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CASES, runCase } from './cases.ts'
import { MUTATIONS, pathOf } from './mutation-list.ts'
import { casesOn, HOSTS, tidegaugeOn } from './subjects/hosts.ts'
import { STACKS, tidegauge } from './subjects/tidegauge.ts'

describe.each(STACKS)('on %s', (stack) => {
  const cases = CASES.filter(({ stacks = STACKS }) => stacks.includes(stack))

  test.each(cases)('$title', async (one) => {
    const subject = tidegauge(stack)
    const running = await subject.start()
    try {
      await runCase(one, running, subject)
    } finally {
      await running.stop()
    }
  })
})

describe.each(Object.keys(HOSTS))('on %s', (name) => {
  test.each(casesOn(name))('$title', async (one) => {
    const subject = tidegaugeOn(name)
    const running = await subject.start()
    try {
      await runCase(one, running, subject)
    } finally {
      await running.stop()
    }
  })
})

test('each case names a mutation under which it fails, and each mutation has a case', () => {
  expect(new Set(CASES.map(({ red }) => red))).toEqual(new Set(Object.keys(MUTATIONS)))
  expect(CASES.length).toBeGreaterThanOrEqual(60)
  expect(new Set(CASES.map(({ title }) => title)).size).toBe(CASES.length)
})

test.each(Object.entries(MUTATIONS))(
  'the mutation "%s" finds what it breaks, once',
  (_, mutation) => {
    const source = readFileSync(new URL(`../${pathOf(mutation)}`, import.meta.url), 'utf8')
    expect(source.split(mutation.find)).toHaveLength(2)
  },
)
