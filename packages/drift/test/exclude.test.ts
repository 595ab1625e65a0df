import { afterAll, describe, expect, test } from 'vitest'
import {
  type DetectDriftOptions,
  type DriftReport,
  detectDrift,
  detectDriftAsync,
  detectDriftByColumn,
  driftPool,
  profile,
} from '../src/index.ts'

const rows = Array.from({ length: 300 }, (_, i) => i)
const january = {
  id: rows,
  age: rows.map((i) => i % 50),
  city: rows.map((i) => `c${i % 4}`),
  gone: rows.map((i) => i % 9),
  late: rows.map((i) => i % 2),
  at: rows.map((i) => new Date(1e12 + i * 1e7)),
}
/** Each id is new, and no more is drifted; one column is no more there, and one is new. */
const february = {
  id: rows.map((i) => i + 300),
  age: january.age,
  city: january.city,
  late: january.late,
  at: january.at,
  extra: rows,
}

const pool = driftPool({ workers: 1 })
afterAll(() => pool.close())

/** What is read of the tables, where they are read by column. */
const read: string[] = []
const byColumn = (options: DetectDriftOptions) => {
  const shapeOf = (table: object) => ({ rowCount: 300, columnNames: Object.keys(table) })
  const cellsOf = (table: object, name: string) => (table as Record<string, unknown[]>)[name]!
  const pairs = {
    reference: shapeOf(january),
    current: shapeOf(february),
    read: async (name: string) => {
      read.push(name)
      return { reference: cellsOf(january, name), current: cellsOf(february, name) }
    },
  }
  return detectDriftByColumn(pairs, options)
}

const DRIVERS: ReadonlyArray<
  readonly [string, (options: DetectDriftOptions) => Promise<DriftReport>]
> = [
  ['detectDrift', async (options) => detectDrift(january, february, options)],
  ['detectDrift of a stored reference', async (o) => detectDrift(profile(january), february, o)],
  ['detectDriftAsync', (options) => detectDriftAsync(january, february, { ...options, pool })],
  ['detectDriftByColumn', byColumn],
]

describe.each(DRIVERS)('%s', (_, compare) => {
  test('leaves columns out of what is compared, counted and told', async () => {
    const whole = await compare({ policy: { onMissingColumn: 'ignore' } })
    expect(whole).toMatchObject({ driftedFeatures: 1, evaluatedFeatures: 5 })
    expect(whole.settings).not.toHaveProperty('excluded')

    read.length = 0
    const names = ['id', 'gone', 'extra', 'id']
    const report = await compare({ exclude: names })
    expect(report.columns.map(({ name }) => name)).toEqual(['age', 'city', 'late', 'at'])
    expect(report).toMatchObject({
      driftedFeatures: 0,
      evaluatedFeatures: 4,
      shareOfDriftedColumns: 0,
      missingColumns: [],
      settings: { excluded: ['id', 'gone', 'extra'] },
      decision: { action: 'NO_ACTION', reason: 'drift_share=0.00 < 0.30 (target_drift=n/a)' },
    })
    expect(read).not.toContain('id')
  })

  test('without it, the feature that is gone decides', async () => {
    const { decision } = await compare({ exclude: ['id'] })
    expect(decision).toMatchObject({ action: 'ACTION', cause: 'columns' })
  })

  test('beside columns, methods and weights', async () => {
    const report = await compare({
      columns: ['id', 'age', 'city'],
      exclude: ['id'],
      methods: { id: 'psi', age: 'psi' },
      weights: { id: 100, age: 3 },
    })
    expect(report.columns.map(({ name, method }) => [name, method])).toEqual([
      ['age', 'population-stability-index'],
      ['city', 'chi-squared'],
    ])
    expect(report.shareOfDriftedColumns).toBe(0)
  })

  test('where no feature is left, nothing could be judged', async () => {
    const all = [...new Set([...Object.keys(january), ...Object.keys(february)])]
    const { columns, decision } = await compare({ exclude: all })
    expect(columns).toEqual([])
    expect(decision).toMatchObject({ action: 'UNDECIDED', cause: 'unjudged' })
  })

  test.each<[string, DetectDriftOptions, string]>([
    ['a column that neither has', { exclude: ['age', 'agee'] }, 'received agee'],
    ['a name that every object has', { exclude: ['constructor'] }, 'received constructor'],
    ['the target', { exclude: ['late'], target: 'late' }, 'target, prediction and time'],
    ['the prediction', { exclude: ['age'], prediction: ['age'] }, 'target, prediction and time'],
    ['the times', { exclude: ['at'], time: 'at' }, 'target, prediction and time'],
  ])('refuses %s', async (_name, options, said) => {
    const error = await compare(options).catch((error: unknown) => error)
    const message = error instanceof Error ? error.message : 'no error'
    expect(message).toMatch(/^"exclude" must be /)
    expect(message).toContain(said)
  })
})
