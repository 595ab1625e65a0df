import { describe, expect, test } from 'vitest'
import { isDrifted } from './column-verdict.ts'
import {
  areTooFewJudged,
  DEFAULT_POLICY,
  type Decidable,
  type DecidableColumn,
  type DecisionPolicy,
  decide,
  driftShares,
  featuresToJudge,
  isInQuestion,
  isTargetUnjudged,
  shareOfDriftedColumns,
  validPolicy,
  wasJudged,
} from './decision.ts'

/** `a`: a feature that was judged and did not drift. */
function column(name: string, more: Partial<DecidableColumn> = {}): DecidableColumn {
  return { name, role: 'feature', verdict: 'stable', drifted: false, ...more }
}

const GONE = { verdict: 'error', finding: 'gone' } as const
const CHANGED = { verdict: 'error', finding: 'changed-type' } as const
const NEW = { verdict: 'error', finding: 'new' } as const
const LEFT_OUT = { verdict: 'error', finding: 'left-out' } as const
const FEW = { verdict: 'insufficient-data' } as const

/** Its shares follow from its columns. */
function reportOf(columns: readonly DecidableColumn[], preset: string | null = null): Decidable {
  const settings = { preset }
  return { ...driftShares(columns, settings), columns, settings }
}

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

describe('features that are gone or of another type', () => {
  const both = () =>
    reportOf([column('a'), column('b', GONE), column('c', CHANGED), column('d', GONE)])

  test('act by themselves, and are named first', () => {
    expect(decide(reportOf([column('a'), column('b', GONE)]))).toMatchObject({
      action: 'ACTION',
      cause: 'columns',
      reason: '1 of 2 features is gone: b',
    })
    expect(decide(reportOf([column('a', CHANGED)]))).toMatchObject({
      action: 'ACTION',
      cause: 'columns',
      reason: '1 of 1 feature changed its type: a',
    })
    expect(decide(both())).toMatchObject({
      action: 'ACTION',
      cause: 'columns',
      reason: '2 of 4 features are gone: b, d; 1 of 4 features changed its type: c',
    })
    expect(decide(reportOf([column('a', CHANGED), column('b', CHANGED)])).reason).toBe(
      '2 of 2 features changed their type: a, b',
    )
  })

  test.each<[Partial<DecisionPolicy>, string, string]>([
    [{ onMissingColumn: 'undecided' }, 'ACTION', '2 of 4 features are gone: b, d; 1 of 4'],
    [{ onChangedType: 'undecided' }, 'ACTION', '2 of 4 features are gone: b, d; 1 of 4'],
    [
      { onMissingColumn: 'undecided', onChangedType: 'undecided' },
      'UNDECIDED',
      '2 of 4 features are gone: b, d; 1 of 4',
    ],
    [{ onMissingColumn: 'ignore' }, 'ACTION', '1 of 2 features changed its type: c'],
    [
      { onMissingColumn: 'ignore', onChangedType: 'undecided' },
      'UNDECIDED',
      '1 of 2 features changed its type: c',
    ],
    [{ onChangedType: 'ignore' }, 'ACTION', '2 of 3 features are gone: b, d'],
    [
      { onChangedType: 'ignore', onMissingColumn: 'undecided' },
      'UNDECIDED',
      '2 of 3 features are gone: b, d',
    ],
    [
      { onMissingColumn: 'ignore', onChangedType: 'ignore' },
      'NO_ACTION',
      'drift_share=0.00 < 0.30 (target_drift=n/a)',
    ],
  ])('under %o: %s', (policy, action, reason) => {
    const decision = decide(both(), policy)
    expect(decision.action).toBe(action)
    expect(decision.reason.startsWith(reason)).toBe(true)
    expect(decision.cause).toBe(action === 'NO_ACTION' ? null : 'columns')
    expect(decision.policy).toEqual({ ...DEFAULT_POLICY, ...policy })
  })

  test('one kind acts by its own policy, whatever the other says', () => {
    const action = (finding: Partial<DecidableColumn>, policy: Partial<DecisionPolicy>) =>
      decide(reportOf([column('a'), column('b', finding)]), policy).action
    expect(action(GONE, { onMissingColumn: 'undecided' })).toBe('UNDECIDED')
    expect(action(CHANGED, { onChangedType: 'undecided' })).toBe('UNDECIDED')
    expect(action(GONE, { onChangedType: 'undecided' })).toBe('ACTION')
    expect(action(CHANGED, { onMissingColumn: 'undecided' })).toBe('ACTION')
    expect(decide(reportOf([column('a', GONE), column('b', CHANGED)]))).toMatchObject({
      action: 'ACTION',
      reason: '1 of 2 features is gone: a; 1 of 2 features changed its type: b',
    })
  })

  test('go before too few that could be judged, a drifted share and a drifted target', () => {
    const few = [column('b', FEW), column('c', FEW), column('d', FEW)]
    const drifted = { verdict: 'drifted', drifted: true } as const
    const others = [...few, column('e', drifted), column('y', { ...drifted, role: 'target' })]
    expect(
      decide(reportOf([column('a', GONE), ...others]), { actOnTargetDrift: true }),
    ).toMatchObject({ cause: 'columns', reason: '1 of 5 features is gone: a; 3 of 5 not judged' })
  })

  test('five are named, and each name is cut at sixty characters', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const gone = (count: number) =>
      decide(reportOf(names.slice(0, count).map((name) => column(name, GONE)))).reason
    expect(gone(5)).toBe('5 of 5 features are gone: a, b, c, d, e')
    expect(gone(7)).toBe('7 of 7 features are gone: a, b, c, d, e and 2 more')
    const long = (length: number) =>
      decide(reportOf([column('x'.repeat(length), GONE)])).reason.slice(
        '1 of 1 feature is gone: '.length,
      )
    expect(long(60)).toBe('x'.repeat(60))
    expect(long(61)).toBe(`${'x'.repeat(60)}…`)
  })

  test('of a target or a prediction are no fault of the features', () => {
    const labels = [
      column('y', { role: 'target', ...GONE }),
      column('p', { role: 'prediction', ...CHANGED }),
    ]
    expect(decide(reportOf([column('a'), ...labels]))).toMatchObject({ action: 'NO_ACTION' })
    // A preset counts them among the features where they are there.
    expect(decide(reportOf([column('a'), ...labels], 'evidently'))).toMatchObject({
      action: 'NO_ACTION',
    })
  })
})

