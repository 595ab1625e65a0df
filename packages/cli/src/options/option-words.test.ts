import { detectDrift } from '@tidegauge/drift'
import { describe, expect, test } from 'vitest'
import { DRIFT_OPTIONS } from './drift-options.ts'
import { librariesOf } from './option-spec.ts'
import { flagged, inFlags, warningInFlags } from './option-words.ts'

const table = { age: [1, 2, 3], day: [4, 5, 6] }

/** What the library refuses of each option that the command passes on. */
const REFUSED: ReadonlyArray<readonly [option: string, wrong: object, said: RegExp]> = [
  ['target', { target: 'x' }, /^--target must be a column of the tables/],
  ['prediction', { prediction: 'x' }, /^--prediction must be a column/],
  ['time', { time: 'x' }, /^--time must be a column of both/],
  ['columns', { columns: ['x'] }, /^--columns must be a column/],
  ['exclude', { exclude: ['x'] }, /^--exclude must be a column/],
  ['types', { types: { age: 'x' } }, /^--type age must be one of/],
  ['units', { units: { age: '' } }, /^--unit age must be a unit/],
  ['preset', { preset: 'x' }, /^--preset must be one of/],
  ['method', { method: 'x' }, /^--method must be /],
  ['methods', { methods: { age: 'x' } }, /^--method age must be /],
  ['alpha', { alpha: 2 }, /^--alpha must be a number/],
  ['correction', { correction: 'x' }, /^--correction must be one of/],
  ['tolerance', { tolerance: -1 }, /^--tolerance must be/],
  ['minimumValues', { minimumValues: 0 }, /^--minimum-values must be a positive integer/],
  ['maxCategories', { maxCategories: 0.5 }, /^--max-categories must be a positive integer/],
  ['weights', { weights: { x: 1 } }, /^--weight must be a column/],
  ['weights', { weights: { age: -1 } }, /^--weight age must be a non-negative number/],
  ['actOnTargetDrift', { policy: { actOnTargetDrift: 1 } }, /^--act-on-target-drift must be/],
  ['redact', { redact: 1 }, /^--redact must be/],
  ['shareThreshold', { policy: { shareThreshold: 2 } }, /^--share must be/],
  ['minimumJudged', { policy: { minimumJudged: 2 } }, /^--minimum-judged must be/],
  ['onMissingColumn', { policy: { onMissingColumn: 'x' } }, /^--on-missing-column must be/],
  ['onChangedType', { policy: { onChangedType: 'x' } }, /^--on-changed-type must be/],
]

describe('what the library says of its options is said of those of the command', () => {
  test.each(REFUSED)('%s', async (_, wrong, said) => {
    const refused = inFlags(async () => detectDrift(table, table, wrong))
    await expect(refused).rejects.toThrow(said)
    await expect(refused).rejects.toMatchObject({ code: 'ERR_USAGE' })
  })

  test('of every option that has a flag', () => {
    const filled = Object.values(DRIFT_OPTIONS).flatMap(librariesOf)
    const checked = filled
      .map((path) => /^drift\.(?:policy\.)?(\w+)$/.exec(path)?.[1])
      .filter((option) => option !== undefined)
    expect([...new Set(checked)].sort()).toEqual([...new Set(REFUSED.map(([one]) => one))].sort())
  })
})

test('the name of a column stays as it is, and what is no option too', () => {
  expect(flagged('"types.a.b" must be one of x')).toBe('--type a.b must be one of x')
  expect(flagged('"methods.a"\nb" must be x')).toBe('--method a"\nb must be x')
  expect(flagged('"toString" must be x')).toBe('"toString" must be x')
  expect(flagged('"weights.a.b" must be x')).toBe('--weight a.b must be x')
  expect(flagged('"reference" must be x')).toBe('"reference" must be x')
})

test('another error stays what it is', async () => {
  const error = new Error('"alpha" must be mended')
  await expect(inFlags(() => Promise.reject(error))).rejects.toBe(error)
})

test('the cure in a warning is an option of the command', () => {
  const numbers = { code: ['1', '2', '3', '4'].flatMap((text) => Array(20).fill(text)) }
  const { columns } = detectDrift(numbers, numbers)
  const warnings = columns[0]!.warnings.map((warning) => warningInFlags(warning, 'code'))
  expect(warnings).toContain(
    'every category reads as a number: if it is one, say so with --type code=numeric',
  )
})
