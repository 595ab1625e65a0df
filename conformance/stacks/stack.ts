import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/** Frameworks on which the same application is built. */
export type StackName = 'node' | 'express' | 'express4' | 'fastify' | 'koa' | 'hono'

/** An application that is not listening yet. */
export interface App {
  readonly server: Server
  /** Frees what the framework holds; the server is closed by the caller. */
  readonly dispose?: () => Promise<void>
}

/**
 * The application of every stack:
 *
 * - `GET /hello`, `GET /users/:id`, `POST /echo`, all methods of `/any`
 * - `GET /org/:org/users/:id` in a router that is mounted at `/org/:org`; `/org/:org` has nothing else
 * - `GET /throw` throws, `GET /reject` rejects, `GET /unprocessable` is 422 by the app's error handler
 * - `GET /status/:status` answers with that status
 * - `/raw/:name`, any method: {@link RAW_HANDLERS}
 * - `GET /denied/…` is 401 by a middleware
 * - `/mounted`, and all below it, is a handler that knows nothing of the framework, as a GraphQL server is
 */
export type MakeApp<Framework> = (
  /** Puts the metrics first of all. */
  instrument: (app: Framework) => void,
  extra?: (app: Framework) => void,
) => App | Promise<App>

/** What is mounted at `/mounted`. */
export function mountedHandler(_req: IncomingMessage, res: ServerResponse): void {
  res.end('mounted')
}

export function mayHaveBody(status: number): boolean {
  return status !== 204 && status !== 304
}

export class Unprocessable extends Error {}
