import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { type LatencyRecorder, latencyRecorder, REQUEST_DURATION } from '@tidegauge/metrics'
import { latencyMiddleware as expressLatency } from '@tidegauge/metrics/express'
import { latencyMiddleware as fastifyLatency } from '@tidegauge/metrics/fastify'
import { instrumentServer, latencyMiddleware as nodeLatency } from '@tidegauge/metrics/node'

/** The requests of all variants go round these routes, all of them GET and answered 200. */
export const ROUTES: readonly string[] = Array.from({ length: 10 }, (_, i) => `/resource${i}/:id`)

/** The path of the n-th request. */
export function pathOf(n: number): string {
  return ROUTES[n % ROUTES.length]!.replace(':id', String(n % 997))
}

/** What one contender is: a server, and what its metrics have counted. */
export interface Service {
  readonly server: Server
  readonly counts?: Counts
}

/** A middleware without a server. */
export interface Alone {
  readonly middleware: Middleware
  readonly counts?: Counts
}

export type Middleware = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void

/** Each sets itself up, in a process of its own. */
export type Variants<T> = Readonly<Record<string, () => Promise<T>>>

/** Requests counted by route template; under '' where the variant knows none. */
export type Counts = () => Promise<Readonly<Record<string, number>>>

export const HTTP: Variants<Service> = {
  bare: async () => ({ server: nodeServer() }),
  'bare again': async () => ({ server: nodeServer() }),
  ours: async () => {
    const recorder = latencyRecorder()
    const server = nodeServer()
    instrumentServer(server, { recorder, route: routeOf })
    return { server, counts: recorderCounts(recorder) }
  },
  'hand-made prom-client': async () => {
    const { middleware, counts } = await handMade()
    return { server: nodeServer(middleware), counts }
  },
  'OpenTelemetry http': async () => {
    const counts = await openTelemetry()
    return { server: nodeServer(), counts }
  },
}

export const EXPRESS: Variants<Service> = {
  bare: async () => ({ server: await expressServer() }),
  'bare again': async () => ({ server: await expressServer() }),
  ours: async () => {
    const recorder = latencyRecorder()
    const server = await expressServer(expressLatency({ recorder }))
    return { server, counts: recorderCounts(recorder) }
  },
  'express-prom-bundle': async () => {
    const { middleware, counts } = await promBundle()
    return { server: await expressServer(middleware), counts }
  },
  'express-prom-bundle, templates': async () => {
    const { middleware, counts } = await promBundle(routeOf)
    return { server: await expressServer(middleware), counts }
  },
  'hand-made prom-client': async () => {
    const { middleware, counts } = await handMade()
    return { server: await expressServer(middleware), counts }
  },
  'OpenTelemetry http': async () => {
    const counts = await openTelemetry()
    return { server: await expressServer(), counts }
  },
}

export const FASTIFY: Variants<Service> = {
  bare: async () => ({ server: await fastifyServer() }),
  'bare again': async () => ({ server: await fastifyServer() }),
  ours: async () => {
    const recorder = latencyRecorder()
    const server = await fastifyServer((app) => app.register(fastifyLatency({ recorder })))
    return { server, counts: recorderCounts(recorder) }
  },
  'fastify-metrics, histogram': () => fastifyMetrics({ histogram: true, summary: false }),
  'fastify-metrics, its default': () => fastifyMetrics(true),
}

export const ALONE: Variants<Alone> = {
  bare: async () => ({ middleware: passOn }),
  'bare again': async () => ({ middleware: passOn }),
  'bare, timed': async () => ({ middleware: timed() }),
  ours: async () => {
    const recorder = latencyRecorder()
    const middleware = nodeLatency({ recorder, route: routeOf })
    return { middleware, counts: recorderCounts(recorder) }
  },
  'express-prom-bundle': () => promBundle(),
  'express-prom-bundle, templates': () => promBundle(routeOf),
  'hand-made prom-client': () => handMade(),
}

const { labels: LABELS, name: NAME, help: HELP } = REQUEST_DURATION.prometheus
const buckets = [...REQUEST_DURATION.bounds]

/** As routers leave it for others. */
interface RoutedRequest extends IncomingMessage {
  route?: { readonly path: string }
}

function routeOf(req: RoutedRequest): string {
  return req.route!.path
}

function passOn(_req: IncomingMessage, _res: ServerResponse, next: () => void): void {
  next()
}

/** Two readings of the clock and one listener: the least that a duration can cost. */
function timed(): Middleware {
  let seconds = 0
  return (_req, res, next) => {
    const start = performance.now()
    res.on('close', () => {
      seconds += (performance.now() - start) / 1000
      // Used, so that no compiler leaves the clock unread.
      if (seconds < 0) throw new Error('the clock went back')
    })
    next()
  }
}

function nodeServer(middleware?: Middleware): Server {
  const routes = new Map(ROUTES.map((path) => [path.slice(1, path.indexOf('/', 1)), { path }]))
  const handle = (req: RoutedRequest, res: ServerResponse): void => {
    const url = req.url!
    req.route = routes.get(url.slice(1, url.indexOf('/', 1)))!
    res.end('hello')
  }
  if (middleware === undefined) return createServer(handle)
  return createServer((req, res) => middleware(req, res, () => handle(req, res)))
}

