import { describe, expect, test } from 'vitest'
import { profile } from '../profile/profile-table.ts'
import { detectDrift } from '../run/detect-drift.ts'
import { detectDriftAsync } from '../run/detect-drift-async.ts'
import type { DriftMethod } from './drift-method.ts'

const rows = Array.from({ length: 1000 }, (_, i) => i)
const january = { age: rows.map((i) => i % 100), city: rows.map((i) => `c${i % 4}`) }
const february = { age: rows.map((i) => (i % 100) + 20), city: rows.map((i) => `c${i % 5}`) }

describe('methods', () => {
  test('a short name means the same as the full one', () => {
    const full = detectDrift(january, february, { method: 'population-stability-index' })
    expect(detectDrift(january, february, { method: 'psi' })).toEqual(full)
    expect(full.columns.map(({ method }) => method)).toEqual([
      'population-stability-index',
      'population-stability-index',
    ])
  })

  test('one that does not take a type leaves that to the type’s own', () => {
    const { columns } = detectDrift(january, february, { method: 'g' })
    expect(columns.map(({ method }) => method)).toEqual(['kolmogorov-smirnov', 'g-test'])
  })

  test('can be chosen by type and by column, the column first', () => {
    const { columns } = detectDrift(
      { ...january, size: january.age },
      { ...february, size: february.age },
      {
        method: { numeric: 'js', categorical: 'tv' },
        methods: { size: 'kl' },
      },
    )
    expect(columns.map(({ method }) => method)).toEqual([
      'jensen-shannon',
      'total-variation',
      'kullback-leibler',
    ])
  })

  test('a threshold of its own is held against the statistic', () => {
    const at = (threshold: number) =>
      detectDrift(january, february, { methods: { age: { method: 'psi', threshold } } }).columns[0]!
    const { statistic } = at(0)
    expect(at(statistic!)).toMatchObject({
      drifted: true,
      criterion: { measure: 'statistic', operator: '>=' },
      threshold: statistic,
    })
    expect(at(statistic! + 1e-9)).toMatchObject({ drifted: false, verdict: 'negligible' })
  })

  test('chosen by name for a column that it does not take, it is that column’s error', () => {
    const { columns } = detectDrift(january, february, { methods: { city: 'ks' } })
    expect(columns[1]).toMatchObject({
      verdict: 'error',
      reason: 'kolmogorov-smirnov does not take categorical columns',
    })
  })

  test('one’s own is an object with a name and a function, given sorted values', () => {
    const medianShift: DriftMethod = {
      name: 'median-shift',
      compare: {
        values: (reference, current) => ({
          kind: 'divergence',
          statistic: Math.abs(current[current.length >> 1]! - reference[reference.length >> 1]!),
        }),
      },
      threshold: 5,
    }
    const { columns } = detectDrift(january, february, { methods: { age: medianShift } })
    expect(columns[0]).toMatchObject({
      method: 'median-shift',
      statistic: 20,
      drifted: true,
      threshold: 5,
    })
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'one that returns %d has failed',
    (statistic) => {
      const broken: DriftMethod = {
        name: 'broken',
        compare: { values: () => ({ kind: 'divergence', statistic }) },
      }
      expect(detectDrift(january, february, { methods: { age: broken } }).columns[0]).toMatchObject(
        {
          verdict: 'error',
          reason: `the method returned ${statistic} as its statistic`,
        },
      )
    },
  )
})

test('a stricter correction never drifts more', () => {
  const weak = { x: rows, y: rows.map((i) => i + (i % 10 === 0 ? 60 : 0)) }
  const adjusted = (correction: 'none' | 'benjamini-hochberg' | 'holm' | 'bonferroni') =>
    detectDrift({ x: rows, y: rows }, weak, { correction }).columns.map((c) => c.adjustedPValue!)
  const [none, bh, holm, bonferroni] = [
    adjusted('none'),
    adjusted('benjamini-hochberg'),
    adjusted('holm'),
    adjusted('bonferroni'),
  ]
  none!.forEach((p, i) => {
    expect(bh![i]).toBeGreaterThanOrEqual(p)
    expect(holm![i]).toBeGreaterThanOrEqual(bh![i]!)
    expect(bonferroni![i]).toBeGreaterThanOrEqual(holm![i]!)
  })
})

test('weights change the share, not the verdicts', () => {
  const plain = detectDrift(january, { ...february, city: january.city })
  const weighted = detectDrift(
    january,
    { ...february, city: january.city },
    { weights: { age: 3 } },
  )
  expect(plain).toMatchObject({ shareOfDriftedColumns: 0.5, covariateDrift: true })
  expect(weighted.shareOfDriftedColumns).toBe(0.75)
  expect(weighted.columns).toEqual(plain.columns)
})

test('a tolerance that is not reached makes a detectable change negligible', () => {
  const { columns } = detectDrift(january, february, { tolerance: 3 })
  expect(columns.map(({ verdict }) => verdict)).toEqual(['negligible', 'negligible'])
  expect(columns[0]!.reason).toMatch(
    /^a detectable change, too small to matter: as much as a shift by 0\.\d+/,
  )
})

test('dictionary-encoded categories give the same report as text', () => {
  const categories = ['c0', 'c1', 'c2', 'c3', 'c4']
  const encode = (names: (string | null)[]) => ({
    codes: Int32Array.from(names, (name) => (name === null ? -1 : categories.indexOf(name))),
    categories,
  })
  const gaps = february.city.map((name, i) => (i % 9 === 0 ? null : name))
  const report = detectDrift({ city: encode(january.city) }, { city: encode(gaps) })
  expect(report).toEqual(detectDrift({ city: january.city }, { city: gaps }))
})

test('a column that is all ids is not called drifted, and is called an id', () => {
  const ids = (prefix: string) => ({ id: rows.map((i) => `${prefix}${i}`) })
  const [column] = detectDrift(ids('a'), ids('b')).columns
  expect(column!.drifted).toBe(false)
  expect(column!.warnings).toContain(
    'nearly every value is another one: if this is an id, leave the column out',
  )
})

test('text that reads as numbers is compared as categories, and the reader is told', () => {
  const zip = { zip: rows.map((i) => String(8000 + (i % 20))) }
  const [column] = detectDrift(zip, zip).columns
  expect(column).toMatchObject({ type: 'categorical', verdict: 'stable' })
  expect(column!.warnings).toEqual([
    'every category reads as a number: if it is one, say so with `types`',
  ])
})

test.each([
  [
    'said to be categories',
    { zip: rows.map((i) => String(8000 + (i % 20))) },
    { types: { zip: 'categorical' } },
  ],
  ['codes with leading zeros', { zip: rows.map((i) => `0${100 + (i % 20)}`) }, {}],
] as const)('numbers that are %s are not asked to be numbers', (_, zip, options) => {
  expect(detectDrift(zip, zip, options).columns[0]).toMatchObject({
    type: 'categorical',
    warnings: [],
  })
})

describe('texts', () => {
  const words = ['harbour', 'tide', 'storm', 'calm', 'pier', 'boat', 'gull', 'wave', 'sand', 'rope']
  const texts = (offset: number, extra: string) =>
    rows.slice(0, 400).map((i) => {
      const picked = [i * 7, i * 13 + 1, i * 29 + 2, i * 31 + offset].map((n) => words[n % 10])
      return `${picked.join(' ')} number ${i} ${i % 2 === 0 ? extra : ''}`
    })

  test('are told apart by a classifier where their words changed', () => {
    const [column] = detectDrift(
      { note: texts(0, '') },
      { note: texts(0, 'refund cancelled') },
    ).columns
    expect(column).toMatchObject({ type: 'text', method: 'domain-classifier', verdict: 'drifted' })
    expect(column!.effect).toBeGreaterThan(0.5)
    expect(column!.effectInterval![0]).toBeGreaterThan(0.125)
  })

  test('are stable where they did not', () => {
    const [column] = detectDrift({ note: texts(0, '') }, { note: texts(0, '') }).columns
    expect(column).toMatchObject({ type: 'text', drifted: false })
  })

  test('one’s own test without an effect decides by its p-value alone', () => {
    const test = (pValue: number): DriftMethod => ({
      name: 'own',
      compare: { documents: () => ({ kind: 'hypothesis-test', statistic: 1, pValue }) },
    })
    const drifted = (pValue: number) =>
      detectDrift(
        { note: texts(0, '') },
        { note: texts(0, '') },
        { methods: { note: test(pValue) } },
      ).columns[0]
    expect(drifted(0.05)).toMatchObject({
      drifted: true,
      effect: null,
      criterion: { measure: 'pValue' },
    })
    expect(drifted(0.051)).toMatchObject({ drifted: false, verdict: 'stable' })
  })
})

describe('what must not end a run, or mislead its reader', () => {
  test.each([1.5, -0.1, Number.NaN])(
    'a method whose p-value is %d fails for its own column',
    (pValue) => {
      const own: DriftMethod = {
        name: 'own',
        compare: { values: () => ({ kind: 'hypothesis-test', statistic: 1, pValue }) },
      }
      const { columns } = detectDrift(january, february, { methods: { age: own } })
      expect(columns.map(({ verdict }) => verdict)).toEqual(['error', 'drifted'])
      expect(columns[0]!.reason).toBe(`the method returned ${pValue} as its p-value`)
    },
  )

  test('an infinite odds ratio is a result: it is null in the report, and p decides', () => {
    const flags = (yes: number) => ({ flag: rows.slice(0, 200).map((i) => i < yes) })
    const [column] = detectDrift(flags(0), flags(60), { methods: { flag: 'fisher' } }).columns
    expect(column).toMatchObject({ method: 'fisher-exact', statistic: null, verdict: 'drifted' })
  })

  test('a gap that widened is the reason where the values were not told apart', () => {
    const few = { x: rows.slice(0, 60) }
    const gaps = { x: rows.slice(0, 60).map((i) => (i < 25 ? i + 30 : null)) }
    const [column] = detectDrift(few, gaps).columns
    expect(column).toMatchObject({
      verdict: 'drifted',
      reason: 'missing values went from 0% to 58.3%',
    })
  })

  test('a gap too small to matter is called that, not a change of the values', () => {
    const x = Array.from({ length: 200_000 }, (_, i) => i % 100)
    const gaps = (every: number) => ({ x: x.map((value, i) => (i % every === 0 ? null : value)) })
    const [column] = detectDrift(gaps(101), gaps(89)).columns
    expect(column).toMatchObject({ verdict: 'negligible' })
    expect(column!.reason).toMatch(
      /^a detectable change, too small to matter: missing values went from 0\.99/,
    )
  })

  test.each([null, undefined, 3])('%s for a table is refused in plain words', (input) => {
    expect(() => detectDrift(input as never, january)).toThrow(
      '"reference" must be rows of objects',
    )
  })

  test('a histogram that does not add up is refused by its name', () => {
    const broken = { kind: 'numeric', version: 2, edges: [0, 1], counts: [2], n: 9 }
    expect(() =>
      detectDrift({ '/predict': broken as never }, { '/predict': broken as never }),
    ).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }))
  })

  test('a preset brings its own methods: choosing others beside it is refused, not ignored', () => {
    expect(() => detectDrift(january, february, { preset: 'evidently', method: 'psi' })).toThrow(
      '"method" must be left out beside a preset',
    )
  })
})

