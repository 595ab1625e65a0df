import { createHmac } from 'node:crypto'
import { categoricalProfile } from '@tidegauge/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeTableProfiles, parseTableProfile, profile, redactTableProfile } from '../index.ts'
import { detectDrift } from '../run/detect-drift.ts'
import { redactor } from './redaction.ts'

const KEY = 'correct horse battery staple'
const repeat = (counts: Record<string, number>) =>
  Object.entries(counts).flatMap(([name, count]) => Array<string>(count).fill(name))
const before = { city: repeat({ Ghent: 60, Malmö: 40, Porto: 9 }), age: [...Array(109).keys()] }
const after = { city: repeat({ Ghent: 20, Malmö: 30, Secret: 59 }), age: [...Array(109).keys()] }
const NAMES = /Ghent|Malmö|Porto|Secret/

describe('a report', () => {
  test('names no category, and has the numbers of the one that does', () => {
    const plain = detectDrift(before, after)
    const redacted = detectDrift(before, after, { redact: true })
    expect(JSON.stringify(plain)).toMatch(NAMES)
    expect(JSON.stringify(redacted)).not.toMatch(NAMES)
    const [column, original] = [redacted.columns[0]!, plain.columns[0]!]
    for (const field of ['statistic', 'pValue', 'effect', 'verdict', 'reason'] as const) {
      expect(column[field]).toEqual(original[field])
    }
    expect(column.reference).toMatchObject({
      categories: ['category 1', 'category 2', 'category 3'],
      counts: [60, 40, 9],
    })
    expect(column.newCategories).toEqual(['category 4'])
    expect(column.lostCategories).toEqual(['category 3'])
    expect(column.warnings).toEqual(['new categories: category 4', 'lost categories: category 3'])
    expect(redacted.settings.redacted).toBe(true)
  })

  test('quotes no value in its errors', () => {
    const table = { x: [...repeat({ '1': 40 }), 'patient Zero'] }
    const types = { x: 'numeric' } as const
    const reasonWith = (redact: boolean) =>
      detectDrift(table, table, { types, redact }).columns[0]!.reason
    expect(reasonWith(false)).toContain('patient Zero')
    expect(reasonWith(true)).toBe('a value is not a number')
  })

  test('quotes no error of others', () => {
    const column = new Proxy(['a'], {
      get(target, key) {
        if (key === '0') throw new Error('patient Zero')
        return Reflect.get(target, key)
      },
    })
    const { columns } = detectDrift({ x: column }, { x: column }, { redact: true })
    expect(columns[0]).toMatchObject({
      verdict: 'error',
      reason: 'the column could not be compared',
    })
  })
})

describe('a stored profile', () => {
  const stored = JSON.stringify(profile(before, { redact: KEY }))

  test('names no category and not the key, and gives the verdicts of the plain one', () => {
    expect(stored).not.toMatch(NAMES)
    expect(stored).not.toContain(KEY)
    const report = detectDrift(parseTableProfile(stored), after, { redact: KEY })
    const plain = detectDrift(profile(before), after, { redact: true })
    expect(JSON.stringify(report)).not.toMatch(NAMES)
    expect(report.columns.map(({ pValue, verdict }) => ({ pValue, verdict }))).toEqual(
      plain.columns.map(({ pValue, verdict }) => ({ pValue, verdict })),
    )
    expect(report.columns[0]!.newCategories).toEqual(['category 4'])
  })

  test('is compared with a table on either side, and with another of the same key without it', () => {
    const reference = parseTableProfile(stored)
    const current = profile(after, { redact: KEY })
    const pValues = [
      detectDrift(reference, current),
      detectDrift(before, current, { redact: KEY }),
      detectDrift(profile(before), current, { redact: KEY }),
    ].map(({ columns }) => columns[0]!.pValue)
    expect(new Set(pValues).size).toBe(1)
  })

  test.each([
    [undefined, 'its categories were stored redacted: pass the key as the option redact'],
    [true, 'its categories were stored redacted: pass the key as the option redact'],
    ['another key', 'its categories were stored redacted with another key'],
  ])('with the option %j is an error of that column, not a drift', (redact, reason) => {
    const { columns } = detectDrift(parseTableProfile(stored), after, {
      ...(redact === undefined ? {} : { redact }),
    })
    expect(columns[0]).toMatchObject({ verdict: 'error', reason })
    expect(columns[1]!.verdict).not.toBe('error')
  })

  test('is the same whether its names were taken away at once or later, and only once', () => {
    const later = redactTableProfile(parseTableProfile(JSON.stringify(profile(before))), KEY)
    expect(JSON.stringify(later)).toBe(stored)
    expect(() => redactTableProfile(later, KEY)).toThrow(
      '"table" must be a profile that holds names, received column "city" with codes',
    )
    expect(() => redactTableProfile(profile(before), 'short')).toThrow(
      '"key" must be a key of at least 8 characters, received 5 characters',
    )
  })

  test('two of different keys are neither compared nor merged', () => {
    const [a, b] = [profile(before, { redact: KEY }), profile(before, { redact: 'another key' })]
    expect(detectDrift(a, b, { redact: KEY }).columns[0]!.reason).toMatch(/with another key/)
    expect(() => mergeTableProfiles(a, b)).toThrow('column "city" was redacted with another key')
    const { city } = { city: { city: before.city } }
    const merged = mergeTableProfiles(
      profile(city, { redact: KEY }),
      profile(city, { redact: KEY }),
    )
    expect(merged.columns[0]).toMatchObject({ profile: { n: 218 }, keyCheck: expect.any(String) })
  })
})

describe('redactor', () => {
  test("codes are the first 128 bits of node:crypto's HMAC-SHA-256", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), (key, name) => {
        const { categories } = redactor('key', key).profile(categoricalProfile([[name, 1]]))
        const hmac = createHmac('sha256', key).update(`category ${name}`).digest('hex')
        expect(categories).toEqual([hmac.slice(0, 32)])
      }),
    )
  })

  test('keeps the counts, the missing and the rest', () => {
    const known = categoricalProfile(
      new Map([
        ['a', 5],
        ['b', 3],
        ['c', 1],
      ]),
      {
        missing: 4,
        maxCategories: 2,
      },
    )
    const { categories, ...counts } = redactor('key', KEY).profile(known)
    expect(categories).toHaveLength(2)
    expect(counts).toEqual({ ...known, categories: undefined, counts: [5, 3] })
  })
})
