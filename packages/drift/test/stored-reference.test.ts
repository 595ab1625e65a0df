import { numericProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BUILT_IN_METHODS,
  type ColumnDrift,
  type DriftReport,
  detectDrift,
  detectDriftAsync,
  detectDriftByColumn,
  type MethodName,
  mergeTableProfiles,
  parseTableProfile,
  profile,
  redactTableProfile,
  type TableProfile,
} from '../src/index.ts'
import { normalSample } from './normal-sample.ts'

const SUMMED_OVER_CELLS = [
  'population-stability-index',
  'jensen-shannon',
  'kullback-leibler',
  'hellinger',
  'total-variation',
] as const satisfies readonly MethodName[]

const NEEDS_VALUES = Object.values(BUILT_IN_METHODS).flatMap(({ name, compare }) =>
  compare.values !== undefined && compare.bins === undefined ? [name as MethodName] : [],
)

/** Smooth, tied, with atoms at the ends and in the middle, with few values, or as a fuzzer likes them. */
const sample = fc.oneof(
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 80 }),
  fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 400 }),
  fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 400 }),
  fc
    .tuple(
      fc.constantFrom(0, 1, -3),
      fc.integer({ min: 0, max: 60 }),
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 40 }),
    )
    .map(([value, times, others]) => [...new Array<number>(times).fill(value), ...others]),
)

const stored = (values: readonly number[], options = {}): TableProfile =>
  parseTableProfile(JSON.stringify(profile({ x: values }, options)))

const LOWER_BOUND =
  /^compared by counts in bins: the Kolmogorov-Smirnov distance, .*, is a lower bound$/

const only = ({ columns }: { readonly columns: readonly ColumnDrift[] }): ColumnDrift => columns[0]!

describe.each(SUMMED_OVER_CELLS)('%s', (method) => {
  const options = { method, minimumValues: 1 }

  test('is that of the values, whichever way the reference is given', () => {
    fc.assert(
      fc.property(sample, sample, (before, after) => {
        const expected = only(detectDrift({ x: before }, { x: after }, options))
        const { profile: counted } = stored(before).columns[0]!
        const exact = {
          'with its sample': only(
            detectDrift(stored(before, { keepSample: true }), { x: after }, options),
          ),
        }
        const counts = {
          stored: only(detectDrift(stored(before), { x: after }, options)),
          'fewer bins': only(detectDrift(stored(before, { bins: 10 }), { x: after }, options)),
          histograms: only(
            detectDrift(
              { x: counted },
              { x: numericProfile(after, counted.kind === 'numeric' ? counted.edges : []) },
              options,
            ),
          ),
        }
        for (const [way, column] of Object.entries({ ...exact, ...counts })) {
          expect(column.verdict, way).not.toBe('error')
          expect(Math.abs(column.statistic! - expected.statistic!), way).toBeLessThan(1e-9)
          const own = way in exact ? [] : [expect.stringMatching(LOWER_BOUND)]
          expect([[], own], way).toContainEqual(column.warnings)
        }
      }),
    )
  })

  test('in a worker, and column by column, too', async () => {
    const before = normalSample(700, 1)
    const after = normalSample(600, 2).map((x) => x + 0.1)
    const { statistic } = only(detectDrift({ x: before }, { x: after }, options))
    const shape = { rowCount: 700, columnNames: ['x'] }
    const reports = [
      await detectDriftAsync(stored(before), { x: after }, options),
      await detectDriftByColumn(
        {
          reference: shape,
          current: shape,
          read: async () => ({ reference: stored(before).columns[0]!, current: after }),
        },
        options,
      ),
    ]
    for (const report of reports) {
      expect(Math.abs(only(report).statistic! - statistic!)).toBeLessThan(1e-9)
    }
  })

  test('with other bins it is interpolated, and the report says between which numbers it is', () => {
    const pairs = [
      [normalSample(2000, 3), normalSample(2000, 4)],
      [normalSample(2000, 5), normalSample(900, 6).map((x) => 1.2 * x + 0.2)],
      [normalSample(1500, 7).map(Math.exp), normalSample(1500, 8).map(Math.exp)],
      [
        normalSample(1500, 9).map((x) => Math.max(0, x)),
        normalSample(1500, 10).map((x) => Math.max(0, x)),
      ],
      [normalSample(3000, 11).map(Math.round), normalSample(800, 12).map(Math.round)],
    ] as const
    for (const [before, after] of pairs) {
      const { statistic } = only(detectDrift({ x: before }, { x: after }, options))
      const equalWidths = Array.from({ length: 41 }, (_, i) => -5 + i / 4)
      const merged = mergeTableProfiles(
        profile({ x: before.slice(0, 700) }),
        reCounted(before.slice(700), profile({ x: before.slice(0, 700) })),
      )
      const { sample: _, ...old } = withoutDeciles(stored(before, { bins: 256 })).columns[0]!
      for (const reference of [
        { ...stored(before), columns: [old] },
        stored(before, { bins: 64 }),
        stored(before, { bins: 7 }),
        { x: numericProfile(before, equalWidths) },
        merged,
      ]) {
        const column = only(detectDrift(reference, { x: after }, options))
        const warning = column.warnings.find((text) => !LOWER_BOUND.test(text))
        if (warning === undefined) {
          expect(Math.abs(column.statistic! - statistic!)).toBeLessThan(1e-6)
          continue
        }
        const [, least, most] = /between (\S+) and (\S+);/.exec(warning)!
        for (const value of [statistic!, column.statistic!]) {
          expect(value).toBeGreaterThan(Number(least) * 0.99 - 1e-6)
          expect(value).toBeLessThan(Number(most) * 1.01 + 1e-6)
        }
      }
    }
  })
})

