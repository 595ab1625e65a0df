import type { StackName } from './stacks/stack.ts'
import type { HostName } from './subjects/hosts.ts'

/** A way to break the middleware. */
export interface Mutation {
  /** In packages/metrics/src/middleware, if it is no path from the root (`packages/…`). */
  readonly file: string
  readonly find: string
  readonly replace: string
  /** Where its cases are run; default `node`. */
  readonly stack?: StackName | HostName
}

/** From the root. */
export function pathOf({ file }: Mutation): string {
  return file.startsWith('packages/') ? file : `packages/metrics/src/middleware/${file}`
}

const ROUTE = 'route = routeOf(this.naming, this.source, observer.report)'
const START = 'observer.recorder.requestStarted()\n'
const BLAME =
  '  const clientLeft = !serverFailed && (socket?.readableEnded || Boolean(socket?.errored))'
const LISTEN = "server.prependListener('request', listener)"

/** What a middleware may get wrong: by the name that cases give it. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'the path is the route': {
    file: 'observe/observe-response.ts',
    find: ROUTE,
    replace: 'route = req.url',
  },
  'the path is the route, in Express': {
    file: 'observe/observe-response.ts',
    find: ROUTE,
    replace: 'route = (req as { originalUrl?: string }).originalUrl',
    stack: 'express',
  },
  'the path is the route where none matched': {
    file: 'observe/observe-response.ts',
    find: ROUTE,
    replace: `${ROUTE} ?? req.url`,
  },
  'mounts are no routes': {
    file: 'express/express-route.ts',
    find: "if (baseUrl !== '') return mountName(req, baseUrl, app)\n",
    replace: '',
    stack: 'express',
  },
  'everything is GET': {
    file: 'observe/observe-response.ts',
    find: "observer.recorder.slot(req.method ?? ''",
    replace: "observer.recorder.slot('GET'",
  },
  'the method is part of the route': {
    file: 'observe/observe-response.ts',
    find: ROUTE,
    replace: `${ROUTE}\n      if (route && req.method !== 'GET') route = req.method + ' ' + route`,
  },
  'everything is 200': {
    file: 'observe/response-status.ts',
    find: 'return res.statusCode\n',
    replace: 'return 200\n',
  },
  'errors that were answered are 500': {
    file: 'observe/response-status.ts',
    find: 'return res.statusCode\n',
    replace: 'return res.statusCode >= 400 ? 500 : res.statusCode\n',
  },
  'errors are not counted': {
    file: 'observe/observe-response.ts',
    find: 'if (state === STREAMING) return\n',
    replace: 'if (state === STREAMING || res.statusCode >= 500) return\n',
  },
  'counted at finish alone': {
    file: 'observe/observe-response.ts',
    find: "res.on('close', tidegaugeResponseClosed)",
    replace: "res.on('finish', tidegaugeResponseClosed)",
  },
  'counted on arrival': {
    file: 'observe/observe-response.ts',
    find: START,
    replace: `${START}  setImmediate(() => exchange.close())\n`,
  },
  'counted at each end()': {
    file: 'observe/observe-response.ts',
    find: START,
    replace: `${START}  const { end } = res as any
  ;(res as any).end = function (...args: unknown[]) {
    observer.recorder.observe('GET', 'end', 200, 1)
    return end.apply(this, args)
  }\n`,
  },
  'counted at an informational response': {
    file: 'observe/observe-response.ts',
    find: START,
    replace: `${START}  for (const name of ['writeProcessing', 'writeEarlyHints', 'writeContinue']) {
    const write = (res as any)[name]
    ;(res as any)[name] = function (...args: unknown[]) {
      exchange.close()
      return write.apply(this, args)
    }
  }
  if (req.headers.expect) exchange.close()\n`,
  },
  'counted when the headers are sent': {
    file: 'observe/observe-response.ts',
    find: START,
    replace: `${START}  onHeaders(res, () => exchange.close())\n`,
  },
  'never broken off': {
    file: 'packages/core/src/http-exchange.ts',
    find: 'if (req.httpVersionMajor === 2)',
    replace: 'if (req.httpVersionMajor > 0) return undefined\n  if (req.httpVersionMajor === 2)',
  },
  'the client is always to blame': {
    file: 'packages/core/src/http-exchange.ts',
    find: BLAME,
    replace: '  const clientLeft = true',
  },
  'the server is always to blame': {
    file: 'packages/core/src/http-exchange.ts',
    find: BLAME,
    replace: '  const clientLeft = false',
  },
  'a client that left is always 499': {
    file: 'observe/response-status.ts',
    find: 'broken === undefined || (res.headersSent && res.statusCode >= 400)',
    replace: 'broken === undefined',
  },
  'the first request of a connection alone': {
    file: 'observe/observe-response.ts',
    find: START,
    replace: `if ((req.socket as any).tidegauge) return
  ;(req.socket as any).tidegauge = true
  ${START}`,
  },
  'pipelined responses are not watched': {
    file: 'observe/observe-response.ts',
    find: 'if (res.socket === null) watchQueued(req, res, tidegaugeResponseClosed)',
    replace: '',
  },
  'connections that end are left out': {
    file: 'observe/observe-response.ts',
    find: START,
    replace: `if (!res.shouldKeepAlive) return\n  ${START}`,
  },
  'bodies in chunks are left out': {
    file: 'observe/observe-response.ts',
    find: START,
    replace: `if (req.headers['transfer-encoding']) return\n  ${START}`,
  },
  'requests under way are never over': {
    file: 'observe/observe-response.ts',
    find: 'observer.recorder.requestEnded()\n    if (state === STREAMING)',
    replace: 'if (state === STREAMING)',
  },
  'what has no connection is heard of when it closes alone': {
    file: 'observe/observe-response.ts',
    find: "if (!isServed(req)) res.on('finish', () => exchange.close(true))",
    replace: 'if (!isServed(req)) void 0',
    stack: '@vendia/serverless-express, Express',
  },
  'event streams are counted when they close': {
    file: 'observe/observe-response.ts',
    find: "streams: streams === 'duration' ? null : streams,",
    replace: 'streams: null,',
  },
  'counted by connection': {
    file: 'node.ts',
    find: LISTEN,
    replace: `${LISTEN}
  ;(server as any).on('connection', () => options.recorder.observe('GET', 'connection', 200, 1))`,
  },
  'upgrades are counted': {
    file: 'node.ts',
    find: LISTEN,
    replace: `${LISTEN}
  ;(server as any).prependListener('upgrade', () => options.recorder.observe('GET', 'upgrade', 101, 1))`,
  },
  'upgrades are left out, also those that nobody takes': {
    file: 'observe/observe-response.ts',
    find: START,
    replace: `if (req.headers.upgrade) return\n  ${START}`,
  },
  'counted twice': {
    file: 'observe/observe-response.ts',
    find: 'this.observeTimes(slot, closedAt)\n',
    replace: 'this.observeTimes(slot, closedAt)\n      this.observeTimes(slot, closedAt)\n',
  },
}
