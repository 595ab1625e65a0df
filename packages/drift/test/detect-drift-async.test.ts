import { spawn } from 'node:child_process'
import { getEventListeners, once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { categoricalProfile, numericProfile } from '@tidegauge/core'
import * as flechette from '@uwdata/flechette'
import * as apache from 'apache-arrow'
import * as aq from 'arquero'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import {
  BUILT_IN_METHODS,
  type DetectDriftAsyncOptions,
  type DetectDriftOptions,
  type DriftMethod,
  type DriftProgress,
  detectDrift,
  detectDriftAsync,
  driftPool,
  parseTableProfile,
  profile,
} from '../src/index.ts'

type Input = Parameters<typeof detectDrift>[0]

const pool = driftPool({ workers: 2 })
afterAll(() => pool.close())

/** What the workers answered; the threads themselves. */
const replies: string[] = []
const workers: Worker[] = []
let onWorker: ((worker: Worker) => void) | undefined
const watch = (worker: Worker) => {
  workers.push(worker)
  worker.on('message', ({ kind }: { kind: string }) => replies.push(kind))
  onWorker?.(worker)
}
process.on('worker', watch)
afterAll(() => process.off('worker', watch))
afterEach(() => {
  onWorker = undefined
})

/** So many columns a worker must have measured: else the caller's thread did, and nothing is shown. */
async function expectSameReport(
  reference: Input,
  current: Input,
  options: DetectDriftOptions = {},
  byWorkers?: number,
): Promise<void> {
  replies.length = 0
  const report = await detectDriftAsync(reference, current, { ...options, pool })
  expect(report).toStrictEqual(detectDrift(reference, current, options))
  const measured = replies.filter((kind) => kind === 'measured').length
  expect(measured).toBe(byWorkers ?? report.columns.length)
}

const N = 1500 // more than one block
const integers = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i)
const each = <T>(cell: (i: number) => T): T[] => Array.from({ length: N }, (_, i) => cell(i))
const waves = (shift: number) => each((i) => Math.sin(i) * 10 + shift)
const prose = (word: string) =>
  each((i) => `the ${word} number ${i} went down the long road ${i % 7}`)

function throwingAt(i: number, cells: unknown[], error: unknown = new Error('no value today')) {
  const broken = [...cells]
  Object.defineProperty(broken, i, {
    get() {
      throw error
    },
  })
  return broken
}

/** Every awkward column; those of `after` differ a little. */
function awkward(shift: number): Record<string, ArrayLike<unknown>> {
  return {
    numbers: waves(shift),
    gaps: each((i) => (i % 7 === shift ? null : i % 11 === 0 ? undefined : i % 13)),
    infinities: each((i) => (i % 50 === 0 ? Infinity : i % 51 === 0 ? -Infinity : i + shift)),
    zeros: each((i) => (i % 2 === 0 ? -0 : shift)),
    bigints: each((i) => 2n ** 60n + BigInt(i % 5) + BigInt(shift)),
    'bigints and numbers': each((i) => (i % 2 === 0 ? BigInt(i) : i + shift)),
    dates: each((i) => new Date(1.7e12 + i * 1e6 * (1 + shift))),
    'dates with gaps': each((i) => (i % 3 === 0 ? new Date(Number.NaN) : new Date(i))),
    'dates and numbers': each((i) => (i % 2 === 0 ? new Date(i) : i)),
    booleans: each((i) => i % (3 + shift) === 0),
    'booleans with gaps': each((i) => (i % 5 === 0 ? null : i % (3 + shift) === 0)),
    texts: each((i) => `city ${i % (4 + shift)}`),
    'many texts': each((i) => `user ${i * (1 + shift)}`),
    numerals: each((i) => String(i % 10)),
    surrogates: each((i) => (i % 2 === 0 ? '\ud800' : '\udfff é 漢')),
    prose: prose(shift === 0 ? 'cat' : 'dog'),
    'long prose': each((i) => `${i} and ${'on '.repeat(400 + shift)}`),
    mixed: each((i) => [i, `${i % 3}`, i % 2 === 0, null, new Date(i), -0, 0, 5n][i % 8]),
    missing: each((i) => [null, undefined, Number.NaN][i % 3]),
    'missing here': shift === 0 ? each(() => null) : integers(N),
    holes: Object.assign(new Array(N), { 5: 1, 6: 2 }),
    objects: each((i) => (i === 900 ? { id: i } : i)),
    arrays: each((i) => (i === 900 ? [i] : 'x')),
    functions: each((i) => (i === 3 ? () => i : i)),
    symbols: each((i) => (i === 3 ? Symbol('x') : i)),
    'throws first': throwingAt(0, waves(shift)),
    'throws late': throwingAt(1400, waves(shift)),
    'a text, then throws': throwingAt(
      1400,
      each((i) => (i === 1390 ? 'x' : i)),
    ),
    'throws a text': throwingAt(700, each(String), 'just a text'),
    'changes type': shift === 0 ? integers(N) : each(String),
    'text and texts': shift === 0 ? prose('cat') : each(() => 'short'),
  }
}