describe('what should have been judged', () => {
  const all = [
    column('a'),
    column('few', FEW),
    column('gone', GONE),
    column('changed', CHANGED),
    column('new', NEW),
    column('left', LEFT_OUT),
    column('y', { role: 'target' }),
    column('z', { role: 'target', ...GONE }),
    column('p', { role: 'prediction', ...LEFT_OUT }),
  ]
  const names = (policy: Partial<DecisionPolicy> = {}, preset: string | null = null) =>
    featuresToJudge({ ...reportOf(all, preset) }, { ...DEFAULT_POLICY, ...policy })!.map(
      ({ name }) => name,
    )

  test('are the features of the reference, but for those that the policy ignores', () => {
    expect(names()).toEqual(['a', 'few', 'gone', 'changed', 'left'])
    expect(names({ onMissingColumn: 'ignore' })).toEqual(['a', 'few', 'changed', 'left'])
    expect(names({ onChangedType: 'ignore' })).toEqual(['a', 'few', 'gone', 'left'])
    expect(names({ onMissingColumn: 'undecided', onChangedType: 'undecided' })).toEqual(names())
  })

  test('with a preset the target that is there counts, and what the preset passes over does not', () => {
    expect(names({}, 'evidently')).toEqual(['a', 'few', 'gone', 'changed', 'y'])
  })

  test('is not known of a report that tells no columns', () => {
    expect(
      featuresToJudge({ shareOfDriftedColumns: 0, targetDrift: null }, DEFAULT_POLICY),
    ).toBeUndefined()
  })

  test('a column without a finding, and one that is only not held, may still be told as not judged', () => {
    expect(all.filter(isInQuestion).map(({ name }) => name)).toEqual(['a', 'few', 'left', 'y', 'p'])
    expect(all.filter(wasJudged).map(({ name }) => name)).toEqual(['a', 'y'])
    // An older report judged what it also has a finding on.
    expect(wasJudged(column('x', { finding: 'gone' }))).toBe(false)
  })
})

