import { InvalidArgumentError } from '@tidegauge/core'
import { expect, test } from 'vitest'
import {
  driftDashboard,
  type Objective,
  prometheusRules,
  provisioning,
  REQUEST_METRICS,
  serviceDashboard,
  sloRules,
} from '../src/index.ts'

const availability: Objective = { kind: 'availability', name: 'answers', target: 0.99 }
const apdex = { name: 'speed', thresholdSeconds: 0.5 }
const metric = REQUEST_METRICS.opentelemetry

/** What is called with a misspelt option, how an error calls it, and what was meant. */
const CALLS: [string, (misspelt: never) => unknown, object, string, string][] = [
  ['driftDashboard', driftDashboard, { titel: 'Drift' }, 'titel', 'title'],
  ['serviceDashboard', serviceDashboard, { failure: [] }, 'failure', 'failures'],
  ['its metric', serviceDashboard, { metric: { ...metric, bound: [] } }, 'metric.bound', 'bounds'],
  [
    'the names of its labels',
    serviceDashboard,
    { metric: { ...metric, labels: { ...metric.labels, statuscode: 'code' } } },
    'metric.labels.statuscode',
    'statusCode',
  ],
  ['what it shows', serviceDashboard, { select: { rout: '/' } }, 'select.rout', 'route'],
  ['provisioning', provisioning, { prometheusURL: 'http://c' }, 'prometheusURL', 'prometheusUrl'],
  ['prometheusRules', prometheusRules, { model: 'flights' }, 'model', 'models'],
  ['its latency', prometheusRules, { latency: { factr: 2 } }, 'latency.factr', 'factor'],
  [
    'a severity',
    prometheusRules,
    { severities: { FeatureDrif: 'page' } },
    'severities.FeatureDrif',
    'FeatureDrift',
  ],
  ['an old name', prometheusRules, { minimumCount: 1 }, 'minimumCount', 'minimumValues'],
  ['another', prometheusRules, { evaluatedShare: 1 }, 'evaluatedShare', 'minimumJudged'],
  [
    'one of latency',
    prometheusRules,
    { latency: { minimumRequests: 9 } },
    'latency.minimumRequests',
    'minimumValues',
  ],
  [
    'its reference',
    prometheusRules,
    { latency: { reference: { offset: '1d', ofset: '1d' } } },
    'latency.reference.ofset',
    'offset',
  ],
  ['sloRules', sloRules, { objectives: [availability], windws: [] }, 'windws', 'windows'],
  [
    'an objective',
    sloRules,
    { objectives: [{ ...availability, runbookURL: 'http://c' }] },
    'objectives[0].runbookURL',
    'runbookUrl',
  ],
  ['an Apdex', sloRules, { apdex: [{ ...apdex, label: {} }] }, 'apdex[0].label', 'labels'],
  [
    'a window',
    sloRules,
    {
      objectives: [availability],
      windows: [{ long: '1h', short: '5m', budget: 0.1, severty: '' }],
    },
    'windows[0].severty',
    'severity',
  ],
]

test.each(CALLS)(
  '%s: what is no option is refused, by the nearest name',
  (_, call, misspelt, name, meant) => {
    const misspell = () => call(misspelt as never)
    expect(misspell).toThrow(InvalidArgumentError)
    expect(misspell).toThrow(`"${name}" must be an option: "${meant}", maybe`)
  },
)
