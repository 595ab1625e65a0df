import { describe, expect, test } from 'vitest'
import { brokenBudgets, brokenLimits, flood, floodLabels, floodRouteTables } from './hostile.ts'
import { STACKS } from './subjects/tidegauge.ts'

/** The short form of `pnpm soak`. */
describe.each(STACKS)('hostile traffic on %s', (stack) => {
  test('makes few series and keeps no memory, and real routes are still counted exactly', async () => {
    const report = await flood(stack, { inProcess: 5000, overSockets: 500, warmUp: 800 })
    expect(brokenLimits(report)).toEqual([])
    expect(Object.keys(report.realRoutes)).toHaveLength(14)
  })

  test('with labels that clients choose ends at the budgets, and scanners crowd out no route', async () => {
    const report = await floodLabels(stack, 6000)
    expect(brokenBudgets(report)).toEqual([])
    expect(Object.keys(report.known)).toHaveLength(14 * 3)
  })
})

test.each(['express', 'express4'] as const)(
  'on %s the tables of routes do not grow with tenants',
  async (stack) => {
    const { entries, counts, expected } = await floodRouteTables(stack, 3000)
    expect(counts).toEqual(expected)
    expect(entries[0]).toBeGreaterThan(20)
    expect(entries[1]).toBe(entries[0])
  },
)
