import {
  type CategoricalProfile,
  categoricalProfile,
  decide,
  numericProfile,
} from '@tidegauge/core'
import { driftShares } from '@tidegauge/core/internal'
import type { ColumnDrift, DriftReport, TableSummary, Verdict } from '@tidegauge/drift'

/** A valid report on these columns: shares and counts follow from their verdicts. */
export function driftReport(
  columns: readonly ColumnDrift[],
  overrides: Partial<DriftReport> = {},
): DriftReport {
  const settings = {
    preset: null,
    alpha: 0.05,
    correction: 'benjamini-hochberg',
    tolerance: 0.1,
    minimumValues: 30,
    maxCategories: 50,
    redacted: false,
    ...overrides.settings,
  } as const
  const shares = driftShares(columns, settings)
  return {
    format: 'tidegauge.drift-report',
    version: 2,
    reference: table('2026-03', 10_000),
    current: table('2026-04', 9_214),
    columns,
    missingColumns: columns
      .filter(({ finding, role }) => finding === 'gone' && role === 'feature')
      .map(({ name }) => name),
    changedTypes: columns
      .filter(({ finding, role }) => finding === 'changed-type' && role === 'feature')
      .map(({ name }) => ({ name, reference: 'numeric', current: 'categorical' })),
    ...shares,
    decision: decide({ ...shares, columns, settings }, overrides.decision?.policy),
    ...overrides,
    settings,
  }
}

export function table(name: string, rows: number): TableSummary {
  return { name, rows }
}

/** A column with a verdict and, unless told otherwise, numbers that lead to it. */
export function column(
  name: string,
  verdict: Verdict = 'stable',
  overrides: Partial<ColumnDrift> = {},
): ColumnDrift {
  const type = overrides.reference?.kind ?? overrides.current?.kind ?? overrides.type ?? 'numeric'
  const numeric = type === 'numeric'
  return {
    name,
    type,
    role: 'feature',
    method: numeric ? 'kolmogorov-smirnov' : 'chi-squared',
    statistic: numeric ? EFFECTS[verdict] : CHI_SQUARED[verdict],
    effect: EFFECTS[verdict],
    effectInterval: intervalAround(overrides.effect ?? EFFECTS[verdict]),
    smallestDetectableEffect: verdict === 'error' ? null : 0.02,
    criterion: { measure: 'effect', operator: '>=' },
    threshold: 0.1,
    missing: {
      reference: 0,
      current: 0,
      pValue: null,
      adjustedPValue: null,
      effect: null,
      drifted: false,
    },
    newCategories: [],
    lostCategories: [],
    drifted: verdict === 'drifted',
    verdict,
    reason: reasonOf(verdict, overrides.effect ?? EFFECTS[verdict]),
    warnings: [],
    reference: numeric ? numericProfile([0.9, 2, 1.9, 3], [0, 1, 2, 3]) : colours(5, 3),
    current: numeric ? numericProfile([1, 2, 2.9, 3], [0, 1, 2, 3]) : colours(4, 4),
    ...(verdict === 'error' ? {} : P_VALUES[verdict]),
    ...overrides,
  }
}

function intervalAround(effect: number | null): [number, number] | null {
  return effect === null ? null : [0.8 * effect, 1.2 * effect]
}

const EFFECTS = {
  drifted: 0.3121,
  negligible: 0.0412,
  stable: 0.0087,
  'insufficient-data': 0.2214,
  error: null,
}
const CHI_SQUARED = {
  drifted: 1834.2,
  negligible: 31.07,
  stable: 1.742,
  'insufficient-data': 2.101,
  error: null,
}
const P_VALUES = {
  drifted: { pValue: 0, adjustedPValue: 0 },
  negligible: { pValue: 3.2e-7, adjustedPValue: 6.4e-7 },
  stable: { pValue: 0.61234, adjustedPValue: 0.71234 },
  'insufficient-data': {},
}

function reasonOf(verdict: Verdict, effect: number | null): string {
  switch (verdict) {
    case 'drifted':
      return `The distributions differ, and the effect of ${effect} reaches the threshold of 0.1.`
    case 'negligible':
      return `The difference is detectable, but its effect of ${effect} stays below 0.1.`
    case 'stable':
      return 'No difference could be detected (adjusted p = 0.712).'
    case 'insufficient-data':
      return 'Only 12 values in the current table, 30 are needed.'
    case 'error':
      return 'The current table has no such column.'
  }
}

function colours(red: number, blue: number): CategoricalProfile {
  return categoricalProfile([
    ['red', red],
    ['blue', blue],
  ])
}

/** Names that would break a page, a terminal or a file that trusts them. */
export const HOSTILE_NAMES: readonly string[] = [
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '<!-- ]]> </style><style>*{display:none}</style>',
  'javascript:alert(1)',
  '\u001b[31mred\u001b[0m\u0007\r\n\u0000',
  'مرحبا بالعالم שלום',
  'invoice\u202excod.exe',
  '👩‍👩‍👧‍👦 🏴‍☠️ 気温',
  'lone \ud800 half \udc00',
  'x'.repeat(10_000),
  `zalgo ${'\u0301'.repeat(5_000)}`,
  '',
]

