import { numericProfile } from '@tidegauge/core'
import {
  type DriftReport,
  detectDrift,
  type MethodChoice,
  profile,
  type TableProfile,
} from '@tidegauge/drift'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  compareSources,
  profileSource,
  type SqlDialect,
  type SqlEngine,
  sqlSource,
} from '../src/index.ts'
import { type CellKind, cellsOf, everyKind, HOSTILE_NAMES, type TestTable } from './tables.ts'
import { tell } from './tell.ts'

/** A real engine, and how a test's table gets there. */
export interface EngineUnderTest {
  readonly engine: SqlEngine
  readonly dialect: SqlDialect
  /** As the engine says it: for `pnpm engines`. */
  readonly version?: string
  /** Makes a table, and gives back what stands for it behind FROM. */
  load(name: string, table: TestTable): Promise<string>
  /** Runs what is no query: a view is made. */
  run(sql: string): Promise<void>
  stop(): Promise<void>
}

export interface ContractOptions {
  /** Kinds that the engine has no type for. */
  readonly without?: readonly CellKind[]
  /** Names that the engine does not let a column have. */
  readonly withoutNames?: readonly string[]
  /** Of an engine without windows: its quantiles are approximate, and its distances lower bounds. Counts are exact all the same. */
  readonly isBracketed?: boolean
  /** Of an engine of several nodes: rows come in an order that is another one each time. */
  readonly inAnyOrder?: boolean
  /** Rows of the large tables: fewer where the engine takes long to load them. */
  readonly rows?: number
}

/**
 * What every engine must give: the report and the profile that the rows themselves would.
 *
 * @param start - throws where the engine cannot be had
 */
