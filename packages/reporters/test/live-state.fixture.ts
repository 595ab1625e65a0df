import type { LiveState, Look } from '@tidegauge/core'

const START = Date.UTC(2026, 10, 24, 17, 0)
const EVERY = 60_000

/** So many looks, a minute apart: quiet, then drifting, then of too little. */
export function looks(count: number): Look[] {
  return Array.from({ length: count }, (_, i) => {
    const action = (['NO_ACTION', 'ACTION', 'UNDECIDED', null] as const)[Math.floor(i / 5) % 4]!
    const share = { NO_ACTION: 0.125, ACTION: 0.5, UNDECIDED: i % 2 === 0 ? null : 1, none: null }
    return {
      time: START + (i + 1) * EVERY,
      action,
      share: share[action ?? 'none'],
      threshold: action === null ? 0 : 0.3,
      rows: action === null ? 0 : 1000 + i,
    }
  })
}

/** A replica that has looked 42 times, and was given another reference on its way. */
export function liveState(overrides: Partial<LiveState> = {}): LiveState {
  const seen = overrides.looks ?? looks(42)
  const asOf = seen.findLast(({ action }) => action !== null)?.time ?? START
  return {
    model: 'flights',
    replica: 'service-a',
    reference: {
      id: '070e4e38892c',
      trainedAt: Date.UTC(2026, 10, 17, 14, 3),
      since: START + 10.5 * EVERY,
    },
    now: asOf + 14_000,
    asOf,
    pace: { everySeconds: 60, since: START, kept: 60, next: asOf + 60_000 },
    windowSeconds: 3600,
    looks: seen,
    heldSince: asOf,
    replacements: [
      { time: START + 10.5 * EVERY, previous: '8be52d3f4a5c', reference: '070e4e38892c' },
    ],
    told: { time: START + 6 * EVERY, action: 'ACTION' },
    strangers: [
      { feature: 'amount', unnamed: 0, invalid: 12 },
      { feature: 'device', unnamed: 345, invalid: 0 },
    ],
    links: {
      Grafana: 'https://grafana.example/d/drift',
      Runbook: '/runbook',
      JSON: '?format=json',
    },
    refreshSeconds: 10,
    ...overrides,
  }
}
