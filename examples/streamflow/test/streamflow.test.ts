import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url))

let cache: string
beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), 'tidegauge-cache-'))
})
afterAll(() => rmSync(cache, { recursive: true }))

function run(script: string, args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=tidegauge-source', '--import', tsx, pathOf(script), ...args],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  )
  return { status, stdout, stderr }
}

/** Nothing is installed, and nothing can be fetched. */
const NOTHING = {
  PATH: '',
  TIDEGAUGE_POSTGRES_BIN: '',
  TIDEGAUGE_FEAST_PYTHON: '',
  TIDEGAUGE_MLFLOW_PYTHON: '',
  TIDEGAUGE_PROMETHEUS: '',
  TIDEGAUGE_REQUIRE_SERVERS: '',
}
const streamflow = (args: readonly string[], env: Record<string, string> = {}) =>
  run('../stack/main.ts', args, { ...NOTHING, TIDEGAUGE_CACHE: cache, ...env })

/** There it says that it runs elsewhere. */
const onUnix = test.skipIf(process.platform === 'win32')

onUnix('what is missing is named with its cure', () => {
  const { status, stdout, stderr } = streamflow([])
  expect(stdout).toMatch(
    /no feast: it needs Python 3\.10, 3\.11 or 3\.12 .*apt-get install python3-venv/,
  )
  expect(stdout).toMatch(/no mlflow: .*TIDEGAUGE_MLFLOW_PYTHON=/)
  expect(stdout).toMatch(/no prometheus: .*TIDEGAUGE_PROMETHEUS.*apt-get install prometheus/)
  expect(stderr).toMatch(/it cannot do without .*feast\n$/)
  expect(status).toBe(1)
})

onUnix('--check says that it checked nothing, and fails where the programs are required', () => {
  const { status, stdout } = streamflow(['--check'])
  expect(stdout.trimEnd().split('\n').slice(-2)).toEqual([
    'The story was not checked.',
    '0 passed, 0 failed',
  ])
  expect(status).toBe(0)
  const required = streamflow(['--check'], { TIDEGAUGE_REQUIRE_SERVERS: '1' })
  expect(required.stderr).toMatch(/it cannot do without .*feast and mlflow and prometheus\n$/)
  expect(required.status).toBe(1)
})

test.each([
  [['--rate', 'fast'], /--rate must be above 0 and at most 1000/],
  [['--colour'], /Unknown option '--colour'/],
])('%j ends with 1 and says what is wrong', (args, message) => {
  const { status, stderr } = streamflow(args)
  expect(stderr).toMatch(message)
  expect(status).toBe(1)
})

test.each([
  [[], /^Usage: pnpm load/],
  [['2001-13'], /"2001-13" is no month/],
  [['2001-01'], /^load: .*ECONNREFUSED/],
])('pnpm load %j ends with 1 and one line', (months, message) => {
  const nowhere = { PGHOST: '127.0.0.1', PGPORT: '1' }
  const { status, stderr } = run('../database/load.ts', months, nowhere)
  expect(stderr).toMatch(message)
  expect(status).toBe(1)
})

test.each([
  [{ PORT: 'x' }, /^service: PORT must be a whole number/],
  [{ FEAST_URL: 'feast' }, /^service: .*url/],
  [{ PGHOST: '127.0.0.1', PGPORT: '1' }, /^service: .*ECONNREFUSED/],
])('the service with %j does not start, and says why', (env, message) => {
  const { status, stderr } = run('../service/main.ts', [], env)
  expect(stderr).toMatch(message)
  expect(status).toBe(1)
})
