import { expect, test } from 'vitest'
import { column, driftReport, exampleReport } from '../test/drift-report.fixture.ts'
import { jsonReport } from './json.ts'

test('gives back an equal report, lone surrogates and all', () => {
  expect(JSON.parse(jsonReport(exampleReport()))).toEqual(exampleReport())
})

test('is indented and ends in one newline', () => {
  expect(jsonReport(driftReport([]))).toMatch(
    /^\{\n {2}"format": "tidegauge.drift-report",[\s\S]*\n\}\n$/,
  )
})

test.each([
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
])('refuses %s, which JSON would turn into null, and says where it is', (effect, said) => {
  const report = driftReport([column('a'), column('b', 'stable', { effect })])
  expect(() => jsonReport(report)).toThrow(
    expect.objectContaining({
      code: 'ERR_INVALID_ARGUMENT',
      message: `"report.columns[1].effect" must be a finite number or null, received ${said}`,
    }),
  )
})
