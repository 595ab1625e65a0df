import { createServer } from 'node:http'
import { feastOnline, feastSource } from '@tidegauge/connect/feast'
import { mlflow } from '@tidegauge/connect/mlflow'
import { webhook } from '@tidegauge/connect/webhook'
import {
  categoricalProfile,
  decide,
  mergeProfiles,
  numericProfile,
  numericProfileOfCounts,
} from '@tidegauge/core'
import { accessControl } from '@tidegauge/core/http-access'
import * as drift from '@tidegauge/drift'
import { meanDifferenceInterval } from '@tidegauge/drift/quantiles'
import * as metrics from '@tidegauge/metrics'
import { clusterRecorder } from '@tidegauge/metrics/cluster'
import * as onExpress from '@tidegauge/metrics/express'
import * as onFastify from '@tidegauge/metrics/fastify'
import * as onHono from '@tidegauge/metrics/hono'
import * as onKoa from '@tidegauge/metrics/koa'
import { fetchMetricsHandler, metricsHandler } from '@tidegauge/metrics/metrics-handler'
import * as onNest from '@tidegauge/metrics/nest'
import * as onNode from '@tidegauge/metrics/node'
import * as toOpenTelemetry from '@tidegauge/metrics/opentelemetry'
import { prometheusAdapter, prometheusSources } from '@tidegauge/metrics/prometheus'
import { threadRecorder } from '@tidegauge/metrics/worker-threads'
import * as mixin from '@tidegauge/mixin'
import * as monitor from '@tidegauge/monitor'
import { featureHook as expressHook } from '@tidegauge/monitor/express'
import { featureHook as fastifyHook } from '@tidegauge/monitor/fastify'
import { featureHook as honoHook } from '@tidegauge/monitor/hono'
import { featureHook as koaHook } from '@tidegauge/monitor/koa'
import * as reporters from '@tidegauge/reporters'
import { writeFiles, writeReports } from '@tidegauge/reporters/node'
import * as sources from '@tidegauge/sources'
import * as files from '@tidegauge/sources/files'
import { trinoEngine } from '@tidegauge/sources/trino'
import { expect, test } from 'vitest'
import { exportsOf, type Options, packages } from './public-api.ts'

/** Every exported function refuses what is no option of it, and knows just the options that its type has. */
const numbers = [1, 2, 3, 4, 5]
const words = ['a', 'b', 'a', 'b']
const documents = Array.from({ length: 12 }, (_, i) => `a text of ${i} words`)
const profile = numericProfile(numbers, [0, 2, 4])
const table = { age: Array.from({ length: 60 }, (_, i) => i) }
const shape = { rowCount: 60, columnNames: ['age'] }
const pairs = {
  reference: shape,
  current: shape,
  read: async () => ({ reference: table.age, current: table.age }),
}
const reference = drift.profile(table)
const report = drift.detectDrift(table, table)
const recorder = metrics.latencyRecorder({ native: true })
recorder.observe('GET', '/', 200, 0.1)
const source: sources.TableSource = {
  name: 'ages',
  shape: async () => ({ rowCount: 60, columns: [{ name: 'age', type: 'numeric' }] }),
  read: async () => reference.columns[0]!,
}
const watched = monitor.featureMonitor({ reference, model: 'ages' })
const toRow = () => null
const html = () => ''
const metric = mixin.REQUEST_METRICS.opentelemetry
const availability = { kind: 'availability', name: 'answers', target: 0.99 } as const
const app = {
  use() {},
  getHttpAdapter: () => ({ getType: () => 'express', getInstance: () => ({}) }),
}

