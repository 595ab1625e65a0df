import { detectDrift } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { column } from '../test/drift-report.fixture.ts'
import { unjudgedCauses } from './unjudged-causes.ts'

test('causes are those that read alike but for their numbers, the one of most columns first', () => {
  const few = (name: string, reason: string) => column(name, 'insufficient-data', { reason })
  const causes = unjudgedCauses([
    column('judged', 'drifted'),
    column('failed', 'error', { reason: 'no method takes it' }),
    few('a', 'too few values: 12 in the reference, at least 30 are needed; see col_7'),
    few('b', 'too few values: 5 in the reference, at least 30 are needed; see col_7'),
    few('c', 'too few values: 7 in the reference, at least 30 are needed; see col_8'),
  ])
  expect(
    causes.map(({ columns, reason }) => [columns.map(({ name }) => name).join(), reason]),
  ).toEqual([
    ['a,b', 'too few values: 5 to 12 in the reference, at least 30 are needed; see col_7'],
    ['failed', 'no method takes it'],
    ['c', 'too few values: 7 in the reference, at least 30 are needed; see col_8'],
  ])
})

test('columns that are gone have one cause, whatever is there in other letters', () => {
  const cells = Array.from({ length: 40 }, (_, i) => i)
  const { columns } = detectDrift(
    { a: cells, b: cells, c: cells },
    { A: cells, B: cells, d: cells },
  )
  const [gone, added] = unjudgedCauses(columns)
  expect(gone).toMatchObject({
    columns: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
    reason: 'the current table has no such column; some are there in other letters, as a is A',
  })
  expect(added!.columns.map(({ name }) => name)).toEqual(['A', 'B', 'd'])
})