const dictionary = (shift: number) => ({
  int32: { codes: Int32Array.from(each((i) => (i % 9) - 1)), categories: [...'abcdefgh'] },
  plain: { codes: each((i) => (i % (4 + shift)) - 1), categories: [...'abcdefgh'] },
  repeated: { codes: Uint8Array.from(each((i) => i % 3)), categories: ['a', 'b', 'a'] },
  many: {
    codes: Uint32Array.from(each((i) => i * 8)),
    categories: integers(12_000, shift).map((i) => `c${i}`),
  },
  fractions: { codes: each((i) => (i % 2 === 0 ? 0.5 : 1)), categories: ['a', 'b'] },
})

const TYPED_ARRAYS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
] as const

function typed(shift: number, memory: (bytes: number) => ArrayBufferLike) {
  const columns = TYPED_ARRAYS.map((TypedArray) => {
    const values = new (TypedArray as typeof Float64Array)(memory(N * TypedArray.BYTES_PER_ELEMENT))
    values.set(each((i) => (i * (7 + shift)) % 100))
    return [TypedArray.name, values] as const
  })
  const bigints = new BigInt64Array(memory(8 * N))
  bigints.set(each((i) => 2n ** 60n + BigInt(i % (5 + shift))))
  const part = new Float64Array(memory(8 * (N + 20)), 80, N)
  part.set(waves(shift))
  return {
    ...Object.fromEntries(columns),
    bigints,
    part,
    nans: new Float64Array(memory(8 * N)).fill(Number.NaN),
    buffer: Buffer.from(memory(N) as ArrayBuffer).fill(shift + 1, 0, 700),
  }
}

