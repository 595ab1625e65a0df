import { InvalidArgumentError } from '@tidegauge/core'
import { latencyMiddleware as expressMiddleware } from './express.ts'
import { type FastifyApp, latencyMiddleware as fastifyPlugin } from './fastify.ts'
import type { ObserveOptions } from './observe/observe-options.ts'

export type { ObserveOptions, StreamPolicy } from './observe/observe-options.ts'

/** The part of a Nest application that is used here. */
export interface NestApp {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the platform takes
  use(...middleware: any[]): unknown
  getHttpAdapter(): { getType(): string; getInstance(): unknown }
}

/** The platform's own request: name it where you ask, `labels: (request: FastifyRequest) => …`. */
// biome-ignore lint/suspicious/noExplicitAny: an application does not say in its type which platform it is on
export type NestOptions = ObserveOptions<any>

/**
 * Time every request of a Nest application, on Express or Fastify, until its response closes. Call it right
 * after the application was made, before `init()` and `listen()`.
 *
 * The route is the template of the controller with global prefix and version, as the platform knows it.
 * `ignore`, `route` and `labels` are asked with what `@Req()` gives: the request of Express or that of Fastify;
 * `labels` also with Node's response.
 *
 * @throws InvalidArgumentError where `app` is no Nest application on Express or Fastify, or `recorder` is not one
 * @example
 * const app = await NestFactory.create(AppModule)
 * latencyMiddleware(app, { recorder })
 */
export function latencyMiddleware(app: NestApp, options: NestOptions): void {
  const adapter = typeof app?.getHttpAdapter === 'function' ? app.getHttpAdapter() : undefined
  const platform = adapter?.getType()
  if (platform === 'express') app.use(expressMiddleware(options))
  else if (platform === 'fastify') {
    // At once, so that the hook comes before those of the app.
    fastifyPlugin(options)(adapter!.getInstance() as FastifyApp, {}, () => {})
  } else {
    const expected = 'an application of Nest on Express or Fastify'
    throw new InvalidArgumentError('app', expected, platform ?? app)
  }
}
