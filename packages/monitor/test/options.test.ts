import { InvalidArgumentError } from '@tidegauge/core'
import { profile } from '@tidegauge/drift'
import { expect, test } from 'vitest'
import { featureHook as expressHook } from '../src/hooks/express.ts'
import { featureHook as fastifyHook } from '../src/hooks/fastify.ts'
import { featureHook as honoHook } from '../src/hooks/hono.ts'
import { featureHook as koaHook } from '../src/hooks/koa.ts'
import {
  type FeatureMonitorOptions,
  featureMonitor,
  fetchMonitorHandler,
  monitorHandler,
  retrainWebhook,
} from '../src/index.ts'
import { flightMonitor } from './flight-monitor.ts'

const monitor = flightMonitor()
const reference = profile([{ distance: 1 }, { distance: 2 }])
const toRow = () => null
const html = () => ''

/** As from a file: nothing checks the names of options there. */
function monitorOf(options: object) {
  return featureMonitor({ reference, model: 'flights', ...options } as FeatureMonitorOptions)
}

/** What is called with a misspelt option, how an error calls it, and what was meant. */
const CALLS: [string, (misspelt: never) => unknown, object, string, string][] = [
  ['featureMonitor', monitorOf, { minimumValue: 1 }, 'minimumValue', 'minimumValues'],
  ['its old names', monitorOf, { minSamples: 1 }, 'minSamples', 'minimumValues'],
  ['its window', monitorOf, { window: { second: 60 } }, 'window.second', 'seconds'],
  [
    'its false alarms',
    monitorOf,
    { falseAlarms: { probability: 0.1, perSecond: 60 } },
    'falseAlarms.perSecond',
    'perSeconds',
  ],
  ['its comparison', monitorOf, { drift: { tolerence: 1 } }, 'drift.tolerence', 'tolerance'],
  [
    'its policy',
    monitorOf,
    { drift: { policy: { sharethreshold: 1 } } },
    'policy.sharethreshold',
    'shareThreshold',
  ],
  ['handler()', (o) => monitor.handler(o), { cacheSecond: 1 }, 'cacheSecond', 'cacheSeconds'],
  [
    'monitorHandler',
    (o) => monitorHandler(monitor, o),
    { reporters: { html }, tokn: 'secret' },
    'tokn',
    'token',
  ],
  [
    'its reporters',
    (o) => monitorHandler(monitor, o),
    { reporters: { htlm: html } },
    'reporters.htlm',
    'html',
  ],
  [
    'its page',
    (o) => monitorHandler(monitor, o),
    { reporters: { html: { render: html, header: {} } } },
    'reporters.html.header',
    'headers',
  ],
  [
    'fetchMonitorHandler',
    (o) => fetchMonitorHandler(monitor, o),
    { reporters: { html }, loopbackonly: false },
    'loopbackonly',
    'loopbackOnly',
  ],
  ['retrainWebhook', retrainWebhook, { retrain() {}, maxAlert: 1 }, 'maxAlert', 'maxAlerts'],
  [
    'featureHook of Express',
    (o) => expressHook(monitor, toRow, o),
    { onErorr() {} },
    'onErorr',
    'onError',
  ],
  [
    'featureHook of Fastify',
    (o) => fastifyHook(monitor, toRow, o),
    { onErorr() {} },
    'onErorr',
    'onError',
  ],
  [
    'featureHook of Hono',
    (o) => honoHook(monitor, toRow, o),
    { onErorr() {} },
    'onErorr',
    'onError',
  ],
  ['featureHook of Koa', (o) => koaHook(monitor, toRow, o), { onErorr() {} }, 'onErorr', 'onError'],
]

test.each(CALLS)(
  '%s refuses what is no option, by the nearest name',
  (_, call, misspelt, name, meant) => {
    const misspell = () => call(misspelt as never)
    expect(misspell).toThrow(InvalidArgumentError)
    expect(misspell).toThrow(`"${name}" must be an option: "${meant}", maybe`)
    expect(misspell).not.toThrow('secret')
  },
)
