import { adjustPValues } from '@tidegauge/core'
import { expect, test } from 'vitest'
import type { MeasuredColumn } from '../measure/measured-column.ts'
import type { DriftSettings } from '../report/drift-report.ts'
import { judgeInSteps } from './judge.ts'

const settings: DriftSettings = {
  preset: null,
  alpha: 0.05,
  correction: 'holm',
  tolerance: 0.1,
  minimumValues: 30,
  maxCategories: 50,
  redacted: false,
}

const RARE = 1e-6
const LARGE = { value: 0.5, interval: [0.4, 0.6] } as const
const SMALL = { value: 0.05, interval: [0.04, 0.06] } as const
const none = { reference: 0, referenceRows: 100, current: 0, currentRows: 100 }
const emptied = { reference: 2, referenceRows: 100, current: 100, currentRows: 100 }

function measured(more: Partial<MeasuredColumn> = {}): MeasuredColumn {
  return {
    name: 'x',
    type: 'numeric',
    method: 'kolmogorov-smirnov',
    statistic: 0.2,
    pValue: 0.5,
    effect: LARGE,
    smallestDetectableEffect: 0.1,
    criterion: { measure: 'effect', operator: '>=' },
    threshold: 0.1,
    reason: 'as it was measured',
    warnings: [],
    state: 'judged',
    missing: none,
    newCategories: [],
    lostCategories: [],
    reference: null,
    current: null,
    ...more,
  }
}

/** Runs to its end; a step for each column. */
function judge(columns: readonly MeasuredColumn[], own: Partial<DriftSettings> = {}) {
  const steps = judgeInSteps(columns, { ...settings, ...own })
  for (let taken = 0; ; taken++) {
    const { done, value } = steps.next()
    if (!done) continue
    expect(taken).toBe(columns.length)
    return value
  }
}

const judgedAlone = (more: Partial<MeasuredColumn>) => judge([measured(more)])[0]!

test('drifted, negligible or stable, by p-value and effect, and says why', () => {
  expect(judgedAlone({ pValue: RARE })).toMatchObject({
    verdict: 'drifted',
    drifted: true,
    adjustedPValue: RARE,
    effect: 0.5,
    effectInterval: [0.4, 0.6],
    reason: expect.stringMatching(/^the distribution changed as much as a shift by 0.5 standard/),
  })
  expect(judgedAlone({ pValue: RARE, effect: SMALL })).toMatchObject({
    verdict: 'negligible',
    drifted: false,
    reason: expect.stringMatching(/^a detectable change, too small to matter/),
  })
  expect(judgedAlone({ pValue: 0.5 })).toMatchObject({
    verdict: 'stable',
    drifted: false,
    reason: 'no change could be told from chance at the level of 5%',
  })
})

test('what was measured for the judge alone is not in what was judged', () => {
  const { missing, ...column } = judgedAlone({
    untold: 'no',
    changedType: { reference: 'numeric', current: 'text' },
    invalid: 3,
    missing: { ...none, reference: 50 },
  })
  for (const name of ['state', 'untold', 'changedType', 'invalid'])
    expect(column).not.toHaveProperty(name)
  expect(missing).toMatchObject({ reference: 0.5, current: 0, drifted: true })
})

test('too few values are no verdict, and in no family of tests', () => {
  const few = measured({ state: 'insufficient-data', pValue: RARE, effect: null })
  const [column, other] = judge([few, measured({ pValue: 0.03 })])
  expect(column).toMatchObject({
    verdict: 'insufficient-data',
    drifted: false,
    effect: null,
    effectInterval: null,
    reason: 'as it was measured',
  })
  expect(column).not.toHaveProperty('adjustedPValue')
  expect(other).toMatchObject({ verdict: 'drifted', adjustedPValue: 0.03 })
})

test('too few values drift all the same where they went missing', () => {
  expect(
    judgedAlone({
      state: 'insufficient-data',
      effect: null,
      missing: { ...none, current: 90 },
    }),
  ).toMatchObject({
    verdict: 'drifted',
    drifted: true,
    reason: 'missing values went from 0% to 90%',
  })
})

test('an error stays one, whatever was measured before it', () => {
  expect(
    judgedAlone({ state: 'error', pValue: RARE, missing: { ...none, current: 90 } }),
  ).toMatchObject({ verdict: 'error', drifted: false, reason: 'as it was measured' })
})

test('a change that could have been missed is not stable, and one that was found is drift', () => {
  const untold = 'the half of it has no names'
  expect(judgedAlone({ untold })).toMatchObject({
    verdict: 'insufficient-data',
    drifted: false,
    reason: untold,
    adjustedPValue: 0.5,
  })
  expect(judgedAlone({ untold, pValue: RARE, effect: SMALL })).toMatchObject({
    verdict: 'insufficient-data',
    reason: untold,
  })
  expect(judgedAlone({ untold, pValue: RARE })).toMatchObject({ verdict: 'drifted', drifted: true })
})

test('values that are no more are an error that names what came in their place', () => {
  const lost = { state: 'insufficient-data', effect: null, missing: emptied } as const
  expect(judgedAlone(lost)).toMatchObject({
    verdict: 'error',
    drifted: false,
    finding: 'gone',
    reason: 'no value in the current table; 2% were missing in the reference',
  })
  expect(judgedAlone({ ...lost, invalid: 51 })).toMatchObject({
    verdict: 'error',
    drifted: false,
    finding: 'changed-type',
  })
  expect(judgedAlone({ ...lost, invalid: 50 })).toMatchObject({ finding: 'gone' })
})

test('that no value is there is no finding where it may be chance, or was so before', () => {
  const chance = { reference: 29, referenceRows: 30, current: 30, currentRows: 30 }
  const always = { ...emptied, reference: 100 }
  const few = { ...emptied, current: 3, currentRows: 3 }
  for (const missing of [chance, always, few]) {
    const column = judgedAlone({ state: 'insufficient-data', effect: null, missing })
    expect(column).toMatchObject({ verdict: 'insufficient-data', drifted: false })
    expect(column).not.toHaveProperty('finding')
  }
})

test('a loss counts at the level itself, and not above it', () => {
  const missing = { reference: 54, referenceRows: 60, current: 60, currentRows: 60 }
  const lost = measured({ state: 'insufficient-data', effect: null, missing })
  const { adjustedPValue } = judge([lost])[0]!.missing
  const at = (alpha: number) => judge([lost], { alpha })[0]!.verdict
  expect(at(adjustedPValue!)).toBe('error')
  expect(at(adjustedPValue! * 0.99)).toBe('insufficient-data')
})

test('values and missing values of all columns are one family, adjusted by the correction that was chosen', () => {
  const half = { reference: 50, referenceRows: 100, current: 63, currentRows: 100 }
  const columns = [0.02, 0.01].map((pValue) => measured({ pValue, missing: half }))
  const raw = judge(columns, { correction: 'none' })
  const ownMissing = raw.map(({ missing }) => missing.pValue!)
  expect(raw.map((column) => column.adjustedPValue)).toEqual([0.02, 0.01])
  for (const correction of ['holm', 'bonferroni', 'benjamini-hochberg'] as const) {
    const judged = judge(columns, { correction })
    const expected = adjustPValues([0.02, 0.01, ...ownMissing], correction)
    expect([
      ...judged.map((column) => column.adjustedPValue),
      ...judged.map(({ missing }) => missing.adjustedPValue),
    ]).toEqual(expected)
    expect(judged.map(({ missing }) => missing.pValue)).toEqual(ownMissing)
  }
})
