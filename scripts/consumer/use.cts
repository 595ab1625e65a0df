// The same from CommonJS: compiled and run by scripts/check-packages.ts in an empty project.
import core = require('@tidegauge/core')
import drift = require('@tidegauge/drift')
import metrics = require('@tidegauge/metrics')
import express = require('@tidegauge/metrics/express')
import node = require('@tidegauge/metrics/node')
import openTelemetry = require('@tidegauge/metrics/opentelemetry')
import prometheus = require('@tidegauge/metrics/prometheus')
import reporters = require('@tidegauge/reporters')
import client = require('prom-client')

const recorder = metrics.latencyRecorder()
prometheus.prometheusAdapter({ recorder, registry: new client.Registry() })
const middleware = express.latencyMiddleware({ recorder })
const used = [middleware, node.instrumentServer, openTelemetry.openTelemetryProducer(recorder)]
const report = drift.detectDrift([{ age: 1 }], [{ age: 2 }])
const profile: core.NumericProfile = core.numericProfile([1], [0, 2])
if (used.length !== 3 || profile.n !== 1) throw new Error('wrong')
process.stdout.write(`${reporters.summaryLine(report)}\n`)
