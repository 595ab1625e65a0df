import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'

export interface ServeOptions {
  readonly host: string
  readonly port: number
  /** Added to what is said at the start. */
  readonly routes?: string
  /** Before it closes. */
  readonly onStop?: () => void
}

/** Serves an app until the process is told to end, or whoever started it is gone. */
export async function serve(
  app: Express,
  { host, port: wanted, routes = '', onStop }: ServeOptions,
): Promise<void> {
  const server = app.listen(wanted, host)
  // Longer than a client keeps a connection unused: else one that is late writes into a closed one.
  server.keepAliveTimeout = 65_000
  await once(server, 'listening')

  const { address, port } = server.address() as AddressInfo
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`
  process.stdout.write(`serving on ${url}: POST /predict, GET /health, GET /metrics${routes}\n`)
  process.send?.({ url }) // to the demo or the stack, which waits for it

  const stop = () => {
    onStop?.()
    server.close(() => process.exit(0))
    server.closeAllConnections()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

/** The demo or the stack that started this is gone, maybe in the middle of the training: so are we. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit(0))
  if (process.connected === false) process.exit(0)
}

/** A program with a wrong setting does not start, and says in one line what is wrong. */
export function refuse(program: string, error: unknown): never {
  process.stderr.write(`${program}: ${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
