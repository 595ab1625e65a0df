import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface ServiceProcess {
  readonly url: string
  stop(): Promise<void>
}

/** Starts the service in a process of its own, so that client and server do not share an event loop. */
export async function startService(month: string, port: number): Promise<ServiceProcess> {
  const child = fork(fileURLToPath(new URL('../service/main.ts', import.meta.url)), {
    env: { ...process.env, REFERENCE_MONTH: month, PORT: String(port), SIMULATE_FAULTS: '1' },
    // Its own group would not get the terminal's Ctrl-C twice; what it prints on stdout is ours to say.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const started = once(child, 'message') as Promise<[{ url: string }]>
  const url = await Promise.race([
    started.then(([message]) => message.url),
    exited.then(([code, signal]) => {
      throw new Error(`the service ended before it was ready (${signal ?? `exit code ${code}`})`)
    }),
  ])
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
