import { createRequire } from 'node:module'
import { expressApp } from '../stacks/express.ts'
import { fastifyApp } from '../stacks/fastify.ts'
import { honoApp } from '../stacks/hono.ts'
import { nodeApp } from '../stacks/node.ts'
import { type Counts, listen, type Subject } from './subject.ts'

/** The others, with the options that label routes by their templates where they have any; loaded when asked for. */
export const PEERS: Readonly<Record<string, () => Promise<Subject>>> = {
  'express-prom-bundle': async () => {
    const { default: bundle } = await import('express-prom-bundle')
    const { Registry } = await import('prom-client')
    return {
      name: 'express-prom-bundle',
      stack: 'express',
      errorTypes: false,
      routes: true,
      start() {
        const registry = new Registry()
        const middleware = bundle({
          includeMethod: true,
          includePath: true,
          // Its own way to templates: what Express knows when the response ends.
          normalizePath: (req) => {
            const { baseUrl = '', route } = req as { baseUrl?: string; route?: { path: unknown } }
            return route === undefined ? '' : `${baseUrl}${route.path}`
          },
          autoregister: false,
          promRegistry: registry,
        })
        return listen(
          expressApp((app) => app.use(middleware)),
          countsIn(registry, 'http_request_duration_seconds', 'path'),
        )
      },
    }
  },
  'fastify-metrics': async () => {
    const { default: plugin } = await import('fastify-metrics')
    const { Registry } = await import('@platformatic/prom-client')
    return {
      name: 'fastify-metrics',
      stack: 'fastify',
      errorTypes: false,
      routes: true,
      start() {
        const registry = new Registry()
        return listen(
          fastifyApp((app) => {
            // Its types are of another Fastify.
            app.register(
              plugin as never,
              {
                defaultMetrics: { enabled: false },
                endpoint: null,
                clearRegisterOnInit: false,
                routeMetrics: {
                  registeredRoutesOnly: false,
                  overrides: {
                    histogram: { registers: [registry], buckets: [1] },
                    summary: { registers: [registry] },
                  },
                },
              } as never,
            )
          }),
          countsIn(registry as never, 'http_request_duration_seconds', 'route'),
        )
      },
    }
  },
  '@hono/prometheus': async () => {
    const { prometheus } = await import('@hono/prometheus')
    const { Registry } = await import('prom-client')
    return {
      name: '@hono/prometheus',
      stack: 'hono',
      errorTypes: false,
      routes: true,
      start() {
        const registry = new Registry()
        const { registerMetrics } = prometheus({ registry })
        return listen(
          honoApp((app) => app.use('*', registerMetrics)),
          countsIn(registry, 'http_request_duration_seconds', 'route', 'status'),
        )
      },
    }
  },
  'OpenTelemetry http': () => openTelemetry('node'),
  'OpenTelemetry http on Express': () => openTelemetry('express'),
}

async function openTelemetry(stack: 'node' | 'express'): Promise<Subject> {
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http')
  const {
    AggregationTemporality,
    InMemoryMetricExporter,
    MeterProvider,
    PeriodicExportingMetricReader,
  } = await import('@opentelemetry/sdk-metrics')
  process.env.OTEL_SEMCONV_STABILITY_OPT_IN = 'http'
  const instrumentation = new HttpInstrumentation()
  instrumentation.enable()
  // It patches what is required, and so the server that everyone has.
  createRequire(import.meta.url)('node:http')
  return {
    name: `OpenTelemetry http${stack === 'node' ? '' : ' on Express'}`,
    stack,
    errorTypes: false,
    // Its `http.route` comes from the instrumentation of each framework.
    routes: false,
    start() {
      const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
      const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 })
      instrumentation.setMeterProvider(new MeterProvider({ readers: [reader] }))
      return listen(stack === 'node' ? nodeApp(() => {}) : expressApp(() => {}), {
        inFlight: () => undefined,
        async counts() {
          const { resourceMetrics } = await reader.collect()
          const metrics = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
          const duration = metrics.find(
            ({ descriptor }) => descriptor.name === 'http.server.request.duration',
          )
          return tally(
            (duration?.dataPoints ?? []).map(({ attributes, value }) => [
              String(attributes['http.request.method']),
              attributes['http.route'] as string | undefined,
              String(attributes['http.response.status_code'] ?? '-'),
              (value as { count: number }).count,
            ]),
          )
        },
      })
    },
  }
}

interface Registry {
  getMetricsAsJSON(): Promise<ReadonlyArray<{ name: string; values?: readonly Sample[] }>>
}

interface Sample {
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string | number | undefined>>
  readonly value: number
}

function countsIn(registry: unknown, name: string, route: string, status = 'status_code') {
  return {
    inFlight: () => undefined,
    async counts() {
      const metrics = await (registry as Registry).getMetricsAsJSON()
      const samples = metrics.find((metric) => metric.name === name)?.values ?? []
      return tally(
        samples
          .filter(({ metricName }) => metricName === `${name}_count`)
          .map(({ labels, value }) => [
            String(labels.method),
            labels[route] as string | undefined,
            String(labels[status]),
            value,
          ]),
      )
    },
  }
}

/** What they call a request without a route. */
const UNMATCHED: ReadonlySet<string> = new Set(['', '*', '/*', '__unknown__', 'N/A', 'undefined'])

function tally(rows: ReadonlyArray<readonly [string, string | undefined, string, number]>): Counts {
  const counts: Record<string, number> = {}
  for (const [method, route = '', status, count] of rows) {
    const key = [method, UNMATCHED.has(route) ? '-' : route, status].join(' ')
    counts[key] = (counts[key] ?? 0) + count
  }
  return counts
}