describe('gives the report of detectDrift, bit for bit:', () => {
  test('columns of every awkward kind', () => expectSameReport(awkward(0), awkward(1)))

  test('the same in rows of objects, of which some lack a cell', async () => {
    const rows = (shift: number) => {
      const columns = Object.entries(awkward(shift)).filter(([name]) => !name.includes('throws'))
      return each((i) =>
        Object.fromEntries(
          columns.filter((_, k) => (i + k) % 29 > 0).map(([name, cells]) => [name, cells[i]]),
        ),
      )
    }
    await expectSameReport(rows(0), rows(1))
  })

  test('rows with getters that throw, and a column that the current rows lack', async () => {
    const rows = (throwsAt: number) =>
      each((i) => ({
        fine: i,
        get broken(): number {
          if (i >= throwsAt) throw new RangeError(`no ${i}`)
          return i
        },
        ...(throwsAt < N ? { lost: i } : {}),
      }))
    await expectSameReport(rows(1200), rows(N))
    await expectSameReport(rows(N), rows(0))
    const brokenAndLost = each((i) => ({
      a: i,
      get b(): number {
        throw new Error('no')
      },
    }))
    await expectSameReport(
      brokenAndLost,
      each((i) => ({ a: i })),
    )
  })

  test.each<[string, (bytes: number) => ArrayBufferLike]>([
    ['shared', (bytes) => new SharedArrayBuffer(bytes)],
    ['not shared', (bytes) => new ArrayBuffer(bytes)],
  ])('typed arrays over memory that is %s', async (_, memory) => {
    await expectSameReport(typed(0, memory), typed(1, memory))
    await expectSameReport(typed(0, memory), typed(1, memory), { preset: 'evidently-0.7' })
  })

  test('dictionary codes', () => expectSameReport(dictionary(0), dictionary(1)))

  test('codes and categories of another kind; what cannot be sent is left to the caller', async () => {
    const table = (codes: unknown[], categories: unknown[]) =>
      ({ x: { codes, categories } }) as unknown as Input
    const [nulls, ones] = [each((i) => (i % 2 === 0 ? null : 1)), each(() => 1)]
    await expectSameReport(table(nulls, ['a', 'b']), table(ones, ['a', 'b']))
    await expectSameReport(table(ones, ['a', 5]), table(ones, ['a', 5]))
    const functions = [() => 1, () => 2]
    await expectSameReport(table(ones, functions), table(ones, functions), {}, 0)
  })

  test('an arquero table, filtered too', async () => {
    const table = (shift: number) =>
      aq.table({
        number: Float64Array.from(waves(shift)),
        text: each((i) => (i % 5 === 0 ? null : `t${i % (3 + shift)}`)),
        date: each((i) => new Date(i * 1e9)),
      })
    const filtered = (shift: number) =>
      table(shift).filter((row: { number: number }) => row.number > 0)
    await expectSameReport(table(0), table(1))
    await expectSameReport(filtered(0), filtered(1))
    const fromArrow = (shift: number) => aq.fromArrow(table(shift).toArrowIPC()!)
    await expectSameReport(fromArrow(0), fromArrow(1))
    await expectSameReport(
      fromArrow(0).filter((row: { number: number }) => row.number > 0),
      filtered(0),
    )
  })

  test('an apache-arrow table: nulls, several chunks, every kind of column', async () => {
    const table = (shift: number) => {
      const chunk = (from: number) =>
        new apache.Table({
          floats: apache.vectorFromArray(waves(shift + from), new apache.Float64()),
          nulls: apache.vectorFromArray(
            each((i) => (i % 4 === 0 ? null : i)),
            new apache.Int32(),
          ),
          longs: apache.vectorFromArray(each(BigInt), new apache.Int64()),
          texts: apache.vectorFromArray(
            each((i) => `t${(i + from) % (3 + shift)}`),
            new apache.Utf8(),
          ),
          'texts and nulls': apache.vectorFromArray(
            each((i) => (i % 3 === 0 ? null : 'x')),
            new apache.Utf8(),
          ),
          dictionary: apache.vectorFromArray(each((i) => `d${i % 3}`)),
          booleans: apache.vectorFromArray(
            each((i) => i % (2 + shift) === 0),
            new apache.Bool(),
          ),
          dates: apache.vectorFromArray(
            each((i) => new Date(i * 1e9)),
            new apache.DateMillisecond(),
          ),
          nans: apache.vectorFromArray(
            each(() => Number.NaN),
            new apache.Float64(),
          ),
        })
      return chunk(0).concat(chunk(1))
    }
    await expectSameReport(table(0), table(1))
    const read = (shift: number) => apache.tableFromIPC(apache.tableToIPC(table(shift)))
    await expectSameReport(read(0), read(1))
  })

  test('a flechette table', async () => {
    const table = (shift: number) => {
      const columns = flechette.tableFromColumns({
        floats: flechette.columnFromArray(waves(shift)),
        nulls: flechette.columnFromArray(each((i) => (i % 4 === 0 ? null : i))),
        texts: flechette.columnFromArray(each((i) => `t${i % (3 + shift)}`)),
        booleans: flechette.columnFromArray(each((i) => i % (2 + shift) === 0)),
        dates: flechette.columnFromArray(each((i) => new Date(i * 1e9))),
        nans: flechette.columnFromArray(each(() => Number.NaN)),
      })
      return flechette.tableFromIPC(flechette.tableToIPC(columns, {})!)
    }
    await expectSameReport(table(0), table(1))
  })

  test('a stored profile, with its sample and without, on either side', async () => {
    const table = (shift: number) => ({
      a: waves(shift),
      b: each((i) => `t${i % (3 + shift)}`),
      c: integers(N).map((i) => `id ${i}`),
    })
    const stored = (keepSample: boolean, shift: number) =>
      parseTableProfile(
        JSON.stringify(profile(table(shift), { keepSample, maxCategories: 100_000 })),
      )
    for (const keepSample of [true, false]) {
      await expectSameReport(stored(keepSample, 0), table(1))
      await expectSameReport(table(0), stored(keepSample, 1))
      await expectSameReport(stored(true, 0), stored(keepSample, 1))
    }
    await expectSameReport(stored(true, 0), table(1), { preset: 'evidently' })
    const key = 'a secret key'
    await expectSameReport(profile(table(0), { redact: key }), table(1), { redact: key })
    await expectSameReport(profile(table(0), { redact: key }), table(1))
  })

  test('records of profiles, one of more categories than are sent at once', async () => {
    const profiles = (shift: number) => ({
      latency: numericProfile(waves(shift), [-5, 0, 5]),
      users: categoricalProfile(
        integers(20_000, shift).map((i) => [`u${i}`, 1 + (i % 3)] as const),
        { maxCategories: 50_000 },
      ),
    })
    await expectSameReport(profiles(0), profiles(1))
  })

  test('a column of times, of every kind of table', async () => {
    const dates = each((i) => (i % 9 === 0 ? null : new Date(1.7e12 + i * 1e7)))
    const rows = dates.map((when, i) => ({ when, x: i }))
    const arrow = apache.tableFromArrays({
      when: dates.map((date) => date ?? new Date(0)),
      x: waves(0),
    })
    const typed = { when: Float64Array.from(dates, Number), x: waves(1) }
    const stored = profile({ when: dates, x: waves(0) })
    for (const table of [rows, arrow, typed, stored]) {
      await expectSameReport(table, rows, { time: 'when' })
    }
    await expectSameReport(
      rows,
      typed.x.map((x) => ({ when: 'now', x })),
      { time: 'x' },
    )
  })

  test('columns that one side lacks', () =>
    expectSameReport({ a: waves(0), b: waves(0) }, { b: waves(1), c: waves(1) }))

  test('no columns and no rows', async () => {
    await expectSameReport([], [])
    await expectSameReport({ a: [] }, { a: new Float64Array(0) })
  })

  const TYPES = ['numeric', 'datetime', 'categorical', 'text'] as const
  test.each(TYPES)('every column taken for %s', (type) => {
    const [before, after] = [awkward(0), awkward(1)]
    const types = Object.fromEntries(Object.keys(before).map((name) => [name, type]))
    const unprintable = each((i) =>
      i < 100
        ? i
        : {
            toString() {
              throw new Error('not to be printed')
            },
          },
    )
    const options = { types: { ...types, unprintable: type } }
    return expectSameReport({ ...before, unprintable }, { ...after, unprintable }, options)
  })

  test.each<[string, DetectDriftOptions]>([
    ['preset evidently', { preset: 'evidently' }],
    ['preset evidently-0.7', { preset: 'evidently-0.7' }],
    [
      'a preset and types',
      {
        preset: 'evidently',
        types: { objects: 'categorical', texts: 'text', gaps: 'datetime', dates: 'numeric' },
      },
    ],
    ['a method by name', { method: 'wasserstein' }],
    ['methods by type', { method: { numeric: 'cvm', categorical: 'g' } }],
    [
      'methods by column, by short name, with thresholds',
      {
        methods: {
          numbers: { method: 'psi', threshold: 0.1 },
          texts: 'js',
          gaps: { method: BUILT_IN_METHODS.wasserstein, threshold: 0.2 },
          booleans: BUILT_IN_METHODS['fisher-exact'],
        },
      },
    ],
    ['a threshold that does not belong', { methods: { numbers: { method: 'ks', threshold: 1 } } }],
    [
      'roles, weights and settings',
      {
        target: 'texts',
        prediction: ['numbers'],
        columns: ['gaps', 'mixed', 'prose'],
        weights: { gaps: 3 },
        alpha: 0.01,
        tolerance: 0.3,
        correction: 'holm',
        minimumValues: 1600,
        maxCategories: 2,
        names: { current: 'today' },
        policy: { shareThreshold: 0.1 },
      },
    ],
    ['redacted', { redact: true }],
    ['redacted by a key', { redact: 'a secret key' }],
  ])('%s', (_, options) => expectSameReport(awkward(0), awkward(1), options))

  const medianShift: DriftMethod = {
    name: 'median-shift',
    compare: {
      values: (a, b) => ({
        kind: 'divergence',
        statistic: Math.abs(a[a.length >> 1]! - b[b.length >> 1]!),
      }),
    },
    threshold: 0.5,
  }
  const broken: DriftMethod = {
    name: 'broken',
    compare: {
      counts() {
        throw new Error('no idea')
      },
    },
  }
  const own = { a: waves(0), b: each((i) => `t${i % 3}`), c: each((i) => i), d: each(() => 'x') }
  const later = {
    a: waves(1),
    b: each((i) => `t${i % 4}`),
    c: each((i) => i + 1),
    d: each(() => 'y'),
  }
  const rest = { e: integers(N) }
  test.each<[string, DetectDriftOptions, number]>([
    ['for single columns', { methods: { a: medianShift, b: broken } }, 3],
    ['with another threshold', { methods: { a: { method: medianShift, threshold: 9 } } }, 4],
    ['for all columns that it takes', { method: medianShift }, 2],
    ['by type', { method: { categorical: broken } }, 3],
    ['for a type that it does not take', { methods: { b: medianShift } }, 4],
  ])('own methods %s: measured by the caller', (_, options, byWorkers) =>
    expectSameReport({ ...own, ...rest }, { ...later, ...rest }, options, byWorkers),
  )

  test('whatever the cells', { timeout: 120_000 }, async () => {
    const cell = fc.oneof(
      { weight: 3, arbitrary: fc.double() },
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(null, undefined, Number.NaN, -0, 0, Infinity, -Infinity),
      fc.bigInt(),
      fc.boolean(),
      fc.date({ noInvalidDate: false }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a', 'b', '1', '2'),
      fc.constantFrom<unknown>({}, [], () => 1, Symbol('x')),
    )
    const column = fc.oneof(
      fc.array(cell, { maxLength: 60 }),
      fc.array(fc.double(), { maxLength: 60 }),
      fc.array(fc.option(fc.integer({ max: 5 })), { minLength: 31, maxLength: 60 }),
      fc.array(fc.option(fc.date({ noInvalidDate: false })), { maxLength: 60 }),
      fc.array(fc.constantFrom('a', 'b', null), { minLength: 31, maxLength: 60 }),
      fc.array(fc.lorem({ maxCount: 8 }), { maxLength: 60 }),
      fc.float64Array({ maxLength: 60 }),
      fc.int8Array({ maxLength: 60 }),
    )
    const options = fc.record(
      {
        preset: fc.constantFrom('evidently', 'evidently-0.7'),
        types: fc.record({ x: fc.constantFrom(...TYPES) }, { requiredKeys: [] }),
        minimumValues: fc.constant(1),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<DetectDriftOptions>
    const inRows = (cells: ArrayLike<unknown>) => Array.from(cells, (x) => ({ x }))
    const same = fc.asyncProperty(
      column,
      column,
      fc.boolean(),
      options,
      async (a, b, asRows, chosen) => {
        const [before, after] = asRows ? [inRows(a), inRows(b)] : [{ x: a }, { x: b }]
        await expectSameReport(before, after, chosen)
      },
    )
    await fc.assert(same, { numRuns: 300 })
  })

  test('without workers, as where there are none', async () => {
    const none = driftPool({ workers: 0 })
    const report = await detectDriftAsync(awkward(0), awkward(1), { pool: none })
    expect(report).toStrictEqual(detectDrift(awkward(0), awkward(1)))
  })
})

describe('a set-up mistake rejects with the error that detectDrift throws:', () => {
  const table = { a: [1, 2] }
  test.each<[string, unknown, unknown, object?]>([
    ['no table', 3, table],
    ['a row that is none', [{ a: 1 }, 2], table],
    ['columns of different lengths', table, { a: [1], b: [1, 2] }],
    ['a code without a category', { a: { codes: [0, 7], categories: ['x'] } }, table],
    ['a grouped table', aq.table({ a: [1] }).groupby('a'), table],
    ['an option', table, table, { alpha: 2 }],
    ['a method', table, table, { methods: { a: 'nonsense' } }],
    ['a column', table, table, { target: 'b' }],
    ['a policy', table, table, { policy: { shareThreshold: -1 } }],
    ['a preset and a method', table, table, { preset: 'evidently', method: 'psi' }],
  ])('%s', async (_, reference, current, options) => {
    let thrown: unknown
    try {
      detectDrift(reference as Input, current as Input, options)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'ERR_INVALID_ARGUMENT' })
    await expect(
      detectDriftAsync(reference as Input, current as Input, { ...options, pool }),
    ).rejects.toStrictEqual(thrown)
  })

  test.each([
    ['a pool that is none', {}],
    ['no pool', null],
  ])('%s', async (_, none) => {
    const options = { pool: none } as unknown as DetectDriftAsyncOptions
    await expect(detectDriftAsync(table, table, options)).rejects.toThrow(
      '"pool" must be a pool made by driftPool()',
    )
  })

  test.each([-1, 1.5, Number.NaN])('a pool of %s workers', (n) => {
    expect(() => driftPool({ workers: n })).toThrow('"workers" must be a whole number')
  })
})

/** Long enough to be interrupted: about a second. */
const long = (shift: number) => ({
  slow: Float64Array.from({ length: 400_000 }, (_, i) => Math.sin(i) + shift),
  slower: Float64Array.from({ length: 400_000 }, (_, i) => Math.cos(i) + shift),
})
const slowly = { pool, method: 'energy-distance' } as const

/** Settles when the worker is sent a message of this kind. */
function postingOf(worker: Worker, kind: string): Promise<void> {
  const post = worker.postMessage
  return new Promise((resolve) => {
    worker.postMessage = (message) => {
      post.call(worker, message)
      if (message.kind === kind) resolve()
    }
  })
}

describe('abort', () => {
  test('before: rejects at once with the reason; nothing is read', async () => {
    const reason = new Error('never mind')
    let reads = 0
    const watched = new Proxy(
      { a: [1] },
      {
        ownKeys() {
          reads++
          return []
        },
      },
    )
    const signal = AbortSignal.abort(reason)
    await expect(detectDriftAsync(watched, watched, { pool, signal })).rejects.toBe(reason)
    expect(reads).toBe(0)
  })

  test('while a worker measures: rejects with the reason; it ends; the pool goes on', async () => {
    const single = driftPool({ workers: 1 })
    await detectDriftAsync({ a: [1] }, { a: [1] }, { pool: single }) // the worker is up
    const worker = workers.at(-1)!
    const hasTheColumn = postingOf(worker, 'measure')
    replies.length = 0
    const controller = new AbortController()
    const options = { ...slowly, pool: single, signal: controller.signal }
    const settled = detectDriftAsync(long(0), long(1), options).catch((error) => error)
    await hasTheColumn
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    const ended = once(worker, 'exit')
    const reason = { why: 'the user left' }
    controller.abort(reason)
    expect(await settled).toBe(reason)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    await ended
    expect(replies).toEqual([]) // it had not measured the column
    expect(await detectDriftAsync(awkward(0), awkward(1), { pool: single })).toStrictEqual(
      detectDrift(awkward(0), awkward(1)),
    )
    await single.close()
  })

  test('while rows are read: rejects with the reason, and reading stops', async () => {
    const controller = new AbortController()
    let reads = 0
    const rows = integers(200_000).map((i) => ({
      get a() {
        if (++reads === 20_000) controller.abort()
        return i
      },
    }))
    const running = detectDriftAsync(rows, rows, { pool, signal: controller.signal })
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(reads).toBeLessThan(150_000)
  })

  test('a call that ends well leaves no listener behind', async () => {
    const { signal } = new AbortController()
    await detectDriftAsync({ a: [1] }, { a: [2] }, { pool, signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

describe('progress', () => {
  test('comes once a column, counting up', async () => {
    const seen: DriftProgress[] = []
    const { columns } = await detectDriftAsync(awkward(0), awkward(1), {
      pool,
      onProgress: (progress) => seen.push(progress),
    })
    expect(seen.map(({ done }) => done)).toEqual(integers(columns.length, 1))
    expect(seen.map(({ column }) => column).sort()).toEqual(columns.map(({ name }) => name).sort())
    expect(new Set(seen.map(({ total }) => total))).toEqual(new Set([columns.length]))
  })

  test('that throws ends the call with what it threw, and is not called again', async () => {
    const error = new Error('the display is gone')
    let calls = 0
    const options = {
      pool,
      onProgress() {
        calls++
        throw error
      },
    }
    await expect(detectDriftAsync(awkward(0), awkward(1), options)).rejects.toBe(error)
    const report = await detectDriftAsync(awkward(0), awkward(1), { pool })
    expect(report).toStrictEqual(detectDrift(awkward(0), awkward(1)))
    expect(calls).toBe(1)
  })
})

describe('workers', () => {
  test('one that dies is replaced, and its column measured again', async () => {
    const mortal = driftPool({ workers: 1 })
    let deaths = 0
    onWorker = (worker) => {
      if (deaths++ === 0) worker.on('message', () => worker.terminate())
    }
    const report = await detectDriftAsync(awkward(0), awkward(1), { pool: mortal })
    expect(report).toStrictEqual(detectDrift(awkward(0), awkward(1)))
    expect(deaths).toBe(2)
    await mortal.close()
  })

  test('that die twice on a column fail that column alone', async () => {
    const mortal = driftPool({ workers: 1 })
    let deaths = 0
    onWorker = (worker) => {
      // The first and the third have the first column, the second has the other.
      if (deaths++ < 3) worker.on('message', () => worker.terminate())
    }
    // They die while they sort.
    const { columns } = await detectDriftAsync(long(0), long(0), { pool: mortal })
    expect(columns.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['error', 'the worker that measured it ended: exit code 1'],
      ['stable', expect.any(String)],
    ])
    await mortal.close()
  })

  test('that have no memory left fail their columns; the process goes on', async () => {
    const small = driftPool({ workers: 1, resourceLimits: { maxOldGenerationSizeMb: 60 } })
    const table = {
      a: integers(50),
      b: Array.from({ length: 1_000_000 }, (_, i) => `the text of a row, its number is ${i}`),
      c: integers(50),
    }
    const types = { b: 'categorical' } as const
    const columns = { a: [...table.a], c: [...table.c] }
    const { columns: judged } = await detectDriftAsync(
      { b: table.b },
      { b: table.b },
      {
        types,
        pool: small,
      },
    )
    expect(judged[0]).toMatchObject({
      verdict: 'error',
      reason: expect.stringContaining('memory limit'),
    })
    expect(await detectDriftAsync(columns, columns, { pool: small })).toStrictEqual(
      detectDrift(columns, columns),
    )
    await small.close()
  })

  test('that cannot start leave the columns to the caller', async () => {
    const stillborn = driftPool({ workers: 2 })
    let starts = 0
    onWorker = (worker) => {
      starts++
      worker.terminate()
    }
    const run = () => detectDriftAsync(awkward(0), awkward(1), { pool: stillborn })
    expect(await run()).toStrictEqual(detectDrift(awkward(0), awkward(1)))
    const startsOfFirst = starts
    expect(startsOfFirst).toBeGreaterThan(0)
    expect(await run()).toStrictEqual(detectDrift(awkward(0), awkward(1)))
    expect(starts).toBe(startsOfFirst)
  })

  test('stay: a second call starts none', async () => {
    await detectDriftAsync(awkward(0), awkward(1), { pool })
    const before = workers.length
    await detectDriftAsync(awkward(0), awkward(1), { pool })
    expect(workers.length).toBe(before)
  })

  test('serve calls at the same time, and are no more than they should be', async () => {
    const two = driftPool({ workers: 2 })
    const before = workers.length
    const reports = await Promise.all(
      integers(5).map((shift) => detectDriftAsync(awkward(0), awkward(shift), { pool: two })),
    )
    reports.forEach((report, shift) => {
      expect(report).toStrictEqual(detectDrift(awkward(0), awkward(shift)))
    })
    expect(workers.length - before).toBe(2)
    await two.close()
  })

  test('have at most one column more in memory than there are workers', async () => {
    const two = driftPool({ workers: 2 })
    let begun = 0
    let done = 0
    let most = 0
    const columns = integers(12).map((k) => {
      const cells = integers(20_000)
      let isFirst = true
      Object.defineProperty(cells, 0, {
        get() {
          if (isFirst) most = Math.max(most, ++begun - done)
          isFirst = false
          return 0
        },
      })
      return [`c${k}`, cells]
    })
    const other = Object.fromEntries(columns.map(([name]) => [name, integers(20_000)]))
    await detectDriftAsync(Object.fromEntries(columns), other, {
      pool: two,
      onProgress: () => done++,
    })
    expect(begun).toBe(12)
    expect(most).toBe(3)
    await two.close()
  })

  test('of a pool that is closed end; calls under way and later ones reject', async () => {
    const closed = driftPool({ workers: 1 })
    await detectDriftAsync({ a: [1] }, { a: [1] }, { pool: closed })
    const hasTheColumn = postingOf(workers.at(-1)!, 'measure')
    const running = detectDriftAsync(long(0), long(1), { ...slowly, pool: closed })
    const outcome = running.catch((error) => error)
    await hasTheColumn
    const ended = once(workers.at(-1)!, 'exit')
    await closed.close()
    await ended
    expect(await outcome).toMatchObject({ code: 'ERR_POOL_CLOSED' })
    await expect(detectDriftAsync({ a: [1] }, { a: [1] }, { pool: closed })).rejects.toThrow(
      '"pool" must be an open pool',
    )
  })
})

test('a process that only calls detectDriftAsync ends by itself', async () => {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const script = fileURLToPath(new URL('ends-by-itself.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--conditions=tidegauge-source', '--import', tsx, script],
    { timeout: 110_000 },
  )
  let output = ''
  child.stdout.on('data', (text) => {
    output += text
  })
  child.stderr.on('data', (text) => {
    output += text
  })
  const [code] = await once(child, 'close')
  expect({ code, output }).toEqual({ code: 0, output: 'same true\n' })
})

test('the loop is the caller’s again every few milliseconds: its clock is the number of reads', async () => {
  let reads = 0
  // A read takes 1 µs on this clock, which no other process can hold up.
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => reads / 1000)
  const counted: ProxyHandler<Record<string, unknown>> = {
    get: (row, name) => {
      reads++
      return row[name as string]
    },
    ownKeys: (row) => {
      reads++
      return Reflect.ownKeys(row)
    },
  }
  const rows = (shift: number) =>
    integers(20_000).map(
      (i) => new Proxy({ a: i + shift, b: `city ${i % 9}`, c: `user ${i}` }, counted),
    )
  const codes = new Proxy(integers(20_000).fill(0), {
    get: (target, key) => {
      reads++
      return Reflect.get(target, key)
    },
  })
  let most = 0
  let last = 0
  let isWatching = true
  const tick = () => {
    most = Math.max(most, reads - last)
    last = reads
    if (isWatching) setImmediate(tick)
  }
  setImmediate(tick)
  await detectDriftAsync(rows(0), rows(1), { pool })
  const dictionary = { x: { codes, categories: ['a'] } }
  await detectDriftAsync(dictionary, dictionary, { pool })
  isWatching = false
  clock.mockRestore()
  expect(reads).toBeGreaterThan(240_000)
  expect(most / 1000).toBeLessThan(20)
})
