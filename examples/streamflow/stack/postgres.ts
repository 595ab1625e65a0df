import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Child, startProgram } from '@tidegauge/example-prometheus-grafana/stack/child.ts'
import { until } from '@tidegauge/example-prometheus-grafana/stack/until.ts'
import pg from 'pg'

/** The variables by which PostgreSQL's clients know where it is: `pg`, Feast's and tidegauge's own are such. */
export interface PostgresEnvironment extends Record<string, string> {
  readonly PGHOST: string
  readonly PGPORT: string
  readonly PGDATABASE: string
  readonly PGUSER: string
  readonly PGPASSWORD: string
}

export interface StartedPostgres {
  readonly child: Child
  readonly env: PostgresEnvironment
}

const NAME = 'streamflow'

/**
 * A PostgreSQL of its own, on loopback, whose one user has a password that was made for it. As root, which PostgreSQL refuses, it
 * runs as `postgres` or `nobody`.
 *
 * @param programs - their folder
 * @param add - keeps the process with the others
 */
export async function startPostgres(
  programs: string,
  folder: string,
  port: number,
  add: (child: Child) => Child,
): Promise<StartedPostgres> {
  const as = process.getuid?.() === 0 ? unprivilegedUser() : undefined
  const own = (path: string) => {
    if (as !== undefined) chownSync(path, as.uid, as.gid)
    return path
  }
  const home = join(folder, 'postgres')
  mkdirSync(home, { mode: 0o700 })
  if (as !== undefined) chmodSync(folder, 0o711) // may be walked through, not listed
  own(home)
  const PGPASSWORD = randomBytes(16).toString('hex')
  const passwordFile = join(home, 'password')
  writeFileSync(passwordFile, PGPASSWORD, { mode: 0o600 })
  own(passwordFile)
  const data = join(home, 'data')
  const env = { ...process.env, LC_ALL: 'C' }
  await promisify(execFile)(
    join(programs, 'initdb'),
    ['-D', data, '-U', NAME, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256'].concat(
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ),
    { ...as, cwd: home, env },
  )
  rmSync(passwordFile)
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    fsync: 'off', // all of it is gone when the stack ends
    max_wal_size: '4GB',
  }
  const child = add(
    startProgram(
      'postgres',
      join(programs, 'postgres'),
      [
        '-D',
        data,
        ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
      ],
      { LC_ALL: 'C' },
      // SIGTERM would wait for its clients, SIGKILL would leave its children.
      { ...as, cwd: home, stopSignal: 'SIGINT', force: 'SIGQUIT' },
    ),
  )
  const where = { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: NAME, PGPASSWORD }
  const answers = until(() => createDatabase(where), { seconds: 90, what: 'PostgreSQL is ready' })
  await Promise.race([answers, child.ended.then((why) => Promise.reject(new Error(why)))])
  return { child, env: { ...where, PGDATABASE: NAME } }
}

async function createDatabase({
  PGHOST: host,
  PGPORT: port,
  PGUSER: user,
  PGPASSWORD: password,
}: Omit<PostgresEnvironment, 'PGDATABASE'>): Promise<true> {
  const client = new pg.Client({ host, port: Number(port), user, password, database: 'postgres' })
  await client.connect()
  try {
    await client.query(`CREATE DATABASE ${NAME}`)
    return true
  } finally {
    await client.end()
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