async function expressServer(middleware?: Middleware): Promise<Server> {
  const { default: express } = await import('express' as string)
  const app = express()
  if (middleware !== undefined) app.use(middleware)
  for (const route of ROUTES) {
    app.get(route, (req: { params: { id: string } }, res: { json(body: object): void }) => {
      res.json({ id: req.params.id })
    })
  }
  return createServer(app)
}

type FastifyApp = Awaited<ReturnType<typeof fastifyApp>>

async function fastifyApp() {
  const { default: fastify } = await import('fastify')
  return fastify()
}

async function fastifyServer(add?: (app: FastifyApp) => unknown): Promise<Server> {
  const app = await fastifyApp()
  await add?.(app)
  for (const route of ROUTES) {
    app.get<{ Params: { id: string } }>(route, (req, reply) => {
      reply.send({ id: req.params.id })
    })
  }
  await app.ready()
  return app.server
}

async function fastifyMetrics(
  enabled: boolean | { histogram: boolean; summary: boolean },
): Promise<Service> {
  // CommonJS, with the plugin in `default`; it takes @platformatic/prom-client where that is installed.
  const plugin = createRequire(import.meta.url)('fastify-metrics').default
  const { default: client } = await import('@platformatic/prom-client')
  const options = {
    endpoint: null,
    defaultMetrics: { enabled: false },
    routeMetrics: { enabled, overrides: { histogram: { buckets } } },
  }
  const server = await fastifyServer((app) => app.register(plugin, options))
  const metric = client.register.getSingleMetric('http_request_duration_seconds')
  return { server, counts: clientCounts(metric as unknown as ClientMetric, 'route') }
}

/** The middleware that most write for themselves. */
async function handMade(): Promise<Required<Alone>> {
  const { default: client } = await import('prom-client')
  const histogram = new client.Histogram({
    name: NAME,
    help: HELP,
    labelNames: Object.values(LABELS),
    buckets,
  })
  return {
    middleware(req: RoutedRequest, res, next) {
      const start = process.hrtime.bigint()
      res.on('finish', () => {
        const labels = {
          [LABELS.method]: req.method!,
          [LABELS.route]: routeOf(req),
          [LABELS.statusCode]: res.statusCode,
        }
        histogram.observe(labels, Number(process.hrtime.bigint() - start) / 1e9)
      })
      next()
    },
    counts: clientCounts(histogram as unknown as ClientMetric, LABELS.route),
  }
}

/** With method and path; the path as it guesses it, or the route template. */
async function promBundle(normalizePath?: (req: IncomingMessage) => string) {
  const { default: bundle } = await import('express-prom-bundle' as string)
  const middleware = bundle({
    includeMethod: true,
    includePath: true,
    autoregister: false,
    buckets,
    ...(normalizePath && { normalizePath }),
  })
  const metric = middleware.metrics.http_request_duration_seconds
  return { middleware: middleware as Middleware, counts: clientCounts(metric, 'path') }
}

/** Metrics alone: no span processor, no context manager. */
async function openTelemetry(): Promise<Counts> {
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http')
  const { AggregationType, MeterProvider, MetricReader } = await import(
    '@opentelemetry/sdk-metrics'
  )
  class Reader extends MetricReader {
    protected override async onShutdown(): Promise<void> {}
    protected override async onForceFlush(): Promise<void> {}
  }
  const reader = new Reader()
  const instrumentation = new HttpInstrumentation()
  const aggregation = {
    type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
    options: { boundaries: buckets },
  } as const
  instrumentation.setMeterProvider(
    new MeterProvider({ readers: [reader], views: [{ instrumentName: '*', aggregation }] }),
  )
  instrumentation.enable()
  // It patches what is required from now on, and by that what has been imported.
  createRequire(import.meta.url)('http')
  return async () => {
    const { resourceMetrics } = await reader.collect()
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
    const duration = metrics.find(
      ({ descriptor }) => descriptor.name === REQUEST_DURATION.openTelemetry.name,
    )
    const points = duration?.dataPoints ?? []
    const total = points.reduce((sum, { value }) => sum + (value as { count: number }).count, 0)
    return { '': total }
  }
}

/** A histogram of a client with prom-client's shape. */
interface ClientMetric {
  get(): Promise<{
    values: { metricName?: string; labels: Record<string, string>; value: number }[]
  }>
}

function clientCounts(metric: ClientMetric, routeLabel: string): Counts {
  return async () => {
    const { values } = await metric.get()
    const counts: Record<string, number> = {}
    for (const { metricName, labels, value } of values) {
      if (!metricName?.endsWith('_count')) continue
      const status = labels.status_code ?? labels[LABELS.statusCode]
      if (String(status) !== '200') throw new Error(`status ${status} was counted`)
      // express-prom-bundle's own placeholder.
      const route = labels[routeLabel]!.replace('#val', ':id')
      counts[route] = (counts[route] ?? 0) + value
    }
    return counts
  }
}

function recorderCounts(recorder: LatencyRecorder): Counts {
  return async () => {
    const series = recorder.snapshot()
    const other = series.find(({ labels }) => labels.statusCode !== 200 || labels.method !== 'GET')
    if (other !== undefined) throw new Error(`${JSON.stringify(other.labels)} was counted`)
    return Object.fromEntries(series.map(({ labels, count }) => [labels.route ?? '', count]))
  }
}
