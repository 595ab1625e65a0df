import {
  type CategoricalProfile,
  type ColumnInput,
  InvalidArgumentError,
  type MetricFamily,
  type NumericProfile,
  numericProfile,
  UnsupportedVersionError,
  uncounted,
} from '@tidegauge/core'
import { detectDrift, profile, type StoredColumn, type TableProfile } from '@tidegauge/drift'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CELL_CASES } from '../../core/test/cell-cases.ts'
import { type FeatureMonitorOptions, featureMonitor, type LiveVerdict } from './index.ts'

type Row = Record<string, unknown>

const rows = Array.from({ length: 400 }, (_, i) => ({
  distance: (i * 37) % 400,
  carrier: ['UA', 'AA', 'DL'][i % 3]!,
  delayed: i % 4 === 0,
  answer: i % 5 === 0,
}))
const reference = profile(rows)

describe.each(CELL_CASES)('$name', ({ cell, number, category }) => {
  const expected = (reads: unknown) => [reads === 'missing' || reads === 'invalid' ? 1 : 0]

  test('is the number of a table in the window', () => {
    const isCounted = typeof number === 'number' && Number.isFinite(number)
    const before = isCounted ? [number, number] : [1, 2]
    const monitor = monitorOf({ reference: profile({ x: before }, { types: { x: 'numeric' } }) })
    monitor.observe({ x: cell })
    const counted = only(monitor.window()).profile as NumericProfile
    expect(uncounted(counted)).toBe(isCounted ? 0 : 1)
    expect(counted.infinite).toBe(isCounted || typeof number !== 'number' ? 0 : 1)
    if (isCounted) expect(0 + counted.min!).toBe(number)
  })

  test('is the category of a table in the window', () => {
    const named = typeof category === 'object' ? category.text : 'another'
    const monitor = monitorOf({
      reference: profile({ x: [named] }, { types: { x: 'categorical' } }),
    })
    monitor.observe({ x: cell })
    const counted = only(monitor.window()).profile as CategoricalProfile
    expect([counted.missing]).toEqual(expected(category))
    expect(counted.counts).toEqual(typeof category === 'object' ? [1] : [0])
    expect(counted.other).toBe(0)
  })
})

