import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface HttpServer {
  readonly url: string
  /** In the order in which they came. */
  readonly seen: readonly SeenRequest[]
}

/** A server on loopback for one test, which ends with it; on any free port unless one is asked for. */
export async function httpServer(
  answer: (request: SeenRequest, res: ServerResponse) => void | Promise<void>,
  port = 0,
): Promise<HttpServer> {
  const seen: SeenRequest[] = []
  const server = createServer(async (req, res) => {
    const { method = '', url: path = '', headers } = req
    const request = { method, path, headers, body: await text(req) }
    seen.push(request)
    await answer(request, res)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

export function json(res: ServerResponse, value: unknown, status = 200): void {
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}
