import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DriftReport, detectDrift } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory: folder } = workFolder()

/** Smooth, tied, with atoms in the middle and at both ends. */
const columnsOf = (rows: number, shift: number): Record<string, number[]> => {
  const numbers = (cell: (u: number, i: number) => number) =>
    Array.from({ length: rows }, (_, i) =>
      cell(((i + 1) * 0.618033988749895 + shift * 0.37) % 1, i),
    )
  return {
    smooth: numbers((u) => Math.log(u / (1 - u)) + shift),
    tied: numbers((u) => Math.round(8 * u + shift)),
    zeros: numbers((u) => (u < 0.4 ? 0 : u + shift)),
    middle: numbers((u) => (u < 0.3 ? u - 1 : u < 0.7 ? 0.5 : u + shift)),
    capped: numbers((u) => Math.min(0.8, u + shift)),
    constant: numbers(() => 3),
    gaps: numbers((u, i) => (i % 7 === 0 ? Number.NaN : u * u)),
  }
}

const write = (name: string, columns: Record<string, number[]>): void => {
  const names = Object.keys(columns)
  const rows = columns[names[0]!]!.map((_, i) =>
    names.map((column) => {
      const x = columns[column]![i]!
      return Number.isNaN(x) ? '' : String(x)
    }),
  )
  writeFileSync(join(folder, name), `${[names, ...rows].map((row) => row.join(',')).join('\n')}\n`)
}

/** The edges come from a sample of 200,000 values. */
const SIZES = { small: [3000, 2500], sampled: [250_000, 3000] } as const

test.each([
  ['psi', 'small'],
  ['js', 'small'],
  ['kl', 'small'],
  ['hellinger', 'small'],
  ['tv', 'small'],
  ['psi', 'sampled'],
] as const)(
  '%s of %s files that are not held is that of their values',
  async (method, size) => {
    const [n, m] = SIZES[size]
    const [before, after] = [columnsOf(n, 0), columnsOf(m, 0.05)]
    write('before.csv', before)
    write('after.csv', after)
    const expected = detectDrift(before, after, { method })
    for (const args of [['before.csv'], ['stored.json']]) {
      if (args[0] === 'stored.json') {
        const stored = await runCommand(
          ['profile', 'before.csv', '--exact-rows', '1000', '--out', 'stored.json', '--force'],
          folder,
        )
        expect(stored).toMatchObject({ code: 0, stderr: '' })
      }
      const { stdout, code, stderr } = await runCommand(
        ['drift', ...args, 'after.csv', '--method', method, '--exact-rows', '1000', '--json'],
        folder,
      )
      expect(stderr).toBe('')
      expect(code).toBe(0)
      const report = JSON.parse(stdout) as DriftReport
      expect(report.columns.map(({ name }) => name)).toEqual(Object.keys(before))
      report.columns.forEach(({ name, statistic, warnings }, i) => {
        expect(Math.abs(statistic! - expected.columns[i]!.statistic!), name).toBeLessThan(1e-9)
        expect(warnings.join(), name).not.toContain('interpolated')
      })
    }
  },
  180_000,
)
