import type { Server } from 'node:http'
import { Duplex } from 'node:stream'

/** As many keep-alive connections as a load generator would open. */
const CONNECTIONS = 20

/**
 * Sends requests to a server over connections without a network: Node's own parser reads the bytes, its own
 * responses are written and closed. Each connection asks again when it has been answered, a turn of the event
 * loop later.
 *
 * @returns sends that many, one path after another, and resolves when the last response has closed
 */
export function fakeClient(
  server: Server,
  pathOf: (n: number) => string,
): (count: number) => Promise<void> {
  // No timers: a fake connection has none.
  server.keepAliveTimeout = 0
  const paths = Array.from({ length: 9970 }, (_, n) => requestBytes(pathOf(n)))
  const waiting: FakeConnection[] = []
  let next = 0
  let left = 0
  let underWay = 0
  let done: () => void = () => {}

  for (let i = 0; i < CONNECTIONS; i++) {
    const connection = new FakeConnection(() => {
      waiting.push(connection)
      // One turn answers all connections, as a poll of real sockets does.
      if (waiting.length === underWay) setImmediate(turn)
    })
    waiting.push(connection)
    server.emit('connection', connection)
  }

  return (count) => {
    left = count
    return new Promise((resolve) => {
      done = resolve
      setImmediate(turn)
    })
  }

  function turn(): void {
    const now = Math.min(left, waiting.length)
    if (now === 0) {
      done()
      return
    }
    left -= now
    underWay = now
    for (const connection of waiting.splice(0, now)) {
      connection.push(paths[next++ % paths.length])
    }
  }
}

function requestBytes(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n`)
}

/** Calls back for each response that is written: each of this benchmark's fits one write. */
class FakeConnection extends Duplex {
  readonly remoteAddress = '127.0.0.1'
  readonly remotePort = 50000
  readonly localAddress = '127.0.0.1'
  readonly localPort = 80
  private readonly answered: () => void

  constructor(answered: () => void) {
    super()
    this.answered = answered
  }

  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: string, written: () => void): void {
    this.answered()
    written()
  }

  override _writev(_chunks: unknown, written: () => void): void {
    this.answered()
    written()
  }

  setTimeout(): this {
    return this
  }
}
