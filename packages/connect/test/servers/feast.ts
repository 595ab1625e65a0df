import { fileURLToPath } from 'node:url'
import { freePorts, startServer } from '../../../../vitest.processes.ts'
import { feastPython } from '../../../../vitest.servers.ts'
import { ownFolder, untilPortIsFree } from '../../../sources/test/servers/own-folder.ts'

export interface RunningFeast {
  readonly url: string
  /** What Feast itself makes of the same table. */
  readonly told: {
    /** Labels of the latest row of each key that has one. */
    readonly latest: readonly string[]
    /** Values of five entities, by name. */
    readonly online: Readonly<Record<string, readonly unknown[]>>
  }
  stop(): Promise<void>
}

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/**
 * Feast's feature server over the table `customer_stats` of a PostgreSQL, materialized for September 2026.
 *
 * @param postgres - `postgres://user:password@host:port/database`
 */
export async function startFeast(postgres: string): Promise<RunningFeast> {
  const python = feastPython()
  if (python === undefined) throw new Error('no Feast: see describeWithServer')
  return untilPortIsFree(async () => {
    const [port] = (await freePorts(1)) as [number]
    const folder = ownFolder('tidegauge-feast-')
    const at = new URL(postgres)
    const server = startServer(
      python,
      [
        ...[
          fileOf('tied-program.py'),
          python,
          fileOf('feast-server.py'),
          folder.path,
          String(port),
        ],
        ...[at.hostname, at.port, at.username, at.password, at.pathname.slice(1)],
      ],
      {
        cwd: folder.path,
        env: {
          PATH: process.env.PATH,
          HOME: folder.path,
          FEAST_USAGE: 'False',
          PYTHONDONTWRITEBYTECODE: '1',
        },
        tied: true,
        force: 'SIGTERM',
      },
    )
    const stop = async () => {
      await server.stop()
      folder.remove()
    }
    try {
      const [, told] = await server.printed(/^ready (.*)$/m, 240_000)
      const url = `http://127.0.0.1:${port}`
      for (const deadline = Date.now() + 240_000; ; ) {
        const isHealthy = await fetch(`${url}/health`).then(
          ({ ok }) => ok,
          () => false,
        )
        if (isHealthy) return { url, told: JSON.parse(told!), stop }
        if (Date.now() > deadline) throw new Error('the feature server does not answer')
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    } catch (error) {
      await stop()
      throw error
    }
  })
}