test.each([
  [260, 1e-9],
  [256, 0.01],
  [64, 0.05],
])('a profile of %d bins of a smooth column is within %d of the value', (bins, share) => {
  const [before, after] = [normalSample(2000, 13), normalSample(2000, 14).map((x) => x + 0.3)]
  for (const method of SUMMED_OVER_CELLS) {
    const { statistic } = only(detectDrift({ x: before }, { x: after }, { method }))
    const column = only(detectDrift(stored(before, { bins }), { x: after }, { method }))
    expect(Math.abs(column.statistic! - statistic!)).toBeLessThan(share * statistic!)
  }
})

test('the kernels themselves compare between the deciles of a stored profile', () => {
  const [before, after] = [normalSample(500, 15), normalSample(500, 16)]
  const { profile: reference } = stored(before).columns[0]!
  if (reference.kind !== 'numeric') throw new TypeError('numbers')
  const current = numericProfile(after, reference.edges)
  for (const method of SUMMED_OVER_CELLS) {
    const { values, bins } = BUILT_IN_METHODS[method].compare
    const expected = values!(Float64Array.from(before).sort(), Float64Array.from(after).sort())
    expect(bins!(reference, current).statistic).toBeCloseTo(expected.statistic, 9)
  }
})

test('no drift is called drift no more often than from the values', () => {
  const pairs = 100
  const alarms = { table: 0, stored: 0 }
  for (let i = 0; i < pairs; i++) {
    const [before, after] = [normalSample(2000, 100 + i), normalSample(2000, 900 + i)]
    for (const [way, reference] of [
      ['table', { x: before }],
      ['stored', profile({ x: before })],
    ] as const) {
      const { statistic } = only(
        detectDrift(reference, { x: after }, { method: 'jensen-shannon', correction: 'none' }),
      )
      if (statistic! >= 0.06) alarms[way]++
    }
  }
  expect(alarms.stored).toBe(alarms.table)
  expect(alarms.table).toBeLessThan(5)
})

test.each(NEEDS_VALUES)(
  '%s is refused without a sample, with the cure, and is exact with it',
  (method) => {
    const [before, after] = [normalSample(60, 17), normalSample(60, 18)]
    expect(only(detectDrift(stored(before), { x: after }, { method }))).toMatchObject({
      verdict: 'error',
      reason: `${method} needs the values themselves: store the reference with keepSample`,
    })
    const kept = detectDrift(stored(before, { keepSample: true }), { x: after }, { method })
    expect(kept.columns).toEqual(detectDrift({ x: before }, { x: after }, { method }).columns)
  },
)

