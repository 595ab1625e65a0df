import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePorts, startServer } from '../../../../vitest.processes.ts'
import { postgresFolder } from '../../../../vitest.servers.ts'
import { onlyOnce, ownFolder, untilPortIsFree } from './own-folder.ts'

export interface RunningPostgres {
  /** With its user and password: `postgres://user:password@127.0.0.1:port/postgres`. */
  readonly url: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** As the server says it: `16.14`. */
  readonly version: string
  readonly pid: number
  /** What is its own: data, socket. */
  readonly folder: string
  /** Ends it with whatever its clients are doing, and removes its data. A second call does nothing. */
  stop(): Promise<void>
}

const USER = 'tidegauge'

/**
 * A PostgreSQL (15 or later) of its own on a free port of loopback, whose one user has a password. Its database sorts text as
 * a person would (ICU, en-US), not by bytes. As root, which PostgreSQL refuses, it runs as `postgres` or `nobody`.
 */
export async function startPostgres(): Promise<RunningPostgres> {
  const programs = postgresFolder()
  if (programs === undefined) throw new Error('no PostgreSQL: see describeWithServer')
  const as = process.getuid?.() === 0 ? unprivilegedUser() : undefined
  const folder = ownFolder('tidegauge-postgres-')
  const password = randomBytes(12).toString('hex')
  try {
    const data = join(folder.path, 'data')
    const options = { ...as, cwd: folder.path, env: { PATH: process.env.PATH, LC_ALL: 'C' } }
    writeFileSync(join(folder.path, 'password'), password, { mode: 0o600 })
    mkdirSync(join(folder.path, 'socket'), { mode: 0o700 })
    if (as !== undefined) {
      for (const name of ['', 'password', 'socket']) {
        chownSync(join(folder.path, name), as.uid, as.gid)
      }
    }
    const initdb = [
      ...['-D', data, '-U', USER, `--pwfile=${join(folder.path, 'password')}`],
      ...['-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', '--no-sync'],
      ...['--locale-provider=icu', '--icu-locale=en-US'],
    ]
    await promisify(execFile)(join(programs, 'initdb'), initdb, { ...options, timeout: 120_000 })
    rmSync(join(folder.path, 'password'))

    return await untilPortIsFree(async () => {
      const [port] = (await freePorts(1)) as [number]
      const settings = {
        listen_addresses: '127.0.0.1',
        port,
        unix_socket_directories: join(folder.path, 'socket'),
        max_connections: 50,
        shared_buffers: '64MB',
        fsync: 'off',
      }
      const server = startServer(
        join(programs, 'postgres'),
        [
          '-D',
          data,
          ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
        ],
        { ...options, stopSignal: 'SIGINT', force: 'SIGQUIT' }, // SIGTERM would wait for its clients, SIGKILL leave its children
      )
      try {
        await server.printed(/database system is ready to accept connections/)
      } catch (error) {
        await server.stop()
        throw error
      }
      const [, version] = await server.printed(/starting PostgreSQL ([\d.]+)/)
      const url = `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`
      const stop = onlyOnce(async () => {
        await server.stop()
        folder.remove()
      })
      const { pid } = server
      return { url, port, user: USER, password, version: version!, pid, folder: folder.path, stop }
    })
  } catch (error) {
    folder.remove()
    throw error
  }
}

/** PostgreSQL does not run as root. The user has to be one that the system knows. */
function unprivilegedUser(): { uid: number; gid: number } {
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  )
  const user = users.get('postgres') ?? users.get('nobody')
  if (user === undefined) throw new Error('no user "postgres" or "nobody" to run PostgreSQL as')
  return user
}