describe('counting', () => {
  const number = fc.oneof(
    fc.integer({ min: -40, max: 440 }),
    fc.double({ noNaN: false }),
    fc.bigInt({ min: -500n, max: 500n }),
    fc.boolean(),
    fc.integer({ min: -40, max: 440 }).map((x) => new Date(x)),
    fc.constantFrom(null, undefined, new Date(Number.NaN), ' 7 ', '1e2', '-0', 'Infinity', '31'),
  )
  const category = fc.oneof(
    fc.constantFrom(
      'a',
      'b',
      'c',
      '',
      '1',
      '-0',
      '1.0',
      '1e21',
      'true',
      '__proto__',
      'constructor',
    ),
    fc.constantFrom(null, undefined, true, false, 0, -0, 1, 1.5, 1e21, Number.NaN, 12n),
    fc.constantFrom(Number.POSITIVE_INFINITY, new Date(0), new Date(Number.NaN)),
  )

  test.each(['numeric', 'datetime'] as const)('reads a %s column as profile() does', (type) => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), fc.array(number), (before, after) => {
        const stored = profile({ x: before }, { types: { x: type } })
        const monitor = monitorOf({ reference: stored })
        for (const x of after) monitor.observe({ x })
        const { sum, ...counted } = only(monitor.window()).profile as NumericProfile
        const { values, ...besides } = finiteOf(after, type)
        const { edges } = only(stored).profile as NumericProfile
        const { sum: expectedSum, ...expected } = numericProfile(values, edges, besides)
        expect(counted).toEqual(expected)
        if (expectedSum !== null) expect(sum).toBeCloseTo(expectedSum, 6)
        expect(monitor.window().rows).toBe(after.length)
      }),
    )
  })

  test('reads a categorical column as profile() does, the names that the reference lacks among them', () => {
    fc.assert(
      fc.property(
        fc.array(category),
        fc.array(category),
        fc.integer({ min: 1, max: 8 }),
        (before, after, maxCategories) => {
          const types = { x: 'categorical' } as const
          const stored = profile({ x: before }, { types, maxCategories })
          const monitor = monitorOf({ reference: stored })
          for (const x of after) monitor.observe({ x })
          const counted = only(monitor.window()).profile as CategoricalProfile
          const known = new Set((only(stored).profile as CategoricalProfile).categories)
          const all = only(profile({ x: after }, { types })).profile as CategoricalProfile
          const expected = new Map(all.categories.map((name, i) => [name, all.counts[i]!]))
          expect(new Set(counted.categories)).toEqual(new Set([...known, ...all.categories]))
          expect([counted.other, counted.otherAtMost]).toEqual([0, 0])
          counted.categories.forEach((name, i) => {
            expect(counted.counts[i]).toBe(expected.get(name) ?? 0)
          })
          expect([counted.n, counted.missing]).toEqual([all.n, all.missing])
        },
      ),
    )
  })

  test.each([
    ['distance', [{}, [], Symbol('x'), () => 1, 'far', '', ' ', '2024-01-01', 'NaN']],
    ['carrier', [{}, [], Symbol('x'), () => 1]],
  ])('what %s does not take is invalid, and missing in the window', (name, values) => {
    const errors: unknown[] = []
    const monitor = monitorOf({ reference, onError: (error) => errors.push(error) })
    for (const value of values) monitor.observe({ [name]: value })
    expect(valuesOf(monitor, 'drift_feature_invalid')[name]).toBe(values.length)
    expect(valuesOf(monitor, 'drift_feature_missing')[name]).toBe(0)
    expect(column(monitor.window(), name).profile).toMatchObject({ n: 0, missing: values.length })
    expect(errors).toEqual([])
  })

  test('texts that the reference counted as missing are missing, and no others', () => {
    const missing = ['NA', '-999', ''].map((text) => ({ text, count: 1 }))
    const columns = reference.columns.map((one) => ({
      ...one,
      reading: { missing, decimalSign: ',' as const },
    }))
    const monitor = monitorOf({ reference: { ...reference, columns } })
    const live = ['NA', '-999', '', 'N/A', '3,5', -999, 'toString']
    for (const value of live) monitor.observe({ ...rows[0], distance: value, carrier: value })
    const seen = (name: string, feature: string) => valuesOf(monitor, name)[feature]
    expect(seen('drift_feature_missing', 'distance')).toBe(3)
    expect(seen('drift_feature_invalid', 'distance')).toBe(3)
    expect(column(monitor.window(), 'distance').profile).toMatchObject({ n: 1, missing: 6 })
    expect(seen('drift_feature_missing', 'carrier')).toBe(3)
    expect(seen('drift_feature_invalid', 'carrier')).toBe(0)
    expect(column(monitor.window(), 'carrier').profile).toMatchObject({ n: 4, missing: 3 })
    const [distance] = monitor.check().columns
    expect(distance!.reading).toEqual({ reference: { missing, decimalSign: ',' } })
  })

  test('a category of the reference stays one, though it counted such texts as missing elsewhere', () => {
    const columns = reference.columns.map((one) => ({
      ...one,
      reading: { missing: [{ text: 'UA', count: 1 }] },
    }))
    const monitor = monitorOf({ reference: { ...reference, columns } })
    monitor.observe(rows[0]!)
    expect(column(monitor.window(), 'carrier').profile).toMatchObject({ n: 1, missing: 0 })
  })

  test('ids, each another one, are never stable', () => {
    const ids = profile({ x: Array.from({ length: 3000 }, (_, i) => `id ${i}`) })
    const few = profile({ x: Array.from({ length: 200 }, (_, i) => `id ${i}`) })
    for (const stored of [ids, few]) {
      const monitor = monitorOf({ reference: stored })
      for (let i = 0; i < 400; i++) monitor.observe({ x: `new ${i}` })
      const [x] = monitor.check().columns
      expect(x!.verdict).not.toBe('stable')
      expect(x!.verdict).not.toBe('negligible')
    }
  })

  test('a value that cannot be read is invalid and told; the rest of its row counts', () => {
    const errors: unknown[] = []
    const monitor = monitorOf({ reference, onError: (error) => errors.push(error) })
    const row = {
      ...rows[0],
      get distance(): number {
        throw new Error('no distance')
      },
    }
    const proxy = new Proxy(rows[0]!, {
      get() {
        throw new Error('no properties')
      },
    })
    monitor.observe(row)
    monitor.observe(proxy)
    expect(valuesOf(monitor, 'drift_feature_invalid')).toMatchObject({ distance: 2, carrier: 1 })
    expect(column(monitor.window(), 'carrier').profile.n).toBe(1)
    expect(errors.map(String)).toContain('Error: no distance')
    expect(errors.map(String)).toContain('Error: no properties')
  })

  test.each([
    ['null', () => null],
    ['undefined', () => undefined],
    ['a number', () => 7],
    ['a text', () => 'row'],
    ['an array', () => [1, 2]],
    ['a symbol', () => Symbol('x')],
    ['a revoked proxy', revoked],
  ])('what is no row is told and not counted: %s', (_, make) => {
    const errors: unknown[] = []
    const monitor = monitorOf({ reference, onError: (error) => errors.push(error) })
    expect(() => monitor.observe(make() as Row)).not.toThrow()
    expect(errors).toHaveLength(1)
    expect(monitor.window().rows).toBe(0)
  })

  test('neither onError nor the clock can make it throw', () => {
    let isBroken = false
    const monitor = monitorOf({
      reference,
      now: () => {
        if (isBroken) throw new Error('no time')
        return 0
      },
      onError: () => {
        throw new Error('no ear')
      },
    })
    isBroken = true
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    expect(() => monitor.observe(rows[0]!)).not.toThrow()
    expect(() => monitor.observe(null as never)).not.toThrow()
    expect(warned).toHaveBeenCalledOnce()
    warned.mockRestore()
  })

  test('takes own columns alone, whatever they are called', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
    const table = names.map((name) => [name, [1, 2, 3]] as const)
    const monitor = monitorOf({ reference: profile(Object.fromEntries<ColumnInput>(table)) })
    monitor.observe({})
    monitor.observe(Object.create({ constructor: 2 }) as Row)
    monitor.observe(JSON.parse('{"__proto__": 2, "constructor": 2, "toString": 2}') as Row)
    const missing = monitor.window().columns.map(({ name, profile: { n, missing } }) => {
      return [name, n, missing]
    })
    expect(missing).toEqual([
      ['__proto__', 1, 2],
      ['constructor', 1, 2],
      ['toString', 1, 2],
      ['hasOwnProperty', 0, 3],
    ])
  })

  test('what was put into the prototype of all objects is no column of a row', () => {
    const monitor = monitorOf({ reference })
    const polluted = Object.prototype as { distance?: number }
    polluted.distance = 7
    try {
      monitor.observe({ carrier: 'UA' })
    } finally {
      delete polluted.distance
    }
    class Request {
      readonly carrier = 'UA'
      get distance(): number {
        return 7
      }
    }
    monitor.observe(new Request() as never)
    expect(column(monitor.window(), 'distance').profile).toMatchObject({ n: 0, missing: 2 })
    expect(column(monitor.window(), 'carrier').profile.n).toBe(2)
  })
})

