import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyRequest as Request } from 'fastify'
import { foreignRoute, isForeign } from './fastify-foreign.ts'
import type { RequestServer } from './node.ts'
import { assertObserveOptions, type ObserveOptions } from './observe/observe-options.ts'
import { responseObserver } from './observe/observe-response.ts'

export type { StreamPolicy } from './observe/observe-options.ts'

/** The part of a Fastify instance that is used here. */
export interface FastifyApp {
  readonly server: RequestServer
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
  /** The instance that it is in. */
  readonly server?: object
}

/** `ignore` and `labels` are asked with Fastify's request; `labels` also with Node's response. */
export type FastifyOptions = ObserveOptions<Request>

/** Fits `app.register()` of Fastify 4 and 5. */
export type LatencyPlugin = (app: FastifyApp, options: unknown, done: () => void) => void

/**
 * Time every request of an app until its response closes: thrown, aborted and streamed ones too. Register it
 * before everything else; it sees the routes of all plugins.
 *
 * The route is Fastify's template with all prefixes; of what Express answers inside of Fastify, with
 * `@fastify/express` or `@fastify/middie`, it is Express'. What Fastify answers before it routes is counted too,
 * without one: a path that cannot be decoded, a request that comes while the app closes. Registered inside of
 * another plugin, it times the routes of that plugin alone.
 *
 * @throws InvalidArgumentError where `recorder` is not one
 * @example
 * const recorder = latencyRecorder()
 * app.register(latencyMiddleware({ recorder }))
 */
export function latencyMiddleware(options: FastifyOptions): LatencyPlugin {
  assertObserveOptions(options)
  const { route: asked, ignore, labels } = options
  const naming = { route: fastifyRoute, asked, labels, ignore }
  const observe = responseObserver<Request>(options, naming)
  const plugin: LatencyPlugin = (app, _, done) => {
    if (isRoot(app)) {
      app.server.prependListener('request', (req: IncomingMessage, res: ServerResponse) => {
        observe(req, res, NO_REQUEST, UNROUTED)
      })
    }
    // Names what the server has begun; begins it where there is none: `inject()`, a second address of `listen()`.
    app.addHook('onRequest', (request: Request, reply: FastifyReply, next) => {
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

const UNROUTED = { route: undefined }
/** Stands in for a request that is not routed yet, since nothing asks for it. */
const NO_REQUEST = {} as Request

/** The app of a plugin has its parent for a prototype. */
function isRoot(app: FastifyApp): boolean {
  return (
    typeof app.server?.prependListener === 'function' && !('addHook' in Object.getPrototypeOf(app))
  )
}

interface FastifyReply {
  readonly raw: ServerResponse
}

/**
 * The route template of a request that Fastify has routed, or that something mounted in it has answered:
 * an app of Express with its own routes, or a handler at a path of `app.use()`.
 *
 * @returns undefined where no route matched
 */
export function fastifyRoute({ raw, routeOptions, server }: FastifyRequest): string | undefined {
  // Set by what runs other frameworks' handlers, and by nothing else.
  const { originalUrl } = raw as { originalUrl?: string }
  if (originalUrl !== undefined && isForeign(raw)) return foreignRoute(raw, server)
  return routeOptions?.url
}
