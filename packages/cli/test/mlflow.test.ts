import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithServer } from '../../../vitest.servers.ts'
import { httpServer } from '../../connect/test/http-server.ts'
import { type RunningMlflow, startMlflow } from '../../connect/test/servers/mlflow.ts'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()

const table = (shift: number) =>
  [
    'age,late',
    ...Array.from({ length: 300 }, (_, i) => `${20 + (i % 50) + shift},${i % 3 === 0}`),
  ].join('\n')
writeFileSync(file('january.csv'), table(0))
writeFileSync(file('february.csv'), table(20))

/** What a machine that runs the tests may have set. */
const NONE = Object.fromEntries(
  [
    'TRACKING_URI',
    'EXPERIMENT_NAME',
    'RUN_ID',
    'TRACKING_USERNAME',
    'TRACKING_PASSWORD',
    'TRACKING_TOKEN',
  ].map((name) => [`MLFLOW_${name}`, undefined]),
)

const drift = (out: string, env: Record<string, string>, ...more: string[]) =>
  runCommand(
    ['drift', 'january.csv', 'february.csv', '--target', 'late', '--out', out, '--mlflow', ...more],
    directory,
    { env: { ...NONE, ...env } },
  )

const PASSWORD = 'of the "tests" é %40'

describeWithServer('mlflow', 'tidegauge drift --mlflow', () => {
  let server: RunningMlflow
  beforeAll(async () => {
    server = await startMlflow('mlflow', {
      admin: { username: 'ann', password: 'of the tests, longer' },
    })
  }, 300_000)
  afterAll(() => server?.stop())

  test('logs what it wrote, as the environment says, and again it is the same run', async () => {
    const env = {
      MLFLOW_TRACKING_URI: server.url,
      MLFLOW_EXPERIMENT_NAME: 'late flights',
      MLFLOW_TRACKING_USERNAME: 'ann',
      MLFLOW_TRACKING_PASSWORD: 'of the tests, longer',
    }
    const first = await drift('logged', env, '--title', 'Late flights')
    const again = await drift(
      'logged',
      env,
      '--title',
      'Late flights',
      '--force',
      '--fail-on',
      'action',
    )
    const [run, ...others] = (await server.read('late flights')).runs
    expect(others).toEqual([])
    const page = `${server.url}/#/experiments/1/runs/${run!.id}`
    expect(first).toMatchObject({ code: 0, stderr: `tidegauge: logged: ${page}\n` })
    expect(first.stdout.trim().split('\n').at(-1)).toMatch(/^report_html=.* -> ACTION /)
    expect(again.code).toBe(1)
    expect(again.stderr).toContain(`tidegauge: is logged already: ${page}\n`)
    const html = readFileSync(join(directory, 'logged/drift_january_vs_february.html'), 'utf8')
    expect(run!.artifacts['drift/report.html']).toBe(html)
    expect(run!.tags['drift.action']).toBe('ACTION')
    expect(run!.metrics.drift_share).toBe(1)
  })

  test('with a password in the address, and into a run that is there', async () => {
    const { run } = await server.post('runs/create', { experiment_id: '0', start_time: 1000 })
    const { host } = new URL(server.url)
    const { code, stdout, stderr } = await drift(
      'added',
      {
        MLFLOW_TRACKING_URI: `http://ann:${encodeURIComponent('of the tests, longer')}@${host}`,
        MLFLOW_RUN_ID: run.info.run_id,
        MLFLOW_EXPERIMENT_NAME: 'of another run',
      },
      '--json',
    )
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `tidegauge: logged: ${server.url}/#/experiments/0/runs/${run.info.run_id}\n`,
    })
    expect(JSON.parse(stdout).decision.action).toBe('ACTION')
  })

  test('who is not known is told the variables, and has the files', async () => {
    const env = { MLFLOW_TRACKING_URI: server.url, MLFLOW_EXPERIMENT_NAME: 'a' }
    const { code, stderr } = await drift('unknown', env)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `tidegauge: MLflow at ${server.url}: the experiment "a": it asks for a user and a password or a token, or does not know those that it was given (401): set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN\n`,
    })
    expect(existsSync(join(directory, 'unknown/drift_january_vs_february.html'))).toBe(true)
  })
})

