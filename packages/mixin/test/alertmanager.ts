import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { prometheusProgram, startServer } from '../../../vitest.servers.ts'

/** As its API has it. */
export interface ReceivedAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly status: {
    readonly state: 'active' | 'suppressed' | 'unprocessed'
    readonly inhibitedBy: readonly string[]
    readonly silencedBy: readonly string[]
  }
}

export interface Alertmanager {
  readonly url: string
  alerts(): Promise<ReceivedAlert[]>
  post(path: string, body: object): Promise<void>
}

/** An Alertmanager for one test, with a configuration as text. */
export async function startAlertmanager(configuration: string): Promise<Alertmanager> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegauge-alertmanager-'))
  const config = join(folder, 'alertmanager.yml')
  writeFileSync(config, configuration)
  const address = `127.0.0.1:${await freePort()}`
  const server = startServer(prometheusProgram('alertmanager'), [
    `--config.file=${config}`,
    `--storage.path=${folder}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ])
  onTestFinished(async () => {
    await server.stop()
    rmSync(folder, { recursive: true })
  })
  await server.printed(/Listening on/i)
  const url = `http://${address}`
  return {
    url,
    alerts: async () => (await (await fetch(`${url}/api/v2/alerts`)).json()) as ReceivedAlert[],
    async post(path, body) {
      const headers = { 'content-type': 'application/json' }
      const options = { method: 'POST', headers, body: JSON.stringify(body) }
      const answer = await fetch(`${url}/api/v2/${path}`, options)
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
