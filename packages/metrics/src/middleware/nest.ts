import { InvalidArgumentError } from '@tidegauge/core'
import { latencyMiddleware as expressMiddleware } from './express.ts'
import { type FastifyApp, latencyMiddleware as fastifyPlugin } from './fastify.ts'
import type { ObserveOptions } from './observe-response.ts'

export type { ObserveOptions, StreamPolicy } from './observe-response.ts'

/** The part of a Nest application that is used here. */
export interface NestApp {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the platform takes
  use(...middleware: any[]): unknown
  getHttpAdapter(): { getType(): string; getInstance(): unknown }
}

/**
 * Time every request of a Nest application, on Express or Fastify, until its response closes. Call it right
 * after the application was made, before `init()` and `listen()`.
 *
 * The route is the template of the controller with global prefix and version, as the platform knows it.
 * `ignore`, `route` and `labels` are asked with Node's request and response.
 *
 * @throws InvalidArgumentError where `app` is no Nest application on Express or Fastify, or `recorder` is not one
 * @example
 * const app = await NestFactory.create(AppModule)
 * latencyMiddleware(app, { recorder })
 */
export function latencyMiddleware(app: NestApp, options: ObserveOptions): void {
  const adapter = typeof app?.getHttpAdapter === 'function' ? app.getHttpAdapter() : undefined
  const platform = adapter?.getType()
  if (platform === 'express') app.use(expressMiddleware(options))
  else if (platform === 'fastify') {
    const { ignore, route, labels, ...others } = options
    const plugin = fastifyPlugin({
      ...others,
      ...(ignore && { ignore: ({ raw }) => ignore(raw) }),
      ...(route && { route: ({ raw }) => route(raw) }),
      ...(labels && { labels: ({ raw }, res) => labels(raw, res) }),
    })
    // At once, so that the hook comes before those of the app.
    plugin(adapter!.getInstance() as FastifyApp, {}, () => {})
  } else {
    const expected = 'an application of Nest on Express or Fastify'
    throw new InvalidArgumentError('app', expected, platform ?? app)
  }
}