test.each([
  ['detectDrift', () => detectDrift(january, february, { alhpa: 0.01 } as object), 'alpha'],
  ['profile', () => profile(january, { keepSamples: true } as object), 'keepSample'],
  [
    'a policy',
    () => detectDrift(january, february, { policy: { minimumJudge: 1 } as object }),
    'minimumJudged',
  ],
])('%s refuses what is no option, by the nearest name', (_, run, meant) => {
  expect(run).toThrow(`must be an option: "${meant}", maybe`)
})

test('so do those that answer later', async () => {
  const misspelt = { time: undefined, corection: 'none' } as object
  await expect(detectDriftAsync(january, february, misspelt)).rejects.toThrow('"correction", maybe')
})

describe('a method of one’s own that is none', () => {
  test.each<[object, RegExp]>([
    [{ name: 'own', compar: {} }, /"methods.age.compar" must be an option: "compare", maybe/],
    [{ name: 'own' }, /"methods.age.compare" must be an object with functions/],
    [
      { name: 'own', compare: { vales: () => null } },
      /age.compare.vales" must be an option: "values"/,
    ],
  ])('%j is refused before a column is read', (own, message) => {
    const run = () => detectDrift(january, february, { methods: { age: own as DriftMethod } })
    expect(run).toThrow(message)
  })

  test.each([[undefined], [{ statistic: 1 }], [Promise.resolve()], [{ kind: 'divergence' }]])(
    'that returns %j fails for its own column, and says what is a result',
    (result) => {
      const own = { name: 'own', compare: { values: () => result }, threshold: 1 } as never
      const [age, city] = detectDrift(january, february, { methods: { age: own } }).columns
      expect(age).toMatchObject({
        verdict: 'error',
        reason: expect.stringContaining("the method returned no result: { kind: 'divergence'"),
      })
      expect(city!.verdict).not.toBe('error')
    },
  )
})

test('weights that leave nothing to count are refused', () => {
  const names = Object.keys(january).slice(0, 2)
  expect(() =>
    detectDrift(january, february, {
      columns: names,
      weights: Object.fromEntries(names.map((name) => [name, 0])),
    }),
  ).toThrow('"weights" must be above 0 for one feature at least')
})
