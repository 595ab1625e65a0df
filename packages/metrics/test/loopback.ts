import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { histogramRow, type InstrumentKey, type LatencyRecorder } from '../src/index.ts'

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

export const get = (path: string, method = 'GET'): string =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

/** `GET /users/:id 200` → how often; absent parts are written `-`. */
export function tally(recorder: LatencyRecorder): Record<string, number> {
  const lines = recorder
    .snapshot()
    .map(({ labels: { method, route, statusCode }, count }) => [
      `${method} ${route ?? '-'} ${statusCode ?? '-'}`,
      count,
    ])
  return Object.fromEntries(lines)
}

export function observed(recorder: LatencyRecorder): number {
  return recorder.snapshot().reduce((sum, { count }) => sum + count, 0)
}

/** `GET /users/:id 499 client_disconnected` → how often: as `tally`, with what broke the exchange off. */
export function outcomes(recorder: LatencyRecorder): Record<string, number> {
  const lines = recorder.snapshot().map(({ labels, count }) => {
    const { method, route, statusCode, errorType } = labels
    return [`${method} ${route ?? '-'} ${statusCode ?? '-'} ${errorType ?? '-'}`, count]
  })
  return Object.fromEntries(lines)
}

/** The sum of one histogram over all series; `observations` is how many it holds. */
export function totalOf(
  recorder: LatencyRecorder,
  key: InstrumentKey,
): { observations: number; sum: number } {
  const histogram = recorder.histograms.find((one) => one.key === key)!
  const row = histogramRow(histogram)
  const total = { observations: 0, sum: 0 }
  for (let slot = 0; slot < recorder.seriesCount; slot++) {
    if (!histogram.read(slot, row)) continue
    total.observations += row.count
    total.sum += row.sum
  }
  return total
}