describe('the window', () => {
  test('moves on with time, and the counters stay', () => {
    let time = 1_000_000
    const monitor = monitorOf({ reference, now: () => time, window: { seconds: 60, slices: 6 } })
    for (const row of rows) monitor.observe(row)
    time += 59_000
    expect(monitor.window().rows).toBe(400)
    time += 1000
    expect(monitor.window().rows).toBe(0)
    expect(countedOf(monitor, 'distance')).toBe(400)
  })

  test('where the clock is set back, time stands still for a moment and goes on', () => {
    let time = 1e12
    const monitor = monitorOf({ reference, now: () => time, window: { seconds: 60, slices: 6 } })
    for (const row of rows) monitor.observe(row)
    time -= 3_600_000
    expect(monitor.window().rows).toBe(400)
    time += 59_000
    monitor.observe(rows[0]!)
    expect(monitor.window().rows).toBe(401)
    time += 1000
    expect(monitor.window().rows).toBe(1)
  })

  test('where the clock jumps ahead, or the machine slept, what is too old is forgotten', () => {
    let time = 1e12
    const monitor = monitorOf({ reference, now: () => time, minimumValues: 50 })
    for (const row of rows) monitor.observe(row)
    time += 8 * 3_600_000
    expect(monitor.check().columns.map(({ verdict }) => verdict)).toEqual(
      Array(4).fill('insufficient-data'),
    )
    for (const row of rows) monitor.observe(row)
    expect(monitor.check().current).toMatchObject({ rows: 400, timeRange: [time, time] })
  })

  test('a clock that gives no number moves nothing', () => {
    let time = 1e12
    const monitor = monitorOf({ reference, now: () => time })
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e12]) {
      time = bad
      monitor.observe(rows[0]!)
    }
    expect(monitor.window().rows).toBe(3)
  })

  test('holds at most maxCount rows, the newest', () => {
    const window = { maxCount: 100, slices: 10 }
    const monitor = monitorOf({ reference, window, minimumValues: 90 })
    rows.forEach((row, i) => {
      monitor.observe({ ...row, distance: i })
    })
    const { min, max, n } = column(monitor.window(), 'distance').profile as NumericProfile
    expect([n, min, max]).toEqual([100, 300, 399])
  })
})

