import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ObserveOptions, responseObserver } from './observe-response.ts'

export type { StreamPolicy } from './observe-response.ts'

/** The part of a Fastify instance that is used here. */
export interface FastifyApp {
  addHook(
    name: 'onRequest',
    // biome-ignore lint/suspicious/noExplicitAny: Fastify's request and reply have the app's own type parameters
    hook: (request: any, reply: any, done: () => void) => void,
  ): unknown
}

/** The part of Fastify's request that is read here. */
export interface FastifyRequest {
  readonly raw: IncomingMessage
  readonly routeOptions?: { readonly url?: string | undefined }
}

export interface FastifyOptions extends Omit<ObserveOptions, 'ignore' | 'labels'> {
  /** true: this request is not counted. Asked when it arrives. */
  ignore?(request: FastifyRequest): boolean
  /** Values of the recorder's `extraLabels`, in their order: from a small set that is yours. Asked at the end. */
  labels?(request: FastifyRequest): readonly string[]
}

/** Fits `app.register()` of Fastify 5. */
export type LatencyPlugin = (app: FastifyApp, options: unknown, done: () => void) => void

/**
 * Time every request of an app until its response closes: thrown, aborted and streamed ones too. Register it
 * before everything else; it sees the routes of all plugins.
 *
 * The route is Fastify's template with all prefixes. It is known before any hook of the app answers.
 *
 * @throws InvalidArgumentError where `recorder` is not one
 * @example
 * const recorder = latencyRecorder()
 * app.register(latencyMiddleware({ recorder }))
 */
export function latencyMiddleware(options: FastifyOptions): LatencyPlugin {
  const { ignore, labels } = options
  const observe = responseObserver<FastifyRequest>(options, { route: fastifyRoute, labels, ignore })
  const plugin: LatencyPlugin = (app, _, done) => {
    app.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, next) => {
      observe(request.raw, reply.raw, request)
      next()
    })
    done()
  }
  // As fastify-plugin does: the hook belongs to the app, not to this plugin alone.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: '@tidegauge/metrics',
  })
}

interface FastifyReply {
  readonly raw: ServerResponse
}

/**
 * The route template of a request that Fastify has routed.
 *
 * @returns undefined where no route matched
 */
export function fastifyRoute({ routeOptions }: FastifyRequest): string | undefined {
  return routeOptions?.url
}