test('the distance of bins is never above that of the values, and where it is not known the report says so', () => {
  const told = { lower: 0, equal: 0 }
  fc.assert(
    fc.property(sample, sample, (before, after) => {
      const options = { minimumValues: 1 }
      const expected = only(detectDrift({ x: before }, { x: after }, options))
      const column = only(detectDrift(stored(before), { x: after }, options))
      expect(column.statistic!).toBeLessThan(expected.statistic! + 1e-9)
      if (column.statistic! > expected.statistic! - 1e-6) told.equal++
      else {
        told.lower++
        expect(column.warnings).toContainEqual(expect.stringMatching(LOWER_BOUND))
      }
      expect(expected.warnings).toEqual([])
    }),
  )
  expect(told.lower).toBeGreaterThan(5)
  expect(told.equal).toBeGreaterThan(5)
})

test('three values against three: p of the bins is that of the values, not 0', () => {
  const options = { minimumValues: 1, method: 'psi' } as const
  const [before, after] = [
    [1, 2, 3],
    [11, 12, 13],
  ] as const
  const expected = only(detectDrift({ x: before }, { x: after }, options))
  expect(expected).toMatchObject({ pValue: 0.1, verdict: 'stable' })
  for (const reference of [stored(before), stored(before, { bins: 10 })]) {
    expect(only(detectDrift(reference, { x: after }, options))).toMatchObject({
      pValue: expected.pValue,
      verdict: expected.verdict,
    })
  }
})

test('of few values, raw and stored have one verdict', () => {
  const few = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 5 })
  const verdicts = new Set<string>()
  fc.assert(
    fc.property(few, few, fc.constantFrom(0, 5, 20), (before, current, shift) => {
      const after = current.map((x) => x + shift)
      for (const method of SUMMED_OVER_CELLS) {
        const options = { minimumValues: 1, method }
        const { verdict } = only(detectDrift({ x: before }, { x: after }, options))
        verdicts.add(verdict)
        expect(only(detectDrift(stored(before), { x: after }, options)).verdict).toBe(verdict)
      }
    }),
  )
  expect(verdicts.size).toBeGreaterThan(1)
})

test('where counts came through a rate they are no whole numbers, and p is no smaller than that of rounded ones', () => {
  const edges = [0, 1, 2, 3]
  const counted = (counts: readonly number[]) => ({
    ...numericProfile([], edges),
    counts,
    n: counts.reduce((sum, count) => sum + count, 0),
  })
  const options = { minimumValues: 1 }
  const whole = only(detectDrift({ x: counted([3, 0, 0]) }, { x: counted([0, 0, 3]) }, options))
  const rates = only(detectDrift({ x: counted([2.9, 0, 0]) }, { x: counted([0, 0, 3.2]) }, options))
  expect(whole.pValue).toBeCloseTo(0.1, 12)
  expect(rates.pValue).toBeCloseTo(0.1, 12)
})

test('a stored profile is no larger than one of 256 bins by much', () => {
  const values = { x: normalSample(5000, 19) }
  const size = JSON.stringify(profile(values)).length
  const old = JSON.stringify(withoutDeciles(profile(values, { bins: 256 }))).length
  expect(size / old).toBeLessThan(1.03)
})

