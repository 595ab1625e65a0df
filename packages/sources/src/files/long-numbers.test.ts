import { numericProfile } from '@tidegauge/core'
import { profile } from '@tidegauge/drift'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DataColumn, DataTable } from './data-table.ts'
import { slotSql, valuesInSlots } from './exact-deciles.ts'
import { heldNumbers, unheldNumbers } from './long-numbers.ts'
import { makeScratch, type Scratch } from './scratch.ts'
import { openSession, type Session } from './session.ts'

let scratch: Scratch
let session: Session
beforeAll(async () => {
  scratch = makeScratch()
  session = await openSession(scratch)
})
afterAll(() => {
  session.close()
  scratch.remove()
})

const ROWS = 40_000

/** What is read once is what is read anew for each question. */
describe.each<[what: string, sql: string]>([
  ['even', 'hash(r) % 100000 / 1000.0'],
  ['with a long tail', 'exp((hash(r) % 20000) / 1000.0)'],
  [
    'with gaps and infinities',
    `CASE r % 7 WHEN 0 THEN NULL WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN 'inf'::DOUBLE WHEN 3 THEN '-inf'::DOUBLE ELSE (hash(r) % 5000)::INTEGER - 2500 END`,
  ],
  ['of few values', 'hash(r) % 5'],
  ['of one value', '7'],
  ['of none', 'NULL'],
])('a long column %s', (_, sql) => {
  let selection: { readonly table: DataTable; readonly column: DataColumn }
  beforeAll(async () => {
    await session.connection.run(
      `CREATE OR REPLACE TABLE long AS SELECT (${sql})::DOUBLE AS c0 FROM range(${ROWS}) t(r)`,
    )
    const column: DataColumn = { name: 'x', id: 'c0', kind: 'numeric', from: 'long' }
    const columns = new Map([['x', column]])
    const table = { name: 'long', label: 'long', rowCount: ROWS, columns, columnNames: ['x'] }
    selection = { table, column }
  })

  test('is the same held and unheld', async () => {
    let [ofHeld, ofUnheld] = [0, 0]
    const held = await heldNumbers(session, selection, (rows) => (ofHeld += rows))
    const unheld = unheldNumbers(session, selection, (rows) => (ofUnheld += rows))
    for (const rows of [100, 4000, ROWS, 2 * ROWS]) {
      expect(await held.sample(rows)).toEqual(await unheld.sample(rows))
    }
    const sampled = await held.sample(4000)
    const stored = profile({ x: sampled }, { types: { x: 'numeric' } }).columns[0]!
    if (stored.profile.kind !== 'numeric') throw new TypeError('numbers have edges')
    const [a, b] = [
      await held.counted(stored.profile.edges),
      await unheld.counted(stored.profile.edges),
    ]
    expect(a).toEqual(b)
    expect(await held.withDeciles(b)).toEqual(await unheld.withDeciles(b))
    expect([ofHeld, ofUnheld]).toEqual([ROWS, ROWS])
  })
})

test('the values of a slot are those that SQL selects', async () => {
  const values = Float64Array.from([
    -1,
    0,
    0.5,
    1,
    1,
    1.5,
    2,
    3,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])
  const edges = [0, 1, 2]
  await session.connection.run('CREATE OR REPLACE TABLE slots (v DOUBLE)')
  for (const x of values) await session.connection.run(`INSERT INTO slots VALUES ('${x}'::DOUBLE)`)
  for (let slot = 0; slot <= edges.length; slot++) {
    const found = await session.connection.runAndReadAll(
      `SELECT v FROM slots WHERE isfinite(v) AND ${slotSql('v', edges, slot)} ORDER BY v`,
    )
    expect([...valuesInSlots(values, edges, [slot])]).toEqual(found.getRows().map(([v]) => v))
  }
  expect(numericProfile(values, edges).n).toBe(8)
})