describe('check', () => {
  test('is detectDrift of the reference and the window, at the level of one look', () => {
    const monitor = monitorOf({
      reference,
      target: 'delayed',
      prediction: 'answer',
      drift: { tolerance: 0.2, policy: { shareThreshold: 0.5 } },
    })
    for (const row of rows) monitor.observe({ ...row, distance: row.distance / 2 + 200 })
    const { current, ...report } = monitor.check()
    const direct = detectDrift(reference, monitor.window(), {
      target: 'delayed',
      prediction: 'answer',
      alpha: 0.05 / 10_080,
      minimumValues: 200,
      tolerance: 0.2,
      policy: { shareThreshold: 0.5 },
      names: { current: 'live window' },
    })
    const { current: directCurrent, ...expected } = direct
    expect(report).toEqual(expected)
    expect(current).toEqual({ ...directCurrent, timeRange: [0, 0] })
    expect(report.columns.map(({ role, verdict }) => [role, verdict])).toEqual([
      ['feature', 'drifted'],
      ['feature', 'stable'],
      ['target', 'stable'],
      ['prediction', 'stable'],
    ])
    expect(report.decision.action).toBe('ACTION')
  })

  test('tells the times of a column of dates on both sides, not when its rows were counted', () => {
    const dated = Array.from({ length: 300 }, (_, i) => ({ departure: new Date(1e12 + i), x: i }))
    const monitor = monitorOf({ reference: profile(dated), now: () => 5e12 })
    for (const { departure, x } of dated)
      monitor.observe({ departure: new Date(+departure + 7), x })
    const { settings, current } = monitor.check()
    expect(settings.timeColumn).toBe('departure')
    expect(current.timeRange).toEqual([1e12 + 7, 1e12 + 306])
  })

  test('gives the verdicts of detectDrift on the rows themselves', () => {
    const live = rows.map((row, i) => ({ ...row, carrier: i % 2 === 0 ? 'UA' : 'DL' }))
    const monitor = monitorOf({ reference })
    for (const row of live) monitor.observe(row)
    const direct = detectDrift(reference, live, { alpha: 0.05 / 10_080, minimumValues: 200 })
    const verdicts = ({ columns }: typeof direct) =>
      columns.map(({ name, verdict }) => [name, verdict])
    expect(verdicts(monitor.check())).toEqual(verdicts(direct))
    expect(monitor.check().columns[1]!.verdict).toBe('drifted')
  })

  test('a feature that comes as text instead of numbers changed its type', () => {
    const monitor = monitorOf({ reference })
    for (const row of rows) monitor.observe({ ...row, distance: 'far' })
    expect(monitor.check().columns[0]).toMatchObject({
      finding: 'changed-type',
      verdict: 'error',
      drifted: false,
      reason:
        'its type changed: numeric in the reference, and no value of that type in the current table; 400 values are no numbers: hand them over as the reference has them, or store a reference of the new type',
      missing: { current: 1 },
    })
  })

  test('a feature that comes without any value is gone', () => {
    const monitor = monitorOf({ reference })
    for (const row of rows) monitor.observe({ ...row, distance: null })
    const [column] = monitor.check().columns
    expect(column).toMatchObject({ finding: 'gone', verdict: 'error', drifted: false })
    expect(column!.reason).toMatch(/^no value in the current table; \d.*% were missing in the ref/)
  })

  test('below minimumValues nothing is judged', () => {
    const monitor = monitorOf({ reference, minimumValues: 300 })
    for (const row of rows.slice(0, 299)) monitor.observe({ ...row, distance: 9999 })
    expect(monitor.check().evaluatedFeatures).toBe(0)
    monitor.observe(rows[0]!)
    expect(monitor.check().evaluatedFeatures).toBe(4)
  })

  test.each([
    [{ probability: 0.01, perSeconds: 3600 }, 60, 0.01 / 60],
    [{ probability: 0.2, perSeconds: 10 }, 60, 0.2],
    [{ probability: 0.05, perSeconds: 90 }, 60, 0.025],
  ])('spends %o over looks every %d s', (falseAlarms, checkEverySeconds, alpha) => {
    const monitor = monitorOf({ reference, falseAlarms, checkEverySeconds })
    expect(monitor.check().settings.alpha).toBeCloseTo(alpha, 15)
  })

  test('a sample that the reference keeps changes nothing: bins are compared with bins', () => {
    const sampled = monitorOf({ reference: profile(rows, { keepSample: true }) })
    const plain = monitorOf({ reference })
    for (const row of rows) {
      sampled.observe(row)
      plain.observe(row)
    }
    expect(sampled.check()).toEqual(plain.check())
  })
})

