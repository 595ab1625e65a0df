import {
  prometheusRules,
  REQUEST_METRICS,
  type RuleFile,
  type SloRulesOptions,
  sloRules,
} from '@tidegauge/mixin'
import { LATENCY_BOUNDS } from '../service/service.ts'
import { MODEL_NAME } from '../service/watched-model.ts'

/** How fast the stack looks at itself: calmly by default, in seconds for `--check`. */
export interface Tempo {
  readonly scrapeSeconds: number
  readonly rulesSeconds: number
  /** The traffic that is held against the reference, in Prometheus and on the live page. */
  readonly windowSeconds: number
  /** How long an alert's condition must hold. */
  readonly holdSeconds: number
  /** How long Alertmanager gathers alerts before it tells of them. */
  readonly groupWaitSeconds: number
  readonly groupIntervalSeconds: number
  readonly repeatSeconds: number
}

export const CALM: Tempo = {
  scrapeSeconds: 5,
  rulesSeconds: 15,
  windowSeconds: 300,
  holdSeconds: 60,
  groupWaitSeconds: 5,
  groupIntervalSeconds: 30,
  repeatSeconds: 600,
}

export const QUICK: Tempo = {
  scrapeSeconds: 1,
  rulesSeconds: 2,
  windowSeconds: 30,
  holdSeconds: 10,
  groupWaitSeconds: 1,
  groupIntervalSeconds: 5,
  repeatSeconds: 20,
}

const predictions = { select: { route: '/predict', labels: { job: 'flights' } } }

/** What the service promises: the player fails one request in two hundred, and in a slow hour has every fifth wait. */
const OBJECTIVES: Pick<SloRulesOptions, 'objectives' | 'apdex'> = {
  objectives: [
    { kind: 'availability', name: 'predictions-answered', target: 0.99, ...predictions },
    {
      kind: 'latency',
      name: 'predictions-quick',
      target: 0.95,
      thresholdSeconds: 0.1,
      ...predictions,
    },
  ],
  apdex: [{ name: 'predictions', thresholdSeconds: 0.025, ...predictions }],
}

/** The rules of the stack: drift of the fleet, whether 19 of 20 requests are as quick as they were, and what is promised. */
export function stackRules({
  scrapeSeconds,
  rulesSeconds,
  windowSeconds,
  holdSeconds,
}: Tempo): RuleFile {
  const interval = `${rulesSeconds}s`
  const drift = prometheusRules({
    models: MODEL_NAME,
    scrapeInterval: `${scrapeSeconds}s`,
    interval,
    window: `${windowSeconds}s`,
    for: `${holdSeconds}s`,
    notEvaluatedFor: `${10 * windowSeconds}s`,
    latency: {
      select: { route: '/predict' },
      quantile: 0.95,
      factor: 2,
      reference: { offset: `${2 * windowSeconds}s` },
    },
  })
  const metric = { ...REQUEST_METRICS.opentelemetry, bounds: LATENCY_BOUNDS }
  const promised = sloRules({ ...OBJECTIVES, metric, interval })
  return { groups: [...drift.groups, ...promised.groups] }
}