describe('too few that could be judged', () => {
  const few = (judged: number, all: number) =>
    reportOf(Array.from({ length: all }, (_, i) => column(`c${i}`, i < judged ? {} : FEW)))

  test('is less than the policy asks for, and not as many', () => {
    expect(decide(few(1, 3))).toMatchObject({
      action: 'UNDECIDED',
      cause: 'unjudged',
      reason:
        'insufficient data: judged_share=0.33 < 0.50 (drift_share=0.00 < 0.30, target_drift=n/a); 2 of 3 not judged',
    })
    expect(decide(few(2, 4))).toMatchObject({
      action: 'NO_ACTION',
      reason: 'drift_share=0.00 < 0.30 (target_drift=n/a); 2 of 4 not judged',
    })
    expect(decide(few(1, 3), { minimumJudged: 0 })).toMatchObject({ action: 'NO_ACTION' })
    expect(decide(few(3, 3), { minimumJudged: 1 })).toMatchObject({ action: 'NO_ACTION' })
    expect(decide(few(2, 3), { minimumJudged: 1 })).toMatchObject({ action: 'UNDECIDED' })
    expect(areTooFewJudged(few(1, 3), DEFAULT_POLICY)).toBe(true)
    expect(areTooFewJudged(few(2, 4), DEFAULT_POLICY)).toBe(false)
  })

  test('is by weight, whose sums are rounded, and a feature of no weight takes nothing away', () => {
    const columns = [column('a'), column('b'), column('c', FEW)]
    const weighted = (weights: Readonly<Record<string, number>>) => ({
      ...reportOf(columns),
      settings: { preset: null, weights },
    })
    // 0.1 + 0.2 of 0.1 + 0.2 + 0.3 is a half, but not to the last bit.
    const half = { a: 0.1, b: 0.2, c: 0.3 }
    expect(areTooFewJudged(weighted(half), DEFAULT_POLICY)).toBe(false)
    expect(areTooFewJudged(weighted(half), { ...DEFAULT_POLICY, minimumJudged: 0.5 + 1e-9 })).toBe(
      true,
    )
    expect(decide(weighted({ a: 0, b: 1, c: 3 }))).toMatchObject({
      action: 'UNDECIDED',
      reason: expect.stringContaining('judged_share=0.25 < 0.50'),
    })
    expect(areTooFewJudged(weighted({ c: 0 }), { ...DEFAULT_POLICY, minimumJudged: 1 })).toBe(false)
    // Where nothing has a weight there is nothing that should have been judged.
    expect(areTooFewJudged(weighted({ a: 0, b: 0, c: 0 }), DEFAULT_POLICY)).toBe(false)
  })

  test('is not said of a report that tells no columns', () => {
    const unknown = { shareOfDriftedColumns: 0, targetDrift: null }
    expect(areTooFewJudged(unknown, { ...DEFAULT_POLICY, minimumJudged: 1 })).toBe(false)
    expect(decide(unknown, { minimumJudged: 1 }).reason).toBe(
      'drift_share=0.00 < 0.30 (target_drift=n/a)',
    )
  })

  test('no share at all is undecided, whatever the target says, where there are features', () => {
    const target = column('y', { role: 'target', verdict: 'drifted', drifted: true })
    expect(decide(reportOf([column('a', FEW), target]), { minimumJudged: 0 })).toMatchObject({
      action: 'UNDECIDED',
      cause: 'unjudged',
      reason: 'insufficient data: no feature could be judged (target_drift=1.0); 1 of 1 not judged',
    })
    expect(decide({ shareOfDriftedColumns: null, targetDrift: 1 })).toMatchObject({
      action: 'UNDECIDED',
    })
    expect(
      decide(reportOf([column('a', GONE), target]), { onMissingColumn: 'ignore' }),
    ).toMatchObject({ action: 'UNDECIDED' })
    expect(
      decide(reportOf([column('a', CHANGED), target]), { onChangedType: 'ignore' }),
    ).toMatchObject({ action: 'UNDECIDED' })
  })
})

describe('the target alone', () => {
  const target = (verdict: string) =>
    reportOf([column('y', { role: 'target', verdict, drifted: verdict === 'drifted' })])

  test('decides where there are no features', () => {
    expect(decide(target('drifted'), { actOnTargetDrift: true })).toMatchObject({
      action: 'ACTION',
      cause: 'target',
      reason: 'target_drift=1.0 > 0 (no features)',
    })
    expect(decide(target('drifted'))).toMatchObject({
      action: 'NO_ACTION',
      reason: 'no features (target_drift=1.0)',
    })
    expect(decide(target('stable'), { actOnTargetDrift: true, shareThreshold: 0 })).toMatchObject({
      action: 'NO_ACTION',
    })
    expect(decide(target('error'))).toMatchObject({ action: 'UNDECIDED' })
    expect(decide(reportOf([]))).toMatchObject({ action: 'UNDECIDED' })
  })

  test('is unjudged only where it was to be acted on, and no other acts', () => {
    const policy = { actOnTargetDrift: true }
    const y = column('y', { role: 'target', verdict: 'error' })
    const is = (targetDrift: number | null, columns?: readonly DecidableColumn[], own = policy) =>
      isTargetUnjudged({ targetDrift, ...(columns && { columns }) }, own)
    expect(is(null, [y])).toBe(true)
    expect(is(null, [y], { actOnTargetDrift: false })).toBe(false)
    expect(is(0, [y])).toBe(true)
    expect(is(1, [y])).toBe(false)
    expect(is(0.5, [y])).toBe(false)
    expect(is(null)).toBe(true)
    expect(is(0)).toBe(false)
    expect(is(1)).toBe(false)
    expect(is(null, [column('a', FEW)])).toBe(false)
  })

  test('that was not judged is named alone, and only by its role where the columns are not told', () => {
    const policy = { actOnTargetDrift: true }
    const labels = [
      column('y', { role: 'target' }),
      column('z', { role: 'target', verdict: 'error' }),
    ]
    expect(decide(reportOf([column('a'), column('b', FEW), ...labels]), policy).reason).toBe(
      'insufficient data: target z not judged (drift_share=0.00 < 0.30, target_drift=0.0); 1 of 2 not judged',
    )
    expect(decide({ shareOfDriftedColumns: 0, targetDrift: null }, policy)).toMatchObject({
      action: 'UNDECIDED',
      cause: 'unjudged',
      reason: 'insufficient data: target not judged (drift_share=0.00 < 0.30, target_drift=n/a)',
    })
  })
})