/** A call of each function with what it needs besides; what is no option is added to the last. */
const CALLS: Readonly<Record<string, (options: never) => unknown>> = {
  'connect/feast.feastOnline': (o) => feastOnline(o),
  'connect/feast.feastSource': (o) => feastSource(o),
  'connect/mlflow.mlflow': (o) => mlflow(o),
  'connect/webhook.webhook': (o) => webhook(o),
  'core.categoricalProfile': (o) => categoricalProfile([['a', 1]], o),
  'core.decide': (o) => decide(report, o),
  'core.mergeProfiles': (o) => mergeProfiles(profile, profile, o),
  'core.numericProfile': (o) => numericProfile(numbers, [0, 2], o),
  'core.numericProfileOfCounts': (o) => numericProfileOfCounts([[1, 2]], [0, 2], o),
  'core/http-access.accessControl': (o) => accessControl(o, ['GET']),
  'drift.chiSquared': (o) => drift.chiSquared(words, words, o),
  'drift.cramerVonMises': (o) => drift.cramerVonMises(numbers, numbers, o),
  'drift.decide': (o) => drift.decide(report, o),
  'drift.detectDrift': (o) => drift.detectDrift(table, table, o),
  'drift.detectDriftAsync': (o) => drift.detectDriftAsync(table, table, o),
  'drift.detectDriftByColumn': (o) => drift.detectDriftByColumn(pairs, o),
  'drift.domainClassifier': (o) => drift.domainClassifier(documents, documents, o),
  'drift.driftPool': (o) => drift.driftPool(o),
  'drift.gTest': (o) => drift.gTest(words, words, o),
  'drift.hellingerDistance': (o) => drift.hellingerDistance(words, words, o),
  'drift.jensenShannonDistance': (o) => drift.jensenShannonDistance(words, words, o),
  'drift.kolmogorovSmirnov': (o) => drift.kolmogorovSmirnov(numbers, numbers, o),
  'drift.kullbackLeiblerDivergence': (o) => drift.kullbackLeiblerDivergence(words, words, o),
  'drift.mannWhitneyU': (o) => drift.mannWhitneyU(numbers, numbers, o),
  'drift.maximumMeanDiscrepancy': (o) => drift.maximumMeanDiscrepancy(numbers, numbers, o),
  'drift.populationStabilityIndex': (o) => drift.populationStabilityIndex(numbers, numbers, o),
  'drift.profile': (o) => drift.profile(table, o),
  'drift.studentT': (o) => drift.studentT(numbers, numbers, o),
  'drift.totalVariationDistance': (o) => drift.totalVariationDistance(numbers, numbers, o),
  'drift.wassersteinDistance': (o) => drift.wassersteinDistance(numbers, numbers, o),
  'drift.welchT': (o) => drift.welchT(numbers, numbers, o),
  'drift.zTest': (o) => drift.zTest(numbers, numbers, o),
  'drift/quantiles.meanDifferenceInterval': (o) => meanDifferenceInterval(numbers, numbers, o),
  'metrics.latencyRecorder': (o) => metrics.latencyRecorder(o),
  'metrics.mergeStates': (o) => metrics.mergeStates([recorder.state()], o),
  'metrics.nativeProfile': (o) => metrics.nativeProfile(recorder.snapshot(), o),
  'metrics/cluster.clusterRecorder': (o) => clusterRecorder(o),
  'metrics/express.latencyMiddleware': (o) => onExpress.latencyMiddleware(o),
  'metrics/fastify.latencyMiddleware': (o) => onFastify.latencyMiddleware(o),
  'metrics/hono.latencyMiddleware': (o) => onHono.latencyMiddleware(o),
  'metrics/koa.latencyMiddleware': (o) => onKoa.latencyMiddleware(o),
  'metrics/metrics-handler.fetchMetricsHandler': (o) => fetchMetricsHandler(o),
  'metrics/metrics-handler.metricsHandler': (o) => metricsHandler(o),
  'metrics/nest.latencyMiddleware': (o) => onNest.latencyMiddleware(app, o),
  'metrics/node.instrumentServer': (o) => onNode.instrumentServer(createServer(), o),
  'metrics/node.latencyMiddleware': (o) => onNode.latencyMiddleware(o),
  'metrics/opentelemetry.openTelemetryMeterAdapter': (o) =>
    toOpenTelemetry.openTelemetryMeterAdapter(o),
  'metrics/opentelemetry.openTelemetryMeterSources': (o) =>
    toOpenTelemetry.openTelemetryMeterSources(o),
  'metrics/opentelemetry.openTelemetryProducer': (o) =>
    toOpenTelemetry.openTelemetryProducer(recorder, o),
  'metrics/opentelemetry.openTelemetrySources': (o) => toOpenTelemetry.openTelemetrySources(o),
  'metrics/prometheus.prometheusAdapter': (o) => prometheusAdapter(o),
  'metrics/prometheus.prometheusSources': (o) => prometheusSources(o),
  'metrics/worker-threads.threadRecorder': (o) => threadRecorder(o),
  'mixin.driftDashboard': (o) => mixin.driftDashboard(o),
  'mixin.inhibitRules': (o) => mixin.inhibitRules(o),
  'mixin.prometheusRules': (o) => mixin.prometheusRules(o),
  'mixin.provisioning': (o) => mixin.provisioning(o),
  'mixin.serviceDashboard': (o) => mixin.serviceDashboard(o),
  'mixin.sloDashboard': (o) => mixin.sloDashboard(o),
  'mixin.sloRules': (o) => mixin.sloRules(o),
  'monitor.featureMonitor': (o) => monitor.featureMonitor(o),
  'monitor.fetchMonitorHandler': (o) => monitor.fetchMonitorHandler(watched, o),
  'monitor.monitorHandler': (o) => monitor.monitorHandler(watched, o),
  'monitor.retrainWebhook': (o) => monitor.retrainWebhook(o),
  'monitor/express.featureHook': (o) => expressHook(watched, toRow, o),
  'monitor/fastify.featureHook': (o) => fastifyHook(watched, toRow, o),
  'monitor/hono.featureHook': (o) => honoHook(watched, toRow, o),
  'monitor/koa.featureHook': (o) => koaHook(watched, toRow, o),
  'reporters.htmlReport': (o) => reporters.htmlReport(report, o),
  'reporters.markdownReport': (o) => reporters.markdownReport(report, o),
  'reporters.reportPolicy': (o) => reporters.reportPolicy(o),
  'reporters.summaryLine': (o) => reporters.summaryLine(report, o),
  'reporters.textReport': (o) => reporters.textReport(report, o),
  'reporters.decisionText': (o) => reporters.decisionText(report, o),
  'reporters/node.writeFiles': (o) => writeFiles({}, o),
  'reporters/node.writeReports': (o) => writeReports(report, o),
  'sources.compareSources': (o) => sources.compareSources(reference, reference, o),
  'sources/files.fileSource': (o) => files.fileSource('a.csv', o),
  'sources.profileSource': (o) => sources.profileSource(source, o),
  'sources.sqlSource': (o) => sources.sqlSource(o),
  'sources/trino.trinoEngine': (o) => trinoEngine(o),
}

