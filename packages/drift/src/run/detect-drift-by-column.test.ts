import { expect, test } from 'vitest'
import { profile } from '../profile/profile-table.ts'
import { detectDrift } from './detect-drift.ts'
import { type ColumnPairs, detectDriftByColumn } from './detect-drift-by-column.ts'

const rows = Array.from({ length: 200 }, (_, i) => i)
const reference: Record<string, Array<number | string | null>> = {
  age: rows.map((i) => (i % 10 === 0 ? null : i)),
  city: rows.map((i) => `c${i % 3}`),
  gone: rows,
}
const current: Record<string, Array<number | string | null>> = {
  age: rows.map((i) => i + 90),
  city: rows.map((i) => `c${i % 4}`),
  fresh: rows,
}

function pairsOf(read: string[] = []): ColumnPairs {
  return {
    reference: { rowCount: rows.length, columnNames: Object.keys(reference) },
    current: { rowCount: rows.length, columnNames: Object.keys(current) },
    read: async (name) => {
      read.push(name)
      return { reference: reference[name]!, current: current[name]! }
    },
    readOne: async (name, side) => {
      read.push(`${name} ${side}`)
      return { values: (side === 'reference' ? reference : current)[name]! }
    },
  }
}

test('a column that one side alone has is of no known type where nobody reads it', async () => {
  const { readOne: _, ...pairs } = pairsOf()
  const [, , gone, fresh] = (await detectDriftByColumn(pairs)).columns
  const unknown = { verdict: 'error', type: 'unknown', method: '', reference: null, current: null }
  expect(gone).toMatchObject({ finding: 'gone', ...unknown })
  expect(fresh).toMatchObject({ finding: 'new', ...unknown })
})

test('gives the report of detectDrift on the same cells, read one column after the other', async () => {
  const read: string[] = []
  const options = { target: 'city', names: { reference: 'a', current: 'b' } }
  const report = await detectDriftByColumn(pairsOf(read), options)
  expect(report).toEqual(detectDrift(reference, current, options))
  expect(report.columns.map(({ verdict }) => verdict)).toContain('error') // gone and fresh
  expect(read).toEqual(['age', 'city', 'gone reference', 'fresh current'])
})

test('reads a column when the one before it has been measured', async () => {
  const events: string[] = []
  await detectDriftByColumn(pairsOf(events), {
    onProgress: ({ column, done, total }) => events.push(`${column} ${done}/${total}`),
  })
  expect(events).toEqual([
    'age',
    'age 1/4',
    'city',
    'city 2/4',
    'gone reference',
    'gone 3/4',
    'fresh current',
    'fresh 4/4',
  ])
})

test('compares counts where it gets them, and passes on what the reader says', async () => {
  const stored = profile(reference, { columns: ['age'] })
  const pairs: ColumnPairs = {
    ...pairsOf(),
    read: async (name) => {
      if (name !== 'age') return { reference: reference[name]!, current: current[name]! }
      return { reference: stored.columns[0]!, current: current.age!, warnings: ['by its bins'] }
    },
  }
  const [age, city] = (await detectDriftByColumn(pairs)).columns
  const [expected] = detectDrift(stored, current).columns
  expect(age).toMatchObject({ statistic: expected!.statistic, verdict: 'drifted' })
  expect(age!.warnings).toEqual([expect.stringContaining('is a lower bound'), 'by its bins'])
  expect(city!.warnings).not.toContain('by its bins')
})

test('says of a column that a stored profile could not hold what detectDrift says', async () => {
  const words = rows.map((i) => `a text of some words ${i}`)
  const days = rows.map((i) => Date.UTC(2001, 0, 1 + i))
  const before = { same: words, other: words, day: words, gone: words }
  const after = { same: words, other: rows, day: days }
  const stored = profile(before)
  const unprofiled = (name: string) => stored.unprofiled!.find((column) => column.name === name)!
  const options = { types: { day: 'datetime' } } as const
  const report = await detectDriftByColumn(
    {
      reference: { rowCount: rows.length, columnNames: Object.keys(before) },
      current: { rowCount: rows.length, columnNames: Object.keys(after) },
      read: async (name) => ({
        reference: unprofiled(name),
        current: after[name as keyof typeof after],
      }),
      readOne: async (name) => ({ values: unprofiled(name) }),
    },
    options,
  )
  expect(report.columns).toEqual(detectDrift(stored, after, options).columns)
  expect(report.columns.map(({ finding }) => finding)).toEqual([
    'left-out',
    'changed-type',
    'changed-type',
    'gone',
  ])
  expect(report.changedTypes).toEqual([
    { name: 'other', reference: 'text', current: 'numeric' },
    { name: 'day', reference: 'text', current: 'datetime' },
  ])
})

test('says whether bins would do: not for a method that needs the values, nor for a preset', async () => {
  const wanted = async (options: Parameters<typeof detectDriftByColumn>[1]) => {
    const seen: Record<string, unknown> = {}
    const pairs = pairsOf()
    await detectDriftByColumn(
      {
        ...pairs,
        read: (name, wants) => {
          seen[name] = wants
          return pairs.read(name, wants)
        },
      },
      options,
    )
    return seen
  }
  expect(await wanted({ methods: { city: 'psi' }, types: { city: 'categorical' } })).toEqual({
    age: { type: undefined, takesBins: true, takesDeciles: false },
    city: { type: 'categorical', takesBins: true, takesDeciles: true },
  })
  expect(await wanted({ methods: { age: 'wasserstein' } })).toMatchObject({
    age: { takesBins: false, takesDeciles: false },
  })
  expect(await wanted({ preset: 'evidently' })).toMatchObject({ age: { takesBins: false } })
})

test('what cannot be read ends the comparison', async () => {
  const read = () => Promise.reject(new Error('disk gone'))
  await expect(detectDriftByColumn({ ...pairsOf(), read })).rejects.toThrow('disk gone')
  await expect(detectDriftByColumn(pairsOf(), { target: 'nope' })).rejects.toMatchObject({
    code: 'ERR_INVALID_ARGUMENT',
  })
})
