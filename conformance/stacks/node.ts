import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { rawHandlerAt } from '../raw-handlers.ts'
import { type MakeApp, mayHaveBody, mountedHandler } from './stack.ts'

/** A router by hand, as small services have it. */
export const nodeApp: MakeApp<Server> = (instrument) => {
  const server = createServer((req, res) => {
    try {
      const answer = handle(req, res)
      if (answer instanceof Promise) answer.catch(() => res.writeHead(500).end())
    } catch {
      res.writeHead(500).end()
    }
  })
  instrument(server)
  return { server }
}

const ROUTES: ReadonlyArray<readonly [RegExp, string, string | null]> = [
  [/^\/hello\/?$/i, '/hello', 'GET'],
  [/^\/users\/[^/]+$/, '/users/:id', 'GET'],
  [/^\/echo$/, '/echo', 'POST'],
  [/^\/any$/, '/any', null],
  [/^\/org\/[^/]+\/users\/[^/]+$/, '/org/:org/users/:id', 'GET'],
  [/^\/mounted(\/|$)/, '/mounted', null],
  [/^\/throw$/, '/throw', 'GET'],
  [/^\/reject$/, '/reject', 'GET'],
  [/^\/unprocessable$/, '/unprocessable', 'GET'],
  [/^\/status\/\d+$/, '/status/:status', 'GET'],
  [/^\/raw\/[a-z-]+$/, '/raw/:name', null],
]

export function nodeRoute({ url = '/', method = '' }: IncomingMessage): string | undefined {
  const path = url.split('?')[0]!
  return ROUTES.find(([pattern, , only]) => pattern.test(path) && allows(only, method))?.[1]
}

function allows(only: string | null, method: string): boolean {
  return only === null || only === method || (only === 'GET' && method === 'HEAD')
}

function handle(req: IncomingMessage, res: ServerResponse): void | Promise<void> {
  const raw = rawHandlerAt(req.url ?? '')
  if (raw !== undefined) return raw(req, res)
  if (req.url?.startsWith('/denied/')) return void res.writeHead(401).end()
  switch (nodeRoute(req)) {
    case undefined:
      return void res.writeHead(404).end()
    case '/mounted':
      return mountedHandler(req, res)
    case '/throw':
      throw new Error('thrown')
    case '/reject':
      return Promise.reject(new Error('rejected'))
    case '/unprocessable':
      return void res.writeHead(422).end()
    case '/status/:status': {
      const status = Number(req.url!.split('/')[2])
      return void res.writeHead(status).end(mayHaveBody(status) ? 'body' : undefined)
    }
    case '/echo':
      return void req.pipe(res.writeHead(201))
    default:
      return void res.end('hello')
  }
}
