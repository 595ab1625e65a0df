// A stranger's program: compiled and run by scripts/check-packages.ts in an empty project.
import { createServer } from 'node:http'
import { MeterProvider, type MetricProducer } from '@opentelemetry/sdk-metrics'
import { type InvalidArgumentError, numericProfile, profileQuantile } from '@tidegauge/core'
import { type DriftReport, decide, detectDrift, kolmogorovSmirnov } from '@tidegauge/drift'
import { latencyRecorder } from '@tidegauge/metrics'
import { latencyMiddleware } from '@tidegauge/metrics/express'
import { instrumentServer } from '@tidegauge/metrics/node'
import { openTelemetryProducer } from '@tidegauge/metrics/opentelemetry'
import { prometheusAdapter } from '@tidegauge/metrics/prometheus'
import { type Objective, rulesYaml, sloRules } from '@tidegauge/mixin'
import { htmlReport, jsonReport, summaryLine } from '@tidegauge/reporters'
import { writeReports } from '@tidegauge/reporters/node'
import { table } from 'arquero'
import express from 'express'
import { Registry } from 'prom-client'

const recorder = latencyRecorder()
const registry = new Registry()
prometheusAdapter({ recorder, registry })
const producer: MetricProducer = openTelemetryProducer(recorder)
const app = express()
app.use(latencyMiddleware({ recorder }))
instrumentServer(createServer(app), { recorder }).stop()
recorder.observe('GET', '/users/:id', 200, 0.003)
if (!(await registry.metrics()).includes('http_route="/users/:id"')) throw new Error('not shown')
if ((await producer.collect()).errors.length > 0) throw new Error('not collected')
await new MeterProvider().shutdown()

const ages = Float64Array.from({ length: 200 }, (_, i) => i)
const report: DriftReport = detectDrift(table({ age: ages }), [{ age: 1 }, { age: null }])
if (report.columns[0]?.verdict !== 'insufficient-data') throw new Error('one row is not enough')
const p: number = kolmogorovSmirnov(ages, ages).pValue
const median: number | null = profileQuantile(numericProfile(ages, [0, 100, 200]), 0.5)
if (p !== 1 || median === null) throw new Error('wrong numbers')
if (decide(report).action !== 'UNDECIDED') throw new Error('wrong decision')
try {
  kolmogorovSmirnov([], [1])
  throw new Error('an empty sample passed')
} catch (error) {
  if ((error as InvalidArgumentError).code !== 'ERR_INVALID_ARGUMENT') throw error
}
const objective: Objective = { kind: 'availability', name: 'api', target: 0.999 }
if (!rulesYaml(sloRules({ objectives: [objective] })).includes('14.4')) throw new Error('no alert')
writeReports(report, { directory: 'reports', reporters: { html: htmlReport, json: jsonReport } })
process.stdout.write(`${summaryLine(report)}\n`)