describe('families', () => {
  const shares = ['drift_feature_bin', 'drift_feature_missing', 'drift_feature_invalid']

  test('all series are there from the start, the counters at 0', () => {
    const monitor = monitorOf({ reference, target: 'delayed', prediction: 'answer', maxBins: 4 })
    const families = [...monitor.families()]
    expect(
      families.map(({ name, kind, labelNames, samples }) => [
        name,
        kind,
        labelNames.slice(5).join(),
        [...samples].length,
      ]),
    ).toEqual([
      ['drift_feature_bin', 'counter', 'bin', 4 + 4 + 3 + 3],
      ['drift_feature_missing', 'counter', '', 4],
      ['drift_feature_invalid', 'counter', '', 4],
      ['drift_reference_bin_ratio', 'gauge', 'bin,range', 4 + 4 + 3 + 3],
      ['drift_reference_values', 'gauge', '', 4],
      ['drift_reference_missing_ratio', 'gauge', '', 4],
      ['drift_feature_gone', 'gauge', '', 4],
      ['drift_feature_changed_type', 'gauge', '', 4],
    ])
    for (const { name, labelNames, samples } of families) {
      expect(labelNames.slice(0, 5)).toEqual(['model', 'reference', 'feature', 'role', 'type'])
      for (const { labelValues, value } of samples) {
        expect(labelValues).toHaveLength(labelNames.length)
        expect(labelValues.slice(0, 2)).toEqual(['flights', monitor.referenceId])
        if (shares.includes(name)) expect(value).toBe(0)
      }
    }
    const [bins] = families
    expect([...bins!.samples].map(({ labelValues }) => labelValues.slice(2).join())).toEqual([
      ...['00', '01', '02', '03'].map((bin) => `distance,feature,numeric,${bin}`),
      ...['00', '01', '02', '03'].map((bin) => `carrier,feature,categorical,${bin}`),
      ...['00', '01', '02'].map((bin) => `delayed,target,categorical,${bin}`),
      ...['00', '01', '02'].map((bin) => `answer,prediction,categorical,${bin}`),
    ])
  })

  test('each counted row is in one series of each feature, for good', () => {
    const value = fc.oneof(fc.double(), fc.string(), fc.constantFrom(null, {}, 'UA', true))
    const row = fc.record({ distance: value, carrier: value, delayed: value }, { requiredKeys: [] })
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 2, max: 99 }), (live, maxBins) => {
        let time = 0
        const window = { seconds: 10, slices: 2 }
        const monitor = monitorOf({ reference, maxBins, window, now: () => time })
        live.forEach((values, i) => {
          time += 1000
          monitor.observe(values as Row)
          for (const name of ['distance', 'carrier', 'delayed', 'answer']) {
            expect(countedOf(monitor, name)).toBe(i + 1)
          }
        })
      }),
      { numRuns: 30 },
    )
  })

  test("the counters of the reference's own rows are its shares", () => {
    const monitor = monitorOf({ reference, maxBins: 7 })
    for (const row of rows) monitor.observe(row)
    const live = family(monitor, 'drift_feature_bin')
    const expected = [...family(monitor, 'drift_reference_bin_ratio').samples]
    ;[...live.samples].forEach(({ value }, i) => {
      expect(value / rows.length).toBeCloseTo(expected[i]!.value, 12)
    })
  })

  test('a category that the reference has not met is drift and has its name, in any flood of others', () => {
    const types = { zip: 'categorical' } as const
    const zip = (i: number) => (i % 2 === 0 ? `frequent ${i % 3}` : `rare ${(i * 7919) % 20_000}`)
    const stored = profile(
      Array.from({ length: 50_000 }, (_, i) => ({ zip: zip(i) })),
      { types },
    )
    for (const [rare, newCategories] of [
      [() => 'UNKNOWN', ['UNKNOWN']],
      [(i: number) => (i % 5 < 2 ? 'UNKNOWN' : `flood ${i}`), ['UNKNOWN']],
    ] as const) {
      const monitor = monitorOf({ reference: stored })
      for (let i = 0; i < 2000; i++) {
        monitor.observe({ zip: i % 2 === 0 ? zip(i) : rare(i) })
      }
      expect(monitor.check().columns[0]).toMatchObject({ verdict: 'drifted', newCategories })
    }
    const quiet = monitorOf({ reference: stored })
    for (let i = 0; i < 2000; i++) quiet.observe({ zip: zip(i + 20_001) })
    expect(quiet.check().columns[0]).toMatchObject({ drifted: false, newCategories: [] })
  })

  test('ten thousand unknown categories are one count, and no memory', () => {
    const monitor = monitorOf({ reference })
    const size = () => JSON.stringify([...monitor.families(), monitor.window()]).length
    monitor.observe({ carrier: 'unknown' })
    const before = size()
    for (let i = 0; i < 10_000; i++)
      monitor.observe({ carrier: `carrier ${i}`, [`column ${i}`]: i })
    expect(size() - before).toBeLessThan(100)
    const other = [...family(monitor, 'drift_feature_bin').samples].find(
      ({ labelValues }) => labelValues[2] === 'carrier' && labelValues[5] === '03',
    )
    expect(other!.value).toBe(10_001)
  })
})