describe('the shares of a report', () => {
  const drifted = { verdict: 'drifted', drifted: true } as const
  const columns = [
    column('a', drifted),
    column('b'),
    column('c'),
    column('few', FEW),
    column('gone', GONE),
    column('y', { role: 'target', ...drifted }),
    column('z', { role: 'target' }),
    column('p', { role: 'prediction' }),
  ]

  test('are those of its features, its target and its prediction apart', () => {
    expect(driftShares(columns, { preset: null })).toEqual({
      shareOfDriftedColumns: 1 / 3,
      evaluatedFeatures: 3,
      driftedFeatures: 1,
      covariateDrift: true,
      targetDrift: 0.5,
      predictionDrift: 0,
    })
    expect(driftShares(columns, { preset: null, weights: { a: 2 } }).shareOfDriftedColumns).toBe(
      0.5,
    )
  })

  test('with a preset target and prediction count among the features', () => {
    expect(driftShares(columns, { preset: 'evidently' })).toMatchObject({
      shareOfDriftedColumns: 2 / 6,
      evaluatedFeatures: 6,
      driftedFeatures: 2,
      targetDrift: 0.5,
    })
  })

  test('are null where nothing was judged, which is not no drift', () => {
    expect(driftShares([column('few', FEW), column('gone', GONE)], { preset: null })).toEqual({
      shareOfDriftedColumns: null,
      evaluatedFeatures: 0,
      driftedFeatures: 0,
      covariateDrift: null,
      targetDrift: null,
      predictionDrift: null,
    })
    expect(driftShares([column('a')], { preset: null }).covariateDrift).toBe(false)
  })

  test('a column of no weight was judged all the same', () => {
    const weightless = [column('a', drifted), column('b')]
    expect(shareOfDriftedColumns(weightless, { a: 0 })).toBe(0)
    expect(shareOfDriftedColumns(weightless, { a: 0, b: 0 })).toBeNull()
    expect(shareOfDriftedColumns(weightless, null)).toBe(0.5)
  })
})

describe('a policy', () => {
  test('has the defaults where it says nothing, and may be at either end', () => {
    expect(validPolicy()).toEqual(DEFAULT_POLICY)
    for (const end of [0, 1]) {
      const policy = { shareThreshold: end, minimumJudged: end }
      expect(validPolicy(policy)).toEqual({ ...DEFAULT_POLICY, ...policy })
    }
    for (const one of ['action', 'undecided', 'ignore'] as const) {
      const policy = { onMissingColumn: one, onChangedType: one }
      expect(validPolicy(policy)).toEqual({ ...DEFAULT_POLICY, ...policy })
    }
  })

  test('is refused where it says what it cannot mean', () => {
    for (const name of ['onMissingColumn', 'onChangedType'] as const) {
      expect(() => validPolicy({ [name]: 'act' })).toThrow(
        `"policy.${name}" must be one of action, undecided, ignore, received act`,
      )
    }
    expect(() => validPolicy({ shareTreshold: 0.5 } as never)).toThrow(
      '"policy.shareTreshold" must be an option: "shareThreshold", maybe',
    )
  })
})

test('a share that a double cannot tell from the threshold is shown with fifteen digits at most', () => {
  const share = 0.3 - 2 ** -54
  expect(decide({ shareOfDriftedColumns: share, targetDrift: null }).reason).toBe(
    'drift_share=0.300000000000000 < 0.300000000000000 (target_drift=n/a)',
  )
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
