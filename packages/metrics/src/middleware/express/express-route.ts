import type { IncomingMessage } from 'node:http'
import { type ExpressApp, type ExpressRequest, expressApp } from './express-shapes.ts'
import { hiddenName } from './hidden-route.ts'
import { failedMountName, mountName } from './mount-name.ts'
import { segmentCount } from './path-segments.ts'
import { nameOf } from './route-name.ts'
import { homeOf } from './route-table.ts'

/**
 * The route template of a request that Express has handled, with all its mounts: `/org/:org/users/:id`. Where a
 * middleware answered that is mounted at a path, as a GraphQL server, a proxy or static files are, it is that of
 * its mount: `/graphql`. What is mounted at `/` has none.
 *
 * `req.baseUrl` holds the values of this one request (`/org/acme`), and an error that leaves a router
 * takes the prefix away. So the route object is looked up in the app's table of routers instead. One that
 * is mounted at several places is told apart by matching the path that the routers saw, else the one that was sent.
 *
 * A mount that cannot be known is written `*`: a router inside of another that stands behind a function of your
 * own, an error that leaves an app mounted with `app.use(path, otherApp)` before any response has ended inside of
 * it. An array of paths is written as the one that matched, a regular expression as its source.
 *
 * @param app - where the look-up begins; default: the app that the request is in
 * @returns undefined where neither a route nor what is mounted at a path answered: a 404, a middleware of the app
 * @example
 * instrumentServer(server, { recorder, route: expressRoute })
 */
export function expressRoute(
  req: IncomingMessage,
  app: ExpressApp | undefined = expressApp(req),
): string | undefined {
  const { route, baseUrl = '' } = req as ExpressRequest
  if (typeof route !== 'object' || route === null) {
    if (baseUrl !== '') return mountName(req, baseUrl, app)
    return hasFailed(req) ? failedMountName(req, app) : undefined
  }
  const found =
    nameOf(route, app, req) ??
    nameOf(route, expressApp(req), req) ??
    nameOf(route, homeOf(route), req)
  if (found === undefined) return hiddenName(route, req, app)
  if (baseUrl === '' || segmentCount(baseUrl) <= found.depth) return found.text
  // A route that passed on, and deeper than it something answered that is mounted.
  return mountName(req, baseUrl, app, true) ?? found.text
}

/** An error that no route had, and that took the prefix away when it left what is mounted. */
function hasFailed({ res }: ExpressRequest): boolean {
  return res !== undefined && res.statusCode >= 500
}
