import {
  type LatencyRecorder,
  type LatencyRecorderOptions,
  latencyRecorder,
  type RequestLabels,
} from '@tidegauge/metrics'
import { latencyMiddleware as expressMiddleware } from '@tidegauge/metrics/express'
import { latencyMiddleware as fastifyMiddleware } from '@tidegauge/metrics/fastify'
import { latencyMiddleware as honoMiddleware } from '@tidegauge/metrics/hono'
import { latencyMiddleware as koaMiddleware } from '@tidegauge/metrics/koa'
import { instrumentServer } from '@tidegauge/metrics/node'
import { express4App, expressApp } from '../stacks/express.ts'
import { fastifyApp } from '../stacks/fastify.ts'
import { honoApp } from '../stacks/hono.ts'
import { koaApp } from '../stacks/koa.ts'
import { nodeApp, nodeRoute } from '../stacks/node.ts'
import type { App, StackName } from '../stacks/stack.ts'
import { type Counts, listen, type Subject } from './subject.ts'

/** What all our middlewares take. */
interface Options {
  readonly recorder: LatencyRecorder
  readonly ignore?: () => boolean
  /** Asked with what each framework hands out. */
  readonly labels?: (source: never) => readonly string[]
  readonly onError?: (error: unknown) => void
}

/** Each stack with our middleware on it, as often as asked. */
export const INSTRUMENTED: Readonly<
  Record<StackName, (options: Options, times?: number) => App | Promise<App>>
> = {
  node: (options, times) =>
    nodeApp((server) => {
      repeat(times, () => instrumentServer(server, { ...options, route: nodeRoute }))
    }),
  express: (options, times) =>
    expressApp((app) => repeat(times, () => app.use(expressMiddleware(options)))),
  express4: (options, times) =>
    express4App((app) => repeat(times, () => app.use(expressMiddleware(options)))),
  fastify: (options, times) =>
    fastifyApp((app) => repeat(times, () => app.register(fastifyMiddleware(options)))),
  koa: (options, times) => koaApp((app) => repeat(times, () => app.use(koaMiddleware(options)))),
  hono: (options, times) => honoApp((app) => repeat(times, () => app.use(honoMiddleware(options)))),
}

export const STACKS = Object.keys(INSTRUMENTED) as StackName[]

/** The middleware with its defaults. */
export function tidegauge(stack: StackName, options: LatencyRecorderOptions = {}): Subject {
  return {
    name: `tidegauge on ${stack}`,
    stack,
    errorTypes: true,
    routes: true,
    start() {
      const recorder = latencyRecorder(options)
      return listen(INSTRUMENTED[stack]({ recorder }), {
        counts: async () => countsOf(recorder),
        inFlight: () => recorder.activeRequests,
      })
    },
  }
}

export function countsOf(recorder: LatencyRecorder): Counts {
  return Object.fromEntries(
    recorder.snapshot().map(({ labels, count }) => [seriesName(labels), count]),
  )
}

/** As in {@link Counts}. */
export function seriesName(labels: RequestLabels): string {
  const { method, route = '-', statusCode = '-', errorType } = labels
  return [method, route, statusCode, errorType].filter((part) => part !== undefined).join(' ')
}

function repeat(times = 1, install: () => void): void {
  for (let i = 0; i < times; i++) install()
}
