import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request,
  type Server,
} from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Loopback {
  readonly server: Server
  readonly port: number
  readonly origin: string
}

/** A server on a free port of the loopback interface, closed when the test ends. */
export async function listen(handler: RequestListener | Server): Promise<Loopback> {
  const server = typeof handler === 'function' ? createServer(handler) : handler
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { server, port, origin: `http://127.0.0.1:${port}` }
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** Without the headers that fetch adds by itself; a path or a header may be as odd as it likes. */
export function ask(
  origin: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: {
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string | Uint8Array
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(origin, { method, headers, agent: false }, (res) => {
      const pieces: Buffer[] = []
      res.on('data', (piece) => pieces.push(piece))
      res.on('error', reject)
      res.on('end', () => {
        const text = Buffer.concat(pieces).toString()
        resolve({ status: res.statusCode!, headers: res.headers, text })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** A client that says exactly what it is told to. */
export async function rawClient({ port }: Loopback): Promise<Socket & { text(): string }> {
  const socket = connect(port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  socket.on('error', () => {})
  onTestFinished(() => {
    socket.destroy()
  })
  return Object.assign(socket, { text: () => received })
}
