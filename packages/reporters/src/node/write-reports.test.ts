import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DriftReport } from '@tidegauge/drift'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeReports } from './write-reports.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegauge-reports-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

// Only the names are read here: the reporters decide what of a report they read.
const named = (reference: string, current: string) =>
  ({ reference: { name: reference, rows: 1 }, current: { name: current, rows: 2 } }) as DriftReport

test('names the files after the tables and leaves nothing else behind', () => {
  const paths = writeReports(named('2001-01', '2001-02'), {
    directory: join(directory, 'deep/er'),
    reporters: { txt: (report) => `${report.current.rows} rows`, json: () => '{}' },
  })
  expect(paths).toEqual({
    txt: join(directory, 'deep/er/drift_2001-01_vs_2001-02.txt'),
    json: join(directory, 'deep/er/drift_2001-01_vs_2001-02.json'),
  })
  expect(readFileSync(paths.txt, 'utf8')).toBe('2 rows')
  expect(readdirSync(join(directory, 'deep/er')).sort()).toEqual([
    'drift_2001-01_vs_2001-02.json',
    'drift_2001-01_vs_2001-02.txt',
  ])
})

test('keeps a report that exists, and replaces it only when told to', () => {
  const path = join(directory, 'drift_a_vs_b.txt')
  writeFileSync(path, 'old')
  const options = { directory, reporters: { html: () => 'new', txt: () => 'new' } }
  expect(() => writeReports(named('a', 'b'), options)).toThrow(
    expect.objectContaining({ code: 'ERR_REPORT_EXISTS' }),
  )
  expect(readFileSync(path, 'utf8')).toBe('old')
  expect(readdirSync(directory)).toEqual(['drift_a_vs_b.txt'])
  writeReports(named('a', 'b'), { ...options, overwrite: true })
  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(readdirSync(directory).sort()).toEqual(['drift_a_vs_b.html', 'drift_a_vs_b.txt'])
})

test('writes nothing where one of the reporters fails', () => {
  const broken = () => {
    throw new Error('cannot draw')
  }
  const reporters = { txt: () => 'fine', html: broken }
  expect(() => writeReports(named('a', 'b'), { directory, reporters })).toThrow('cannot draw')
  expect(readdirSync(directory)).toEqual([])
})

test.each([
  ['../../etc/passwd', 'etc-passwd'],
  ['a/b\\c', 'a-b-c'],
  ['jan\u0000\u202e 2001', 'jan-2001'],
  ['Größe', 'Größe'],
  ['', 'table'],
  ['.', 'table'],
  ['😀'.repeat(3), 'table'],
  ['x'.repeat(500), 'x'.repeat(80)],
])('a table named %j stays inside the directory', (name, part) => {
  const { txt } = writeReports(named(name, 'b'), { directory, reporters: { txt: () => '' } })
  expect(txt).toBe(join(directory, `drift_${part}_vs_b.txt`))
})
