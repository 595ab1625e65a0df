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
  ['latencyRecorder', latencyRecorder, { maxSerie: 1 }, 'options.maxSerie', 'maxSeries'],
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
    'options.hihgest',
    'highest',
  ],
  ['metricsHandler', metricsHandler, { recorder, tokn: 'secret' }, 'options.tokn', 'token'],
  [
    'several recorders',
    metricsHandler,
    { recorders: [{ recorder, label: {} }] },
    'recorders[0].label',
    'labels',
  ],
  ['gzip', metricsHandler, { recorder, gzip: { levle: 1 } }, 'gzip.levle', 'level'],
  ['fetchMetricsHandler', fetchMetricsHandler, { recorder, namng: 'x' }, 'options.namng', 'naming'],
  ['Express', expressMiddleware, ignored, 'options.ignored', 'ignore'],
  ['Fastify', fastifyPlugin, ignored, 'options.ignored', 'ignore'],
  ['Koa', koaMiddleware, ignored, 'options.ignored', 'ignore'],
  ['Hono', honoMiddleware, ignored, 'options.ignored', 'ignore'],
  [
    'Nest on Express',
    (o) => nestMiddleware(nestApp('express'), o),
    ignored,
    'options.ignored',
    'ignore',
  ],
  [
    'Nest on Fastify',
    (o) => nestMiddleware(nestApp('fastify'), o),
    ignored,
    'options.ignored',
    'ignore',
  ],
  ['Node', nodeMiddleware, ignored, 'options.ignored', 'ignore'],
  [
    'instrumentServer',
    (o) => instrumentServer(createServer(), o),
    ignored,
    'options.ignored',
    'ignore',
  ],
  ['clusterRecorder', clusterRecorder, { nmae: 'x' }, 'options.nmae', 'name'],
  ['threadRecorder', threadRecorder, { nmae: 'x' }, 'options.nmae', 'name'],
  [
    'prometheusAdapter',
    prometheusAdapter,
    { recorder, registry, activeRequest: false },
    'options.activeRequest',
    'activeRequests',
  ],
  [
    'prometheusSources',
    prometheusSources,
    { sources: [], registry, ...cap },
    'options.maxSample',
    'maxSamples',
  ],
  [
    'openTelemetryProducer',
    (o) => openTelemetryProducer(recorder, o),
    { bucket: 'exponential' },
    'options.bucket',
    'buckets',
  ],
  [
    'openTelemetrySources',
    openTelemetrySources,
    { sources: [], ...cap },
    'options.maxSample',
    'maxSamples',
  ],
  [
    'openTelemetryMeterAdapter',
    openTelemetryMeterAdapter,
    { recorder, meter, activeRequest: false },
    'options.activeRequest',
    'activeRequests',
  ],
  [
    'openTelemetryMeterSources',
    openTelemetryMeterSources,
    { sources: [], meter, ...cap },
    'options.maxSample',
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
