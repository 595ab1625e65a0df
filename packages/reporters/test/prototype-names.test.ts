import { detectDrift, detectDriftAsync, parseTableProfile, profile } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import {
  evidentlyReport,
  htmlReport,
  jsonReport,
  junitReport,
  markdownReport,
  parseReport,
  textReport,
} from '../src/index.ts'

const NAMES = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf', 'z']
const tableOf = (shift: number) =>
  Object.fromEntries(
    NAMES.map((name, k) => [
      name,
      Array.from({ length: 60 }, (_, i) => (k === 2 ? `${(i + shift) % 7}` : (i % 7) + shift)),
    ]),
  )
const rowsOf = (shift: number) =>
  Array.from({ length: 60 }, (_, i) =>
    // Not each row has each name: what it inherits is no value.
    Object.fromEntries(
      Object.entries(tableOf(shift)).flatMap(([name, values]) =>
        i % 5 === 0 ? [] : [[name, values[i]]],
      ),
    ),
  )

test('columns named like what every object inherits are columns like any other', async () => {
  const stored = parseTableProfile(JSON.stringify(profile(tableOf(0))))
  expect(stored.columns.map(({ name }) => name).sort()).toEqual([...NAMES].sort())
  const options = { types: { z: 'numeric' }, weights: { z: 2 }, methods: { z: 'psi' } } as const
  for (const report of [
    detectDrift(tableOf(0), tableOf(3), options),
    detectDrift(stored, tableOf(3), options),
    detectDrift(rowsOf(0), rowsOf(3), options),
    await detectDriftAsync(tableOf(0), tableOf(3), options),
  ]) {
    expect(report.columns.map(({ name }) => name).sort()).toEqual([...NAMES].sort())
    for (const { name, verdict, type } of report.columns) {
      expect(verdict, name).not.toBe('error')
      expect(type, name).toBe(name === '__proto__' ? 'categorical' : 'numeric')
    }
    expect(parseReport(jsonReport(report))).toEqual(report)
    for (const render of [evidentlyReport, htmlReport, junitReport, markdownReport, textReport]) {
      const text = render(report)
      expect(text).not.toContain('[native code]')
      for (const name of ['constructor', 'toString']) expect(text).toContain(name)
    }
  }
})