/** What stands in an option that holds options, by its name; a list where it takes one. */
const NESTED: Readonly<Record<string, object>> = {
  apdex: [{ name: 'speed', thresholdSeconds: 0.5 }],
  drift: {},
  exclude: {},
  falseAlarms: { probability: 0.1, perSeconds: 60 },
  gzip: { level: 1 },
  html: { render: html },
  latency: {},
  method: {},
  metric,
  modelVersion: { name: 'ages', version: 1 },
  names: {},
  native: {},
  objectives: [availability],
  origin: { source: 'january.csv' },
  policy: {},
  recorders: [{ recorder }],
  reporters: { html },
  resourceLimits: {},
  select: {},
  severities: {},
  window: {},
  windows: [{ long: '1h', short: '5m', budget: 0.1, severity: 'page' }],
}

/** Others hold no options but what is compared, measured or asked. */
const SUBJECTS = new Set(
  'dialect engine like meter naming pool preset recorder reference registry signal sources exemplars start end madeAt live'.split(
    ' ',
  ),
)

/** What a function needs so that the others of its options are looked at. */
const NEEDED: Readonly<Record<string, object>> = {
  fetchMetricsHandler: { recorder },
  metricsHandler: { recorder },
  featureMonitor: { reference, model: 'ages' },
  fetchMonitorHandler: { reporters: { html } },
  mlflow: { trackingUri: 'http://localhost:5000', experiment: 'ages' },
  monitorHandler: { reporters: { html } },
  sloRules: { objectives: [availability] },
}

/** It checks the options of all others. */
const CHECK = 'core/options.assertOptions'

const functions = packages
  .filter(({ name }) => name.startsWith('@tidegauge/'))
  .flatMap(({ entries }) =>
    entries.flatMap((entry) =>
      exportsOf(entry)
        .filter(({ options }) => options.length > 0)
        .map(({ name, options }) => ({
          id: `${entry.specifier.replace('@tidegauge/', '')}.${name}`,
          name,
          options,
        })),
    ),
  )
  .filter(({ id }) => id !== CHECK)

test('each function that takes options is called below', () => {
  expect(functions.map(({ id }) => id).sort()).toEqual(Object.keys(CALLS).sort())
})

const OURS = 'notAnOption'
const KNOWN = /"(\S+)" must be an option: one of (.*), received true$/

/** Where it said the unknown name to be, and which it knows. */
async function refusal(call: () => unknown): Promise<{ path: string; known: string[] }> {
  const error = await Promise.resolve()
    .then(call)
    .then(
      () => new Error('nothing was refused'),
      (thrown: Error & { code?: string }) => thrown,
    )
  const [, path = error.message, known = ''] = KNOWN.exec(error.message) ?? []
  return { path, known: known.split(', ').sort() }
}

test.each(functions)('$id refuses what is no option, and knows all that are', async (found) => {
  const call = CALLS[found.id]!
  const needed = NEEDED[found.name] ?? {}
  const { path, known } = await refusal(() => call({ ...needed, [OURS]: true } as never))
  expect(path).toMatch(new RegExp(`^(?:(?:limits|policy)\\.)?${OURS}$`))
  for (const { keys } of found.options) expect(known).toEqual(expect.arrayContaining([...keys]))
  expect(known.length).toBe(new Set(found.options.flatMap(({ keys }) => keys)).size)
})

const nested = functions.flatMap(({ id, name, options }) => {
  const holders = new Set(options.flatMap((one: Options) => Object.keys(one.nested)))
  return [...holders]
    .filter((option) => !SUBJECTS.has(option))
    .map((option) => ({ id, name, option }))
})

test.each(nested)('$id refuses what is no option within $option', async ({ id, name, option }) => {
  const within = NESTED[option]
  expect(within, `NESTED says what may stand in ${option}`).toBeDefined()
  const value = Array.isArray(within)
    ? [{ ...within[0], [OURS]: true }]
    : { ...within, [OURS]: true }
  const needed = option === 'recorders' ? {} : (NEEDED[name] ?? {})
  const options = { ...needed, [option]: value }
  const { path } = await refusal(() => CALLS[id]!(options as never))
  expect(path).toBe(`${option}${Array.isArray(within) ? '[0]' : ''}.${OURS}`)
})
