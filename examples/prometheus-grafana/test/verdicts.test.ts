import { DuckDBInstance } from '@duckdb/node-api'
import { type DriftReport, detectDrift } from '@tidegauge/drift'
import { beforeAll, describe, expect, test } from 'vitest'
import { injectDrift } from '../demo/inject.ts'
import { FLIGHT_COLUMNS, FLIGHTS_FILE, loadFlights } from '../service/flights.ts'

/** D of one numeric column between two months, by window functions alone: none of our code. */
async function distanceBySql(column: 'hour' | 'weekday' | 'distance'): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const result = await connection.runAndReadAll(
    `WITH flights AS (
       SELECT ${FLIGHT_COLUMNS[column]} AS v, month(date) = 1 AS reference
       FROM read_parquet($file) WHERE strftime(date, '%Y-%m') IN ('2001-01', '2001-02')
     ), by_value AS (
       SELECT v, count(*) FILTER (reference) AS a, count(*) FILTER (NOT reference) AS b
       FROM flights GROUP BY v
     ), cumulated AS (
       SELECT sum(a) OVER w / sum(a) OVER () AS f, sum(b) OVER w / sum(b) OVER () AS g
       FROM by_value WINDOW w AS (ORDER BY v)
     )
     SELECT max(abs(f - g)) FROM cumulated`,
    { file: FLIGHTS_FILE },
  )
  connection.closeSync()
  instance.closeSync()
  return Number(result.getRows()[0]![0])
}

const columnOf = (report: DriftReport, name: string) => {
  return report.columns.find((column) => column.name === name)!
}

describe('February 2001 against January, all 966,409 flights', () => {
  let report: DriftReport
  let injected: DriftReport
  beforeAll(async () => {
    const [january, february] = [await loadFlights('2001-01'), await loadFlights('2001-02')]
    report = detectDrift({ ...january }, { ...february }, { target: 'late' })
    injected = detectDrift({ ...january }, { ...injectDrift(february) }, { target: 'late' })
  })

  test('reads every flight', () => {
    expect([report.reference.rows, report.current.rows]).toEqual([508_239, 458_170])
  })

  test('only the weekday drifted, which is the calendar: five Mondays against four', () => {
    const verdicts = Object.fromEntries(report.columns.map(({ name, verdict }) => [name, verdict]))
    expect(verdicts).toEqual({
      hour: 'stable',
      weekday: 'drifted',
      distance: 'stable',
      origin: 'stable',
      destination: 'stable',
      late: 'negligible',
    })
    expect(report.decision).toMatchObject({
      action: 'NO_ACTION',
      reason: 'drift_share=0.20 < 0.30 (target_drift=0.0)',
    })
  })

  test.each(['hour', 'weekday', 'distance'] as const)(
    'the distance of %s is what SQL says',
    async (name) => {
      const { statistic } = columnOf(report, name)
      expect(statistic).toBeCloseTo(await distanceBySql(name), 13)
    },
  )

  test('a million rows make a change of three points in the label detectable, not large', () => {
    const late = columnOf(report, 'late')
    expect(late.adjustedPValue).toBeLessThan(1e-200)
    // |0.2330 − 0.2045| over the standard deviation of the label, √(0.218 · 0.782).
    expect(late.effect).toBeCloseTo(0.0685, 2)
    expect(late.drifted).toBe(false)
  })

  test('an injected fault is found in the columns that it touches', () => {
    const drifted = injected.columns.filter((column) => column.drifted).map(({ name }) => name)
    expect(drifted).toEqual(['hour', 'weekday', 'distance', 'origin'])
    expect(injected.decision.action).toBe('ACTION')
  })
})

test('a month without flights is refused with the months there are', async () => {
  await expect(loadFlights('2001-12')).rejects.toThrow(
    'there are no flights in "2001-12": choose one of 2001-01, 2001-02, 2001-03, 2001-04, 2001-05, 2001-06, 2001-07',
  )
})