export function describeSourceContract(
  name: string,
  start: () => Promise<EngineUnderTest>,
  {
    without = [],
    withoutNames = [],
    isBracketed = false,
    inAnyOrder = false,
    rows = 3000,
  }: ContractOptions = {},
): void {
  describe(name, () => {
    let own: EngineUnderTest
    const before = everyKind(rows, 7, 0).filter(({ kind }) => !without.includes(kind))
    const after = everyKind(Math.floor(rows * 0.8), 8, 0.4).filter(
      ({ kind }) => !without.includes(kind),
    )
    let reference: string
    let current: string
    const all = { statements: 0, returned: 0, milliseconds: 0 }
    const ran: Array<{ readonly sql: string; readonly rows: number }> = []
    const source = (from: string, where?: string) =>
      sqlSource({
        engine: own.engine,
        dialect: own.dialect,
        from,
        ...(where !== undefined && { where }),
        onStatement({ sql, rows, milliseconds }) {
          ran.push({ sql, rows })
          all.statements++
          all.returned += rows
          all.milliseconds += milliseconds
        },
      })
    const names = { reference: 'before', current: 'after' }
    const here = (...columns: string[]) =>
      columns.filter((column) => before.some(({ name }) => name === column))
    const expectReportOfRows = (
      report: DriftReport,
      expected: DriftReport,
      tables: readonly [TestTable, TestTable] = [before, after],
      except: readonly string[] = [],
    ) => {
      if (isBracketed) expectBracketedReport(report, expected, tables)
      else expectSameReport(report, expected, except)
    }

    beforeAll(async () => {
      own = await start()
      reference = await own.load('before_rows', before)
      current = await own.load('after_rows', after)
    })

    afterAll(async () => {
      if (own?.version !== undefined) {
        const { statements, returned, milliseconds } = all
        const seconds = Math.round(milliseconds / 1000)
        const told = { what: `contract: ${name}`, rows, statements, returned, seconds }
        tell({ engine: own.version, ...told })
      }
      await own?.stop()
    })

    test('compares tables as if their rows were here', async () => {
      const expected = detectDrift(cellsOf(before), cellsOf(after), { names })
      const report = await compareSources(source(reference), source(current), { names })
      expectReportOfRows(report, expected)
    })

    const distances = [
      'psi',
      ...(isBracketed ? [] : ['jensen-shannon', 'hellinger']),
    ] as MethodChoice[]

    test.each(distances)('by %s too', async (method) => {
      const expected = detectDrift(cellsOf(before), cellsOf(after), { names, method })
      expectReportOfRows(
        await compareSources(source(reference), source(current), { names, method }),
        expected,
      )
    })

    test.skipIf(isBracketed)(
      'beyond a number of rows it counts between approximate quantiles',
      async () => {
        const expected = detectDrift(cellsOf(before), cellsOf(after), { names })
        ran.length = 0
        const report = await compareSources(source(reference), source(current), {
          names,
          exactRows: 100,
        })
        expectBracketedReport(report, expected, [before, after])
        expect(report.columns[0]!.warnings.join()).toMatch(/lower bound/)
        expect(ran.filter(({ sql }) => / OVER \(/.test(sql))).toEqual([])
      },
    )

    test('by methods that need the values, of as many as there are', async () => {
      const options = {
        names,
        method: { numeric: 'wasserstein', datetime: 'cramer-von-mises' },
      } as const
      const expected = detectDrift(cellsOf(before), cellsOf(after), options)
      const report = await compareSources(source(reference), source(current), options)
      expectReportOfRows(report, expected)
    })

    test('profiles a table, count by count', async () => {
      const expected = profile(cellsOf(before))
      const stored = await profileSource(source(reference))
      if (isBracketed) expectCountsOfRows(stored, before)
      else expectSameProfile(stored, expected)
    })

    test('counts into the bins of a stored profile', async () => {
      const like = profile(cellsOf(before))
      const expected = profile(cellsOf(after), { like })
      const stored = await profileSource(source(current), { like })
      expectSameProfile(stored, expected)
    })

    test('compares with a stored profile as the rows would', async () => {
      const like = profile(cellsOf(before))
      const report = await compareSources(like, source(current), { names })
      const expected = detectDrift(like, profile(cellsOf(after), { like }), { names })
      for (const [i, column] of report.columns.entries()) {
        const { verdict, statistic, pValue, missing } = expected.columns[i]!
        expect(column, column.name).toMatchObject({ verdict, statistic, missing })
        if (pValue !== undefined) expect(column.pValue).toBeCloseTo(pValue, 10)
      }
    })

    test('of what is said to be text it fetches the texts', async () => {
      const options = { names, columns: ['nasty'], types: { nasty: 'text' } } as const
      const expected = detectDrift(cellsOf(before), cellsOf(after), options)
      const report = await compareSources(source(reference), source(current), options)
      expect(report.columns[0]!.type).toBe('text')
      // The classifier learns from the first ones.
      if (!inAnyOrder) expect(report.columns[0]!.verdict).toBe(expected.columns[0]!.verdict)
      const { adjustedPValue: _, ...missing } = expected.columns[0]!.missing
      expect(report.columns[0]!.missing).toMatchObject(missing)
    })

    test('numbers and truth values may be categories', async () => {
      const columns = here('tied', 'large', 'flag', 'two', 'price', 'real', 'day', 'constant')
      const types = Object.fromEntries(columns.map((column) => [column, 'categorical' as const]))
      const options = { names, columns, types }
      const expected = detectDrift(cellsOf(before), cellsOf(after), options)
      expectReportOfRows(
        await compareSources(source(reference), source(current), options),
        expected,
      )
    })

    test('columns may be called anything', async () => {
      const called = HOSTILE_NAMES.filter((one) => !withoutNames.includes(one))
      const table = (seed: number): TestTable =>
        called.map((name, i) => {
          const cells = everyKind(60, seed + i, 0)
          return {
            ...cells.find((column) => column.name === (i % 2 === 0 ? 'tied' : 'city'))!,
            name,
          }
        })
      const [a, b] = [table(1), table(1000)]
      const [left, right] = [
        await own.load('hostile_before', a),
        await own.load('hostile_after', b),
      ]
      const report = await compareSources(source(left), source(right), { names })
      expect(report.columns.map(({ name }) => name)).toEqual(called)
      expectReportOfRows(report, detectDrift(cellsOf(a), cellsOf(b), { names }), [a, b])
    })

    test('a table without rows, and one of a single row', async () => {
      const empty = before.map((column) => ({ ...column, cells: [] }))
      const single = before.map((column) => ({ ...column, cells: column.cells.slice(0, 1) }))
      const none = await own.load('no_rows', empty)
      const one = await own.load('one_row', single)
      const report = await compareSources(source(none), source(one), { names })
      expect(report.reference.rows).toBe(0)
      expect(report.current.rows).toBe(1)
      for (const column of report.columns) {
        expect(column.verdict, column.name).toBe('insufficient-data')
      }
      expect(report.decision.action).toBe('UNDECIDED')
    })

    test('reads views, queries, and the rows of a condition', async () => {
      const [x, city] = [own.dialect.identifier('tied'), own.dialect.identifier('city')]
      const condition = `${x} > 0 AND ${city} <> 'city 1'`
      const chosen = (table: TestTable): TestTable => {
        const [tied, texts] = ['tied', 'city'].map(
          (name) => table.find((one) => one.name === name)!,
        )
        const rows = tied!.cells.flatMap((cell, i) =>
          Number(cell) > 0 && texts!.cells[i] !== 'city 1' ? [i] : [],
        )
        return [tied!, texts!].map((column) => ({
          ...column,
          cells: rows.map((i) => column.cells[i]!),
        }))
      }
      const options = { names, columns: ['tied', 'city'] }
      const expected = detectDrift(cellsOf(chosen(before)), cellsOf(chosen(after)), options)
      const byWhere = await compareSources(
        source(reference, condition),
        source(current, condition),
        options,
      )
      const both = [chosen(before), chosen(after)] as const
      expectReportOfRows(byWhere, expected, both)
      const query = (from: string) => `SELECT ${x}, ${city} FROM ${from} WHERE ${condition}`
      expectReportOfRows(
        await compareSources(source(query(reference)), source(query(current)), options),
        expected,
        both,
      )
      await own.run(`CREATE VIEW chosen_before AS ${query(reference)}`)
      await own.run(`CREATE VIEW chosen_after AS ${query(current)}`)
      expectReportOfRows(
        await compareSources(source('chosen_before'), source('chosen_after'), options),
        expected,
        both,
      )
    })

    test('a column that cannot be read costs no other', async () => {
      const { identifier, number } = own.dialect
      const [x, city] = [identifier('tied'), identifier('city')]
      const query = (from: string) =>
        `SELECT ${x}, ${number(city, 'decimal', 'decimal')} AS bad FROM ${from}`
      const left = source(query(reference))
      const report = await compareSources(left, source(query(current)), { names })
      const whole = await compareSources(source(reference), source(current), {
        names,
        columns: ['tied'],
      })
      // Sketches are other ones each time.
      const counted = ({ columns: [tied] }: DriftReport) =>
        isBracketed ? tied!.verdict : withoutSums(tied!)
      expect(counted(report)).toEqual(counted(whole))
      expect(report.columns[1]).toMatchObject({
        name: 'bad',
        verdict: 'insufficient-data',
        // ClickHouse takes it for a column of nothing.
        reason: expect.stringMatching(/: the engine could not read it: |^too few values/),
      })
      expect(report.columns[1]!.reason).not.toMatch(/city \d/)
    })

    test('of what it is like a profile has all categories, whether they occur or not', async () => {
      const city = own.dialect.identifier('city')
      const like = profile(cellsOf(before), { columns: ['city', 'nasty'] })
      const first = after.map((column) => ({ ...column, cells: column.cells.slice(0, 20) }))
      const few = await own.load('few_rows', first)
      expectSameProfile(
        await profileSource(source(few), { like }),
        profile(cellsOf(first), { like }),
      )
      const none = await profileSource(source(few, `${city} = 'nowhere'`), { like })
      expect(none.columns[0]!.profile).toMatchObject({ n: 0 })
    })

    test('of what it is like a profile is redacted by the same key, and by no other', async () => {
      const options = { columns: ['tied', 'city', 'nasty'], redact: 'key of the contract' }
      const like = profile(cellsOf(before), options)
      const stored = await profileSource(source(current), { ...options, like })
      const expected = profile(cellsOf(after), { ...options, like })
      expectSameProfile(stored, expected)
      const checks = ({ columns }: TableProfile) => columns.map(({ keyCheck }) => keyCheck)
      expect(checks(stored)).toEqual(checks(expected))
      expect(checks(stored)[1]).toEqual(expect.any(String))
      // Its names are those of `like`, and none is one of a city.
      const namesIn = ({ columns }: TableProfile) =>
        columns.flatMap(({ profile }) => (profile.kind === 'categorical' ? profile.categories : []))
      expect(namesIn(stored).length).toBeGreaterThan(10)
      expect(namesIn(stored)).toEqual(expect.arrayContaining(namesIn(like)))
      expect(JSON.stringify(stored)).not.toMatch(/city \d|key of the contract/)
      const { redact: _, ...others } = options
      for (const redact of [{}, { redact: 'another key' }]) {
        const refused = profileSource(source(current), { ...others, ...redact, like })
        await expect(refused).rejects.toMatchObject({
          code: 'ERR_INVALID_ARGUMENT',
          message: expect.stringMatching(/^"redact" must be the key of "like"/),
        })
      }
      const open = profile(cellsOf(before), others)
      await expect(profileSource(source(current), { ...options, like: open })).rejects.toThrow(
        '"redact" must be left out, as in "like"',
      )
    })

    test.skipIf(without.includes('moment'))('tells when the rows are from', async () => {
      const options = { names, columns: ['tied'], time: 'at' }
      const expected = detectDrift(cellsOf(before), cellsOf(after), options)
      ran.length = 0
      const report = await compareSources(source(reference), source(current), options)
      expect(report.reference.timeRange).toEqual(expected.reference.timeRange)
      expectReportOfRows(report, expected)
      // Nothing is sorted for it.
      const at = own.dialect.identifier('at')
      expect(ran.filter(({ sql }) => sql.includes(at) && / OVER \(/.test(sql))).toEqual([])
    })

    test('tells ten thousand categories apart', async () => {
      const table = (from: number): TestTable => [
        {
          name: 'id',
          kind: 'text',
          cells: Array.from({ length: 12_000 }, (_, i) => `id ${from + (i % 10_000)}`),
        },
      ]
      const [a, b] = [table(0), table(1)]
      const [left, right] = [await own.load('many_before', a), await own.load('many_after', b)]
      const types = { id: 'categorical' } as const
      const report = await compareSources(source(left), source(right), { names, types })
      expectSameReport(report, detectDrift(cellsOf(a), cellsOf(b), { names, types }))
    })

    test('of however many rows, as few come back', async () => {
      const columns = isBracketed
        ? here('tied', 'city')
        : here('float', 'long tail', 'tied', 'at', 'flag', 'city')
      const most = async (left: string, right: string) => {
        ran.length = 0
        await compareSources(source(left), source(right), { columns })
        return ran.map((statement) => statement.rows)
      }
      const counts = await most(reference, current)
      const twice = [before, after].map((table) =>
        table.map((column) => ({ ...column, cells: [...column.cells, ...column.cells] })),
      )
      const [left, right] = [
        await own.load('twice_before', twice[0]!),
        await own.load('twice_after', twice[1]!),
      ]
      const more = await most(left, right)
      expect(more.length).toBe(counts.length)
      const bins = isBracketed ? 261 : 140
      for (const count of [...counts, ...more]) expect(count).toBeLessThanOrEqual(bins)
      expect(
        ran.every(({ sql }) => !/SELECT \*/.test(sql) || /DESCRIBE|one LEFT JOIN/.test(sql)),
      ).toBe(true)
    })

    test('says that a table, or a column that was asked for, is not there', async () => {
      await expect(compareSources(source('no_such_table'), source(current))).rejects.toMatchObject({
        code: 'ERR_SOURCE',
        message: expect.stringMatching(/^no_such_table: .+/),
      })
      await expect(
        compareSources(source(reference, 'no_such_column > 1'), source(current)),
      ).rejects.toMatchObject({ code: 'ERR_SOURCE' })
    })
  })
}

/** But for what depends on the order in which numbers are added: sums, and the id that holds them. */
export function expectSameReport(
  { id: _, ...report }: DriftReport,
  { id: __, ...expected }: DriftReport,
  except: readonly string[] = [],
): void {
  // In JavaScript a column called 1 comes first.
  const byName = new Map(report.columns.map((column) => [column.name, column]))
  expect(byName.size).toBe(expected.columns.length)
  for (const column of expected.columns) {
    if (except.includes(column.name)) continue
    const own = byName.get(column.name)!
    for (const side of ['reference', 'current'] as const) {
      const [sum, known] = [sumOf(own[side]), sumOf(column[side])]
      if (known === null || sum === null) expect(sum, column.name).toBe(known)
      else
        expect(Math.abs(sum - known)).toBeLessThanOrEqual(
          1e-11 * Math.max(1, Math.abs(known), spreadOf(column[side])),
        )
    }
    expect(withoutSums(own), column.name).toEqual(withoutSums(column))
  }
  const rest = ({ columns: _columns, ...others }: Omit<DriftReport, 'id'>) => others
  if (except.length === 0) expect(rest(report)).toEqual(rest(expected))
}

/** Of approximate quantiles: every value is counted, and the distance is at most a bin short. */
function expectBracketedReport(
  report: DriftReport,
  expected: DriftReport,
  tables: readonly [TestTable, TestTable],
): void {
  const byName = new Map(report.columns.map((column) => [column.name, column]))
  for (const column of expected.columns) {
    const own = byName.get(column.name)!
    const { verdict, method, missing, type } = column
    if (own.type === 'categorical') {
      expect(withoutSums(own), column.name).toEqual(withoutSums(column))
      continue
    }
    expect(own, `${column.name}: ${own.reason}`).toMatchObject({ verdict, method, type })
    expect(own.missing.reference, column.name).toBe(missing.reference)
    expect(own.missing.current, column.name).toBe(missing.current)
    if (column.statistic === null) expect(own.statistic).toBeNull()
    else expect(Math.abs(own.statistic! - column.statistic), column.name).toBeLessThan(0.05)
    for (const [i, side] of (['reference', 'current'] as const).entries()) {
      expectCounts(own[side], tables[i]!.find(({ name }) => name === column.name)!)
    }
  }
  expect(report.decision).toEqual(expected.decision)
}

/** Are these the counts of the rows between the edges that it has? */
function expectCounts(counted: Picture, { cells, kind, name }: TestTable[number]): void {
  if (counted?.kind !== 'numeric') return
  const numbers = cells.map((cell) => (cell === null ? Number.NaN : Number(cell)))
  expect(kind, name).not.toBe('text')
  const own = numericProfile(numbers, counted.edges)
  const { counts, underflow, overflow, n, min, max } = counted
  expect({ counts, underflow, overflow, n, min, max }, name).toEqual({
    counts: own.counts,
    underflow: own.underflow,
    overflow: own.overflow,
    n: own.n,
    min: own.min,
    max: own.max,
  })
}

function expectCountsOfRows(stored: TableProfile, table: TestTable): void {
  for (const { name, profile } of stored.columns) {
    expectCounts(profile, table.find((column) => column.name === name)!)
  }
}

type Picture = DriftReport['columns'][number]['reference']

function sumOf(profile: Picture): number | null {
  return profile?.kind === 'numeric' ? profile.sum : null
}

/** What the sum of the magnitudes is at most. */
function spreadOf(profile: Picture): number {
  if (profile?.kind !== 'numeric') return 0
  return profile.n * Math.max(Math.abs(profile.min ?? 0), Math.abs(profile.max ?? 0))
}

function withoutSums(column: DriftReport['columns'][number]): unknown {
  // What is adjusted depends on all columns: the one at fault is to be seen.
  const { adjustedPValue: _, missing, ...own } = column
  const { adjustedPValue: __, ...share } = missing
  const left = { ...own, missing: share }
  return JSON.parse(JSON.stringify(left, (key, value) => (key === 'sum' ? undefined : value)))
}

function expectSameProfile(
  stored: ReturnType<typeof profile>,
  expected: ReturnType<typeof profile>,
): void {
  expect(stored.rows).toBe(expected.rows)
  expect(stored.columns.map(({ name }) => name)).toEqual(expected.columns.map(({ name }) => name))
  for (const [i, column] of expected.columns.entries()) {
    const own = stored.columns[i]!
    // The catalogue knows what a column is in which there is nothing.
    if (column.profile.n === 0 && own.profile.n === 0) continue
    const withoutSum = ({ profile }: typeof column) =>
      JSON.parse(JSON.stringify(profile, (key, value) => (key === 'sum' ? undefined : value)))
    expect(own.type).toBe(column.type)
    expect(withoutSum(own), column.name).toEqual(withoutSum(column))
    if (own.distinct !== undefined) expect(own.distinct, column.name).toBe(column.distinct)
    if (own.moments === undefined) continue
    const { mean, squaredDeviations } = column.moments!
    expect(Math.abs(own.moments.mean / mean - 1)).toBeLessThan(1e-9)
    expect(Math.abs(own.moments.squaredDeviations - squaredDeviations)).toBeLessThan(
      1e-9 * Math.max(1, Math.abs(squaredDeviations)),
    )
  }
}