describe('replaceReference', () => {
  const retrained = profile(rows.map((row) => ({ ...row, distance: row.distance + 500 })))

  test('begins anew under the new id', () => {
    const monitor = monitorOf({ reference, prediction: 'answer' })
    const before = monitor.referenceId
    for (const row of rows) monitor.observe(row)
    monitor.replaceReference(retrained)
    expect(monitor.referenceId).not.toBe(before)
    expect(monitor.window().rows).toBe(0)
    for (const { samples } of monitor.families()) {
      for (const { labelValues } of samples) expect(labelValues[1]).toBe(monitor.referenceId)
    }
    expect(countedOf(monitor, 'distance')).toBe(0)
    for (const row of rows) monitor.observe({ ...row, distance: row.distance + 500 })
    expect(monitor.check().driftedFeatures).toBe(0)
  })

  test('refuses one that lacks a watched column, and goes on with the old one', () => {
    const monitor = monitorOf({ reference, prediction: 'answer' })
    monitor.observe(rows[0]!)
    expect(() => monitor.replaceReference(profile({ distance: [1, 2] }))).toThrow(
      /"prediction" must be a column of the reference \(distance/,
    )
    expect(monitor.window().rows).toBe(1)
  })
})

test('the times that the reference was stored with are no feature', () => {
  const at = rows.map((_, i) => new Date(Date.UTC(2026, 0, 1) + i * 60_000))
  const distance = rows.map((row) => row.distance)
  const stored = profile({ distance, at }, { time: 'at' })
  const monitor = featureMonitor({ reference: stored, model: 'flights' })
  for (const row of rows) monitor.observe({ distance: row.distance })
  const { columns, missingColumns } = monitor.check()
  expect({ columns: columns.map(({ name }) => name), missingColumns }).toEqual({
    columns: ['distance'],
    missingColumns: [],
  })
})

describe('the timer', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('tells verdicts from start() to stop()', async () => {
    const told: LiveVerdict[] = []
    const monitor = featureMonitor({
      reference,
      model: 'flights',
      features: ['distance'],
      onVerdict: (verdict) => {
        told.push(verdict)
      },
    })
    const observeAll = (shift: number) => {
      for (const row of rows) monitor.observe({ distance: row.distance + shift })
    }
    observeAll(300)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(told).toEqual([])
    monitor.start()
    monitor.start()
    await vi.advanceTimersByTimeAsync(59_000)
    expect(told).toEqual([])
    await vi.advanceTimersByTimeAsync(1000)
    expect(told).toMatchObject([
      {
        action: 'ACTION',
        previous: 'NO_ACTION',
        since: Date.now(),
        model: 'flights',
        referenceId: monitor.referenceId,
        report: { driftedFeatures: 1 },
      },
    ])
    monitor.replaceReference(profile(rows.map((row) => ({ distance: row.distance + 300 }))))
    await vi.advanceTimersByTimeAsync(600_000)
    expect(told).toHaveLength(1)
    observeAll(300)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(told.map(({ action }) => action)).toEqual(['ACTION', 'NO_ACTION'])
    monitor.stop()
    observeAll(900)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(told).toHaveLength(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a failing onVerdict goes to onError, and the looks go on', async () => {
    const errors: unknown[] = []
    let calls = 0
    const monitor = featureMonitor({
      reference,
      model: 'flights',
      onError: (error) => errors.push(error),
      onVerdict: async () => {
        if (calls++ === 0) throw new Error('pager is away')
      },
    })
    for (const row of rows) monitor.observe({ ...row, distance: 9999, carrier: 'new' })
    monitor.start()
    await vi.advanceTimersByTimeAsync(180_000)
    monitor.stop()
    expect(errors.map(String)).toEqual(['Error: pager is away'])
    expect(calls).toBe(2)
  })
})

describe('refuses', () => {
  const cases: Array<[string, Partial<Record<keyof FeatureMonitorOptions, unknown>>, RegExp]> = [
    ['a table', { reference: rows }, /"reference" must be a table profile: profile\(table\)/],
    ['no reference', { reference: undefined }, /"reference" must be a table profile/],
    ['an empty reference', { reference: profile([]) }, /at least one column/],
    [
      'categories under a key',
      { reference: profile(rows, { redact: 'a secret key' }) },
      /profile it without `redact`/,
    ],
    ['no model', { model: '' }, /"model" must be a name/],
    ['an unknown target', { target: 'late' }, /"target" must be a column of the reference \(dist/],
    ['one column for both', { target: 'answer', prediction: 'answer' }, /"prediction" must be/],
    ['a target among the features', { target: 'answer', features: ['answer'] }, /features\[0\]/],
    ['an unknown feature', { features: ['gate'] }, /"features\[0\]" must be a column/],
    ['a name as features', { features: 'distance' }, /"features" must be an array/],
    ['minimumValues', { minimumValues: 0 }, /"minimumValues" must be a whole number from 1/],
    ['maxBins', { maxBins: 100 }, /"maxBins" must be a whole number from 2 to 99/],
    ['slices', { window: { slices: 0.5 } }, /"window.slices"/],
    ['seconds', { window: { seconds: Number.NaN } }, /"window.seconds" must be seconds above 0/],
    ['maxCount', { window: { maxCount: 59 } }, /"window.maxCount" must be a whole number from 60/],
    [
      'a window below minimumValues',
      { window: { maxCount: 199 } },
      /at least minimumValues \(200\)/,
    ],
    ['an interval', { checkEverySeconds: 1e9 }, /"checkEverySeconds" must be seconds above 0, at/],
    ['cooldownSeconds', { cooldownSeconds: -1 }, /"cooldownSeconds" must be a number from 0/],
    ['a certainty', { falseAlarms: { probability: 1, perSeconds: 9 } }, /probability/],
    ['no time', { falseAlarms: { probability: 0.1, perSeconds: 0 } }, /perSeconds/],
    ['no clock', { now: 7 }, /"now" must be a function/],
    ['a clock of dates', { now: () => new Date(0) }, /"now\(\)" must be milliseconds since 1970/],
    ['a clock of bigints', { now: () => 1n }, /"now\(\)" must be milliseconds since 1970/],
    ['a clock without a time', { now: () => Number.NaN }, /"now\(\)" must be milliseconds .* NaN/],
    ['no function', { onVerdict: 'page' }, /"onVerdict" must be a function/],
    [
      'alpha',
      { drift: { alpha: 0.05 } },
      /"drift.alpha" must be an option: one of method, .*received 0.05/,
    ],
    ['a key', { drift: { redact: 'a secret key' } }, /"drift.redact" must be true or false/],
    [
      'a method that needs values',
      { drift: { methods: { distance: 'wasserstein' } } },
      /"drift" must be methods that compare bins, received "distance": wasserstein needs/,
    ],
  ]

  test.each(cases)('%s', (_, options, message) => {
    const create = () =>
      featureMonitor({ reference, model: 'flights', ...options } as FeatureMonitorOptions)
    expect(create).toThrow(message)
    expect(create).toThrow(InvalidArgumentError)
  })
})

test('refuses a reference that another version made', () => {
  const future = { ...reference, version: 3 } as unknown as TableProfile
  expect(() => monitorOf({ reference: future })).toThrow(UnsupportedVersionError)
})

function monitorOf(options: Omit<FeatureMonitorOptions, 'model'>) {
  return featureMonitor({ model: 'flights', now: () => 0, ...options })
}

function only({ columns }: TableProfile): StoredColumn {
  expect(columns).toHaveLength(1)
  return columns[0]!
}

function column({ columns }: TableProfile, name: string): StoredColumn {
  return columns.find((one) => one.name === name)!
}

/** What profile() counts, asked for one cell at a time; what it sets aside is missing. */
function finiteOf(cells: readonly unknown[], type: 'numeric' | 'datetime') {
  const values: number[] = []
  let [missing, infinite] = [0, 0]
  for (const cell of cells) {
    const counted = only(profile({ x: [cell] }, { types: { x: type } })).profile as NumericProfile
    if (counted.n === 1) values.push(counted.min!)
    missing += counted.missing
    infinite += counted.infinite
  }
  return { values, missing, infinite }
}

function family(monitor: ReturnType<typeof featureMonitor>, name: string): MetricFamily {
  return [...monitor.families()].find((one) => one.name === name)!
}

function valuesOf(monitor: ReturnType<typeof featureMonitor>, name: string) {
  return Object.fromEntries(
    [...family(monitor, name).samples].map(({ labelValues, value }) => [labelValues[2]!, value]),
  )
}

/** Bins, missing and invalid ones. */
function countedOf(monitor: ReturnType<typeof featureMonitor>, feature: string): number {
  return ['drift_feature_bin', 'drift_feature_missing', 'drift_feature_invalid']
    .flatMap((name) => [...family(monitor, name).samples])
    .filter(({ labelValues }) => labelValues[2] === feature)
    .reduce((sum, { value }) => sum + value, 0)
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
