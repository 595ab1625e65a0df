import { describe, expect, test } from 'vitest'
import { isDrifted } from './column-verdict.ts'
import { decide, shareOfDriftedColumns } from './decision.ts'

describe('decide', () => {
  const report = { shareOfDriftedColumns: 0.0625, targetDrift: 0 }

  test('says the share, the threshold and the target', () => {
    expect(decide(report)).toEqual({
      action: 'NO_ACTION',
      cause: null,
      reason: 'drift_share=0.06 < 0.30 (target_drift=0.0)',
      policy: {
        shareThreshold: 0.3,
        actOnTargetDrift: false,
        minimumJudged: 0.5,
        onMissingColumn: 'action',
        onChangedType: 'action',
      },
    })
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -0.1, 1.1, undefined])(
    'a share of %s is refused, never taken for no drift',
    (share) => {
      for (const name of ['shareOfDriftedColumns', 'targetDrift'] as const) {
        expect(() => decide({ ...report, [name]: share })).toThrow(
          `"report.${name}" must be a number in [0, 1] or null, received ${share}`,
        )
      }
    },
  )

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('a weight of %d is refused', (weight) => {
    const columns = ['a', 'b'].map((name) => ({
      name,
      role: 'feature' as const,
      verdict: 'insufficient-data' as const,
      drifted: false,
    }))
    const settings = { preset: null, weights: { a: weight } }
    expect(() => decide({ ...report, columns, settings })).toThrow(
      `"weights.a" must be a non-negative number, received ${weight}`,
    )
    const judged = columns.map((one) => ({ ...one, verdict: 'stable' as const }))
    expect(() => shareOfDriftedColumns(judged, { a: weight })).toThrow('"weights.a" must be')
  })

  test('what a stored reference does not hold is a feature that was not judged, and is told', () => {
    const column = (name: string, more: object) => ({
      name,
      role: 'feature' as const,
      verdict: 'stable' as const,
      drifted: false,
      ...more,
    })
    const unheld = { verdict: 'error', finding: 'left-out' } as const
    const columns = [column('a', {}), column('b', {}), column('note', unheld)]
    expect(decide({ shareOfDriftedColumns: 0, targetDrift: null, columns })).toMatchObject({
      action: 'NO_ACTION',
      reason: 'drift_share=0.00 < 0.30 (target_drift=n/a); 1 of 3 not judged',
    })
    const mostly = [column('a', {}), column('note', unheld), column('text', unheld)]
    expect(decide({ shareOfDriftedColumns: 0, targetDrift: null, columns: mostly })).toMatchObject({
      action: 'UNDECIDED',
      reason: expect.stringContaining('judged_share=0.33 < 0.50'),
    })
    // A preset passes over its own.
    const settings = { preset: 'evidently' }
    expect(
      decide({ shareOfDriftedColumns: 0, targetDrift: null, columns, settings }).reason,
    ).not.toContain('not judged')
  })

  test('acts from the threshold on, not only above it', () => {
    expect(decide({ ...report, shareOfDriftedColumns: 0.3 })).toMatchObject({
      action: 'ACTION',
      reason: 'drift_share=0.30 >= 0.30 (target_drift=0.0)',
    })
  })

  test('a drifted target acts only where the policy says so, and then is the reason', () => {
    const drifted = { ...report, targetDrift: 1 }
    expect(decide(drifted)).toMatchObject({ action: 'NO_ACTION' })
    expect(decide(drifted, { actOnTargetDrift: true })).toMatchObject({
      action: 'ACTION',
      reason: 'target_drift=1.0 > 0 (drift_share=0.06 < 0.30)',
    })
  })

  test('a target that was judged and did not drift does not act, whatever the policy says', () => {
    const judged = { name: 'y', role: 'target', verdict: 'stable', drifted: false } as const
    for (const columns of [undefined, [judged]]) {
      expect(
        decide({ ...report, ...(columns && { columns }) }, { actOnTargetDrift: true }),
      ).toMatchObject({
        action: 'NO_ACTION',
        cause: null,
        reason: 'drift_share=0.06 < 0.30 (target_drift=0.0)',
      })
    }
  })

  test('a target to act on that was not judged leaves it undecided, unless something else acts', () => {
    const policy = { actOnTargetDrift: true }
    const column = (name: string, role: 'feature' | 'target', verdict: string) =>
      ({ name, role, verdict, drifted: verdict === 'drifted' }) as const
    const columns = [column('a', 'feature', 'stable'), column('y', 'target', 'error')]
    const unknown = { ...report, targetDrift: null, columns }
    expect(decide(unknown, policy)).toMatchObject({
      action: 'UNDECIDED',
      cause: 'unjudged',
      reason: 'insufficient data: target y not judged (drift_share=0.06 < 0.30, target_drift=n/a)',
    })
    expect(decide(unknown)).toMatchObject({ action: 'NO_ACTION' })
    expect(decide({ ...unknown, columns: columns.slice(0, 1) }, policy)).toMatchObject({
      action: 'NO_ACTION',
    })
    expect(decide({ ...report, targetDrift: null }, policy)).toMatchObject({ action: 'UNDECIDED' })
    expect(decide({ ...unknown, shareOfDriftedColumns: 0.5 }, policy)).toMatchObject({
      action: 'ACTION',
      cause: 'share',
    })
    const another = (verdict: string) => [...columns, column('z', 'target', verdict)]
    expect(decide({ ...report, columns: another('stable') }, policy)).toMatchObject({
      action: 'UNDECIDED',
    })
    expect(
      decide({ ...report, targetDrift: 1, columns: another('drifted') }, policy),
    ).toMatchObject({ action: 'ACTION', cause: 'target' })
  })

  test('a share that rounds to the threshold is shown with the digits that tell them apart', () => {
    expect(decide({ ...report, shareOfDriftedColumns: 0.2999 }).reason).toBe(
      'drift_share=0.2999 < 0.3000 (target_drift=0.0)',
    )
  })

  test('where nothing could be judged it says so instead of reporting no drift', () => {
    expect(decide({ shareOfDriftedColumns: null, targetDrift: null })).toMatchObject({
      action: 'UNDECIDED',
      cause: 'unjudged',
      reason: 'insufficient data: no feature could be judged (target_drift=n/a)',
    })
  })

  test.each([null, '0', true, Number.NaN])(
    'refuses %j as the share that must be judged',
    (value) => {
      expect(() => decide(report, { minimumJudged: value as number })).toThrow(
        '"policy.minimumJudged" must be a number in [0, 1]',
      )
    },
  )

  test.each([null, 'no', 1])('refuses %j as whether to act on the target', (value) => {
    expect(() => decide(report, { actOnTargetDrift: value as never })).toThrow(
      '"policy.actOnTargetDrift" must be true or false',
    )
  })

  test.each([Number.NaN, -0.1, 1.1])('refuses %d as a threshold', (shareThreshold) => {
    expect(() => decide(report, { shareThreshold })).toThrow(
      '"policy.shareThreshold" must be a number in [0, 1]',
    )
  })
})

test('a column drifts only when both its p-value and its effect reach their marks', () => {
  expect(isDrifted(0.05, 0.05, 0.1, 0.1)).toBe(true)
  expect(isDrifted(0.050001, 0.05, 0.1, 0.1)).toBe(false)
  expect(isDrifted(0.05, 0.05, 0.0999, 0.1)).toBe(false)
})

test('the share counts judged columns alone, and is null where there are none', () => {
  const column = (verdict: 'drifted' | 'stable' | 'error' | 'insufficient-data') => ({
    name: verdict,
    verdict,
    drifted: verdict === 'drifted',
  })
  expect(shareOfDriftedColumns([column('drifted'), column('stable'), column('error')])).toBe(0.5)
  expect(shareOfDriftedColumns([column('insufficient-data'), column('error')])).toBeNull()
  expect(shareOfDriftedColumns([])).toBeNull()
})
