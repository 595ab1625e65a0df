import { connect, type Socket } from 'node:net'

/** A client that says exactly what it is told to, and leaves when it is told to. */
export interface RawClient {
  readonly socket: Socket
  say(text: string): void
  /** Waits until it has heard this. */
  heard(pattern: RegExp): Promise<string>
  /** Closes without a word, as a browser tab does. */
  leave(): void
  /** Closes with a reset, as a client that crashed. */
  reset(): void
  closed(): Promise<void>
}

export async function rawClient(port: number): Promise<RawClient> {
  const socket = connect(port, '127.0.0.1')
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  let received = ''
  let wake = (): void => {}
  socket.on('data', (piece) => {
    received += piece.toString('latin1')
    wake()
  })
  socket.on('error', () => {})
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  gone.then(() => wake())
  return {
    socket,
    say: (text) => void socket.write(text),
    async heard(pattern) {
      while (!pattern.test(received)) {
        if (socket.destroyed) throw new Error(`closed after ${JSON.stringify(received)}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return received
    },
    leave: () => void socket.destroy(),
    reset: () => void socket.resetAndDestroy(),
    closed: () => gone,
  }
}

/** A request as text. */
export function request(path: string, method = 'GET', headers: string[] = [], body = ''): string {
  return [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', body].join('\r\n')
}
