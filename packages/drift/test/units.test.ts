import { type NumericProfile, numericProfile } from '@tidegauge/core'
import { detectDrift, mergeTableProfiles, parseTableProfile, profile } from '@tidegauge/drift'
import { expect, test } from 'vitest'

const cells = (shift: number) => Array.from({ length: 400 }, (_, i) => (i % 97) + shift)
const table = (shift: number) => ({ seconds: cells(shift), city: cells(0).map((x) => `c${x % 3}`) })
const unitsOf = (columns: ReadonlyArray<{ reference: unknown; current: unknown }>) =>
  columns.map(({ reference, current }) =>
    [reference, current].map((side) => (side as NumericProfile | null)?.unit),
  )

test('the profiles of a report know the unit that the caller names; nothing else changes', () => {
  const units = { seconds: 's', city: 'km' }
  const report = detectDrift(table(0), table(30), { units })
  expect(unitsOf(report.columns)).toEqual([
    ['s', 's'],
    [undefined, undefined],
  ])
  expect(report.id).toBe(detectDrift(table(0), table(30)).id)
})

test('a stored profile keeps its units: read back, merged, beside a table, and as "like"', () => {
  const units = { seconds: 'seconds' }
  const stored = parseTableProfile(JSON.stringify(profile(table(0), { units })))
  expect(stored.columns[0]!.profile).toMatchObject({ unit: 'seconds' })
  const like = profile(table(30), { like: stored })
  expect(mergeTableProfiles(stored, like).columns[0]!.profile).toMatchObject({ unit: 'seconds' })
  expect(unitsOf(detectDrift(stored, like).columns)[0]).toEqual(['seconds', 'seconds'])
  expect(unitsOf(detectDrift(stored, table(30)).columns)[0]).toContain('seconds')
})

test('counts in two units are not compared, and say so', () => {
  const inUnit = (unit: string) => ({ ...numericProfile(cells(0), [0, 50, 200]), unit })
  const { columns, decision } = detectDrift({ a: inUnit('seconds') }, { a: inUnit('milliseconds') })
  expect(columns[0]).toMatchObject({
    verdict: 'error',
    reason:
      'in seconds in the reference and in milliseconds in the current table: give both in one unit',
  })
  expect(decision.action).toBe('UNDECIDED')
})

test.each([
  [
    { units: { seconds: '' } },
    '"units.seconds" must be a unit of 1 to 40 characters, such as seconds',
  ],
  [{ units: { seconds: 7 } }, '"units.seconds" must be a unit'],
  [{ units: 'seconds' }, '"units" must be an object, by the names of the columns'],
  [{ names: { feature: '' } }, '"names.feature" must be a noun, such as route'],
])('%j is refused', (options, message) => {
  expect(() => detectDrift(table(0), table(1), options as never)).toThrow(message)
})