const SAID = {
  MLFLOW_TRACKING_URI: 'http://localhost:5000',
  MLFLOW_EXPERIMENT_NAME: 'a',
}

test.each<[Record<string, string>, string]>([
  [
    { MLFLOW_TRACKING_URI: '' },
    '--mlflow logs to a tracking server: set MLFLOW_TRACKING_URI (http://localhost:5000)',
  ],
  [
    { MLFLOW_TRACKING_URI: 'sqlite:///secret' },
    'MLFLOW_TRACKING_URI must begin with http:// or https://',
  ],
  [{ MLFLOW_TRACKING_URI: 'http://ann:sec#ret@host' }, 'MLFLOW_TRACKING_URI is no URL'],
  [
    { MLFLOW_EXPERIMENT_NAME: '' },
    'set MLFLOW_EXPERIMENT_NAME, in which the report gets a run, or MLFLOW_RUN_ID',
  ],
  [
    { MLFLOW_TRACKING_USERNAME: 'ann' },
    'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD belong together',
  ],
  [
    { MLFLOW_TRACKING_TOKEN: 'secret\nX: 1' },
    'MLFLOW_TRACKING_TOKEN must be one line without spaces',
  ],
])('%j is refused before anything is read', async (env, message) => {
  const { code, stdout, stderr } = await drift('refused', { ...SAID, ...env })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(message)
  expect(stderr).not.toMatch(/secret|sec#ret/)
  expect(existsSync(join(directory, 'refused'))).toBe(false)
})

test('nobody at the address: the files are there, one line says it, and it exits with 2', async () => {
  const env = {
    ...SAID,
    MLFLOW_TRACKING_URI: 'http://127.0.0.1:9',
    MLFLOW_TRACKING_TOKEN: 'tok-en',
  }
  const { code, stdout, stderr } = await drift('nobody', env, '--fail-on', 'action')
  expect(code).toBe(2)
  expect(stdout).toContain('-> ACTION')
  expect(stderr).toMatch(
    /^tidegauge: failed by --fail-on action: .*\ntidegauge: MLflow at http:\/\/127\.0\.0\.1:9: .*\n$/,
  )
  expect(stderr).not.toContain('tok-en')
  expect(existsSync(join(directory, 'nobody/drift_january_vs_february.json'))).toBe(true)
})

test('credentials go to the host of the environment alone', async () => {
  const other = await httpServer((_, res) => void res.end())
  const named = await httpServer((_, res) => void res.writeHead(302, { Location: other.url }).end())
  const { host } = new URL(named.url)
  const env = {
    ...SAID,
    MLFLOW_TRACKING_URI: `http://ann:${encodeURIComponent(PASSWORD)}@${host}/ml`,
  }
  // A config file may say that it is logged, but not where.
  writeFileSync(file('own.json'), JSON.stringify({ mlflow: true, trackingUri: other.url }))
  const refused = await drift('sent', env, '--config', 'own.json')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain('there is no option "trackingUri"')
  const { code, stderr } = await drift('sent', env)
  expect(code).toBe(2)
  expect(stderr).toBe(
    `tidegauge: MLflow at ${named.url}: it sends on to ${other.url} (302), which is not followed: name the address that answers itself\n`,
  )
  expect(other.seen).toEqual([])
  const [{ path, headers }] = named.seen as [(typeof named.seen)[number]]
  expect(path).toMatch(/^\/ml\/api\/2\.0\/mlflow\//)
  expect(Buffer.from(headers.authorization!.replace('Basic ', ''), 'base64').toString()).toBe(
    `ann:${PASSWORD}`,
  )
})
