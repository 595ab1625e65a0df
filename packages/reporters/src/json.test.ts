import fc from 'fast-check'
import { expect, test } from 'vitest'
import { column, driftReport, exampleReport } from '../test/drift-report.fixture.ts'
import { jsonReport, jsonText } from './json.ts'

test('gives back an equal report, lone surrogates and all', () => {
  expect(JSON.parse(jsonReport(exampleReport()))).toEqual(exampleReport())
})

test('is indented and ends in one newline', () => {
  expect(jsonReport(driftReport([]))).toMatch(
    /^\{\n {2}"format": "tidegauge.drift-report",[\s\S]*\n\}\n$/,
  )
})

test('writes what JSON.stringify writes, but for -0', () => {
  const same = fc.property(fc.jsonValue(), (value) => {
    const text = jsonText('value', value)
    expect(JSON.parse(text)).toEqual(value)
    expect(text.replace(/(?<=[ [\n]|^)-0(?=,?$)/gm, '0')).toBe(JSON.stringify(value, null, 2))
  })
  fc.assert(same)
  expect(jsonText('value', [-0, 0])).toBe('[\n  -0,\n  0\n]')
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