/** All five verdicts, both types, three roles, and names that nobody should choose. */
export function exampleReport(): DriftReport {
  const random = generator(7)
  const normal = (): number => gaussian(random)
  return driftReport(
    [
      numeric(
        'age',
        'stable',
        sample(4000, () => 40 + 12 * normal()),
        sample(3600, () => 40 + 12 * normal()),
      ),
      numeric(
        'temperature',
        'drifted',
        sample(4000, () => 12 + 4 * normal()),
        sample(3600, () => 15.5 + 4.4 * normal()),
        {
          statistic: 0.3327,
          effect: 0.3327,
          reason:
            'The distributions differ (D = 0.333, adjusted p < 1e-300), and the effect reaches its threshold of 0.1.',
        },
      ),
      numeric(
        'session_seconds',
        'drifted',
        sample(4000, () => Math.exp(3 + normal())),
        sample(3600, () => Math.exp(3.4 + 1.3 * normal())),
        {
          statistic: 0.1713,
          effect: 0.1713,
          pValue: 2.1e-49,
          adjustedPValue: 8.4e-49,
          warnings: ['0.5 % of the values lie outside of the bins and are shown at the edges.'],
        },
      ),
      numeric(
        'items_in_basket',
        'negligible',
        sample(4000, () => poisson(random, 2.6)),
        sample(3600, () => poisson(random, 2.8)),
        {},
        12,
        420,
      ),
      categorical(
        'device',
        'drifted',
        [
          ['desktop', 5210],
          ['mobile', 4105],
          ['tablet', 685],
        ],
        [
          ['mobile', 5930],
          ['desktop', 2604],
          ['tablet', 310],
          ['television', 370],
        ],
        {
          effect: 0.4216,
          warnings: ['The category television does not occur in the reference.'],
        },
      ),
      categorical('country', 'stable', countries(random, 10_000), countries(random, 9_214), {
        method: 'chi-squared',
        statistic: 231.4,
        warnings: [
          '61 categories have fewer than 5 expected values; they were pooled for the test.',
        ],
      }),
      categorical(
        'churned',
        'stable',
        [
          ['false', 8712],
          ['true', 1288],
        ],
        [
          ['false', 8001],
          ['true', 1213],
        ],
        { role: 'target' },
      ),
      numeric(
        'churn_score',
        'negligible',
        sample(4000, () => 1 / (1 + Math.exp(2 - 1.2 * normal()))),
        sample(3600, () => 1 / (1 + Math.exp(1.85 - 1.2 * normal()))),
        { role: 'prediction' },
      ),
      numeric(
        'discount',
        'insufficient-data',
        sample(140, () => 10 * random()),
        sample(12, () => 10 * random()),
        {},
        9860,
        9202,
      ),
      column('loyalty_tier', 'error', {
        type: 'categorical',
        method: 'chi-squared',
        reference: categoricalProfile([
          ['gold', 800],
          ['silver', 3100],
          ['none', 6100],
        ]),
        current: null,
      }),
      numeric(
        '</script><img src=x onerror=alert(1)>',
        'stable',
        sample(500, random),
        sample(500, random),
      ),
      categorical(
        'مرحبا \u202e👩‍👩‍👧 気温 \ud800',
        'negligible',
        [
          ['<b>bold</b>', 40],
          [`long ${'category '.repeat(40)}`, 25],
          ['‮evil', 20],
          ['שלום', 15],
        ],
        [
          ['<b>bold</b>', 46],
          [`long ${'category '.repeat(40)}`, 20],
          ['‮evil', 22],
          ['new & "quoted"', 12],
        ],
      ),
      numeric(
        'x'.repeat(10_000),
        'stable',
        sample(300, () => 1.7e9 + random()),
        sample(300, () => 1.7e9 + random()),
      ),
    ],
    { reference: table('bookings-2026-03', 10_000), current: table('bookings-2026-04', 9_214) },
  )
}

function numeric(
  name: string,
  verdict: Verdict,
  reference: readonly number[],
  current: readonly number[],
  overrides: Partial<ColumnDrift> = {},
  missingBefore = 0,
  missingAfter = 0,
): ColumnDrift {
  const edges = equalWidthEdges([...reference, ...current])
  return column(name, verdict, {
    reference: numericProfile(reference, edges, { missing: missingBefore }),
    current: numericProfile(current, edges, { missing: missingAfter }),
    ...overrides,
  })
}

/** As detectDrift counts: 30 bins between the outer half percents, or one for each of few values. */
function equalWidthEdges(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  const distinct = [...new Set(sorted)]
  if (distinct.length <= 30) return [distinct[0]! - 0.5, ...distinct.map((value) => value + 0.5)]
  const low = sorted[Math.floor(0.005 * sorted.length)]!
  const high = sorted[Math.floor(0.995 * sorted.length)]!
  return Array.from({ length: 31 }, (_, i) => low + ((high - low) * i) / 30)
}

type Counts = ReadonlyArray<readonly [string, number]>

function categorical(
  name: string,
  verdict: Verdict,
  reference: Counts,
  current: Counts,
  overrides: Partial<ColumnDrift> = {},
): ColumnDrift {
  return column(name, verdict, {
    reference: categoricalProfile(reference),
    current: categoricalProfile(current),
    ...overrides,
  })
}

/** 229 categories whose frequencies fall as 1 / rank. */
function countries(random: () => number, n: number): Counts {
  return Array.from({ length: 229 }, (_, i) => {
    const expected = n / (6 * (i + 1))
    return [
      `country-${String(i + 1).padStart(3, '0')}`,
      Math.round(expected * (0.95 + 0.1 * random())),
    ]
  })
}

function sample(size: number, draw: () => number): number[] {
  return Array.from({ length: size }, draw)
}

/** mulberry32: the same numbers in every run. */
export function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function poisson(random: () => number, mean: number): number {
  let count = -1
  for (let product = 1; product > Math.exp(-mean); product *= random()) count++
  return count
}
