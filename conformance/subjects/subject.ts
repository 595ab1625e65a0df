import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { App, StackName } from '../stacks/stack.ts'

/** How often each series was counted, by `METHOD route status`, and the error type where there is one; no route is `-`. */
export type Counts = Readonly<Record<string, number>>

/** A middleware on a stack, ours or another's. */
export interface Subject {
  readonly name: string
  readonly stack: StackName
  /** Whether it says who broke an exchange off; else that part of an expectation is left out. */
  readonly errorTypes: boolean
  /** Whether it knows routes; else they are left out. */
  readonly routes: boolean
  start(): Promise<Running>
}

export interface Running {
  /** undefined where requests come without a connection. */
  readonly port?: number
  /** undefined where it is no server of Node. */
  readonly server?: Server
  get(path: string, init?: RequestInit): Promise<string>
  counts(): Promise<Counts>
  /** undefined where it does not say. */
  inFlight(): number | undefined
  stop(): Promise<void>
}

export interface Listening extends Running {
  readonly server: Server
}

export async function listen(
  app: App | Promise<App>,
  read: Pick<Running, 'counts' | 'inFlight'>,
): Promise<Listening> {
  const { server, dispose } = await app
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    ...read,
    server,
    port,
    get: getAt(port),
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await dispose?.()
      await closed
    },
  }
}

export function getAt(port: number): Running['get'] {
  return async (path, init) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init })
    return response.text()
  }
}
