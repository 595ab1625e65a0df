import { createServer } from 'node:http'
import { metrics } from '@opentelemetry/api'
import { InvalidArgumentError } from '@tidegauge/core'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import {
  openTelemetryMeterAdapter,
  openTelemetryMeterSources,
  openTelemetryProducer,
  openTelemetrySources,
} from '../src/adapters/opentelemetry.ts'
import { prometheusAdapter, prometheusSources } from '../src/adapters/prometheus.ts'
import { clusterRecorder } from '../src/cluster/cluster.ts'
import { threadRecorder } from '../src/cluster/worker-threads.ts'
import { fetchMetricsHandler, metricsHandler } from '../src/handler/metrics-handler.ts'
import { latencyRecorder, mergeStates, nativeProfile } from '../src/index.ts'
import { latencyMiddleware as expressMiddleware } from '../src/middleware/express.ts'
import { latencyMiddleware as fastifyPlugin } from '../src/middleware/fastify.ts'
import { latencyMiddleware as honoMiddleware } from '../src/middleware/hono.ts'
import { latencyMiddleware as koaMiddleware } from '../src/middleware/koa.ts'
import { latencyMiddleware as nestMiddleware } from '../src/middleware/nest.ts'
import { instrumentServer, latencyMiddleware as nodeMiddleware } from '../src/middleware/node.ts'

const recorder = latencyRecorder({ native: true })
recorder.observe('GET', '/', 200, 0.1)
const registry = new Registry()
const meter = metrics.getMeter('shop')
const ignored = { recorder, ignored: () => true }
const cap = { maxSample: 1 }

function nestApp(platform: 'express' | 'fastify') {
  return { use() {}, getHttpAdapter: () => ({ getType: () => platform, getInstance: () => ({}) }) }
}

/** What is called with a misspelt option, how an error calls it, and what was meant. */
const CALLS: [string, (misspelt: never) => unknown, object, string, string][] = [
  ['latencyRecorder', latencyRecorder, { maxSerie: 1 }, 'maxSerie', 'maxSeries'],
  ['native buckets', latencyRecorder, { native: { shema: 1 } }, 'native.shema', 'schema'],
  [
    'mergeStates',
    (o) => mergeStates([recorder.state()], o),
    { maxSerie: 1 },
    'limits.maxSerie',
    'maxSeries',
  ],
  [
    'nativeProfile',
    (o) => nativeProfile(recorder.snapshot(), o),
    { hihgest: 1 },
    'hihgest',
    'highest',
  ],
  ['metricsHandler', metricsHandler, { recorder, tokn: 'secret' }, 'tokn', 'token'],
  [
    'several recorders',
    metricsHandler,
    { recorders: [{ recorder, label: {} }] },
    'recorders[0].label',
    'labels',
  ],
  ['gzip', metricsHandler, { recorder, gzip: { levle: 1 } }, 'gzip.levle', 'level'],
  ['fetchMetricsHandler', fetchMetricsHandler, { recorder, namng: 'x' }, 'namng', 'naming'],
  ['Express', expressMiddleware, ignored, 'ignored', 'ignore'],
  ['Fastify', fastifyPlugin, ignored, 'ignored', 'ignore'],
  ['Koa', koaMiddleware, ignored, 'ignored', 'ignore'],
  ['Hono', honoMiddleware, ignored, 'ignored', 'ignore'],
  ['Nest on Express', (o) => nestMiddleware(nestApp('express'), o), ignored, 'ignored', 'ignore'],
  ['Nest on Fastify', (o) => nestMiddleware(nestApp('fastify'), o), ignored, 'ignored', 'ignore'],
  ['Node', nodeMiddleware, ignored, 'ignored', 'ignore'],
  ['instrumentServer', (o) => instrumentServer(createServer(), o), ignored, 'ignored', 'ignore'],
  ['clusterRecorder', clusterRecorder, { nmae: 'x' }, 'nmae', 'name'],
  ['threadRecorder', threadRecorder, { nmae: 'x' }, 'nmae', 'name'],
  [
    'prometheusAdapter',
    prometheusAdapter,
    { recorder, registry, activeRequest: false },
    'activeRequest',
    'activeRequests',
  ],
  [
    'prometheusSources',
    prometheusSources,
    { sources: [], registry, ...cap },
    'maxSample',
    'maxSamples',
  ],
  [
    'openTelemetryProducer',
    (o) => openTelemetryProducer(recorder, o),
    { bucket: 'exponential' },
    'bucket',
    'buckets',
  ],
  [
    'openTelemetrySources',
    openTelemetrySources,
    { sources: [], ...cap },
    'maxSample',
    'maxSamples',
  ],
  [
    'openTelemetryMeterAdapter',
    openTelemetryMeterAdapter,
    { recorder, meter, activeRequest: false },
    'activeRequest',
    'activeRequests',
  ],
  [
    'openTelemetryMeterSources',
    openTelemetryMeterSources,
    { sources: [], meter, ...cap },
    'maxSample',
    'maxSamples',
  ],
]

test.each(CALLS)(
  '%s: what is no option is refused, by the nearest name',
  (_, call, misspelt, name, meant) => {
    const misspell = () => call(misspelt as never)
    expect(misspell).toThrow(InvalidArgumentError)
    expect(misspell).toThrow(`"${name}" must be an option: "${meant}", maybe`)
    expect(misspell).not.toThrow('secret')
  },
)