describe('the times that a profile was stored with', () => {
  const at = (month: number) =>
    Array.from({ length: 200 }, (_, i) => new Date(Date.UTC(2026, month, 1 + (i % 28))))
  const month = (number: number) => ({ at: at(number), x: normalSample(200, number) })
  const stored = (number: number) => profile(month(number), { time: 'at' })
  const range = (number: number) => [Date.UTC(2026, number, 1), Date.UTC(2026, number, 28)]
  const told = (report: DriftReport) => ({
    columns: report.columns.map(({ name }) => name),
    times: [report.reference.timeRange, report.current.timeRange],
    column: report.settings.timeColumn,
  })

  test.each([
    ['of the reference', stored(0), month(1)],
    ['of both', stored(0), stored(1)],
  ])('%s are told, and not compared', (_, reference, current) => {
    const expected = { columns: ['x'], times: [range(0), range(1)], column: 'at' }
    expect(told(detectDrift(reference, current))).toEqual(expected)
    expect(told(detectDrift(reference, current, { columns: ['at', 'x'] }))).toEqual(expected)
  })

  test('that are gone are found as any other column is', () => {
    const { at: _, ...others } = month(1)
    const report = detectDrift(stored(0), others)
    expect(report.missingColumns).toEqual(['at'])
    expect(report.decision).toMatchObject({ action: 'ACTION', cause: 'columns' })
  })

  test.each([
    [
      'texts',
      'a text',
      { changedTypes: [{ name: 'at', reference: 'datetime', current: 'categorical' }] },
    ],
    ['all missing', null, { missingColumns: ['at'] }],
    ['objects', { a: 1 }, { changedTypes: [{ name: 'at', reference: 'datetime', current: null }] }],
  ])('that are %s now are judged as any other column is', async (_, cell, told) => {
    const now = { ...month(1), at: Array(200).fill(cell) }
    const report = detectDrift(stored(0), now)
    expect(report).toMatchObject({ ...told, decision: { action: 'ACTION', cause: 'columns' } })
    expect(detectDrift(stored(0), now, { exclude: ['at'] }).columns).toHaveLength(1)
    expect(await detectDriftAsync(stored(0), now)).toEqual(report)
    const { rows } = stored(0)
    const shape = { rowCount: rows, columnNames: ['at', 'x'] }
    const byColumn = await detectDriftByColumn({
      reference: { ...shape, time: 'at' },
      current: shape,
      read: async (name) => ({
        reference: stored(0).columns.find((column) => column.name === name)!,
        current: now[name as 'at' | 'x'],
      }),
    })
    expect(byColumn).toMatchObject(told)
  })

  test('of a current table without rows are nobody’s fault', () => {
    expect(detectDrift(stored(0), { at: [], x: [] }).decision.action).toBe('UNDECIDED')
  })

  test('are compared where they are numbers that somebody calls times', () => {
    const numbers = { t: normalSample(200, 3), x: normalSample(200, 4) }
    const report = detectDrift(profile(numbers, { time: 't' }), numbers)
    expect(told(report).columns).toEqual(['t', 'x'])
  })

  test('are compared where the two differ, or the caller has another use for them', () => {
    const other = profile({ ...month(1), until: at(1) }, { time: 'until' })
    expect(told(detectDrift(stored(0), other)).columns).toEqual(['at', 'x', 'until'])
    expect(told(detectDrift(stored(0), month(1), { target: 'at' })).columns).toEqual(['at', 'x'])
    expect(told(detectDrift(profile(month(0)), month(1))).columns).toEqual(['at', 'x'])
    expect(told(detectDrift(month(0), stored(1))).columns).toEqual(['at', 'x'])
  })

  test('go with the profile: as JSON, redacted, merged', () => {
    const again = parseTableProfile(JSON.stringify(stored(0)))
    expect(again.time).toBe('at')
    expect(redactTableProfile(again, 'a key of our own').time).toBe('at')
    const like = profile(month(1), { like: again, time: 'at' })
    expect(mergeTableProfiles(again, like).time).toBe('at')
    expect(mergeTableProfiles(again, profile(month(1), { like: again })).time).toBe('at')
    const other = profile(month(1), { like: again, time: 'x' })
    expect(mergeTableProfiles(again, other).time).toBeUndefined()
    expect(() => parseTableProfile(JSON.stringify({ ...again, time: 7 }))).toThrow(
      '"profile.time" must be the name of a column, received 7',
    )
  })
})

test('dates whose method needs values have not changed their type', () => {
  const moments = Array.from({ length: 200 }, (_, i) => Date.UTC(2026, 0, 1 + (i % 28)))
  const dates = moments.map((time) => new Date(time))
  const options = { types: { at: 'datetime' as const }, method: 'wasserstein' as const }
  const report = detectDrift(profile({ at: dates }), { at: moments }, options)
  expect(report.changedTypes).toEqual([])
  expect(report.decision).toMatchObject({ action: 'UNDECIDED', cause: 'unjudged' })
})

function withoutDeciles(table: TableProfile): TableProfile {
  const columns = table.columns.map((column) => {
    if (column.profile.kind !== 'numeric') return column
    const { deciles: _, ...bins } = column.profile
    return { ...column, profile: bins }
  })
  return { ...table, columns }
}

function reCounted(values: readonly number[], like: TableProfile): TableProfile {
  const columns = like.columns.map((column) => ({
    ...column,
    profile: numericProfile(values, (column.profile as { edges: readonly number[] }).edges),
  }))
  return { ...like, rows: values.length, columns }
}
