import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { type DriftReport, detectDrift } from '@tidegauge/drift'
import { parseReport } from '@tidegauge/reporters'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWithServer, type MlflowVersion } from '../../../vitest.servers.ts'
import { type MlflowOptions, mlflow } from '../src/mlflow/mlflow.ts'
import { type ReadRun, type RunningMlflow, startMlflow } from './servers/mlflow.ts'

const HOOK = 300_000

const numbers = (n: number, shift = 0) =>
  Array.from({ length: n }, (_, i) => ((i * 37) % 100) + shift)

/** Columns that MLflow would refuse, with everything beside them. */
const HOSTILE = [
  'say "hi" (twice), 🙂',
  'psi:a',
  '/lead',
  'a//b',
  'a/../b',
  '..',
  'Age',
  'age',
  'a(b',
  'a)b',
  'ü col',
  'half \ud800',
  'nul \u0000',
  'x'.repeat(400),
  `${'x'.repeat(400)}y`,
  'constructor',
  '__proto__',
  'क्‍ष',
]

const wide = (shift: number) => ({
  ...Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`column ${i}`, numbers(60, i % 9 ? 0 : shift)]),
  ),
  ...Object.fromEntries(HOSTILE.map((name) => [name, numbers(60, shift)])),
  few: [1, 2, 3, ...Array.from({ length: 57 }, () => null)],
  label: numbers(60).map((x) => x > 50),
})

function reportOf(name: string, shift = 60): DriftReport {
  const january = {
    age: numbers(200),
    'pay (net)': numbers(200),
    label: numbers(200).map((x) => x > 50),
  }
  const other = { ...january, age: numbers(200, shift) }
  return detectDrift(january, other, {
    target: 'label',
    names: { reference: 'january', current: name },
  })
}

describe.each<[MlflowVersion, string]>([
  ['mlflow', '2.16.0'],
  ['mlflow3', '3.17.2'],
])('%s', (name, version) => {
  describeWithServer(name, `mlflow() on MLflow ${version}`, () => {
    let server: RunningMlflow
    beforeAll(async () => {
      const hosts = ['--allowed-hosts', 'mlflow:5000,127.0.0.1:*']
      server = await startMlflow(name, { more: name === 'mlflow3' ? hosts : [] })
    }, HOOK)
    afterAll(() => server?.stop())

    const destination = (options: Partial<MlflowOptions>, trackingUri = server.url) =>
      mlflow({ trackingUri, ...options })

    test('it is that version', () => {
      expect(server.version).toBe(version)
    })

    test('a report is a run that its own client reads back', async () => {
      const report = reportOf('february')
      const to = destination({ experiment: 'told' })
      const delivery = await to.send(report)
      expect(delivery).toMatchObject({ wasThere: false, leftOut: [], reportId: report.id })
      const { experiments, runs } = await server.read('told')
      expect(experiments).toEqual([delivery.experimentId])
      expect(runs).toHaveLength(1)
      const run = runs[0]!
      expect(run).toMatchObject({
        id: delivery.runId,
        status: 'FINISHED',
        name: 'drift january vs february',
        params: {
          'drift.alpha': '0.05',
          'drift.tolerance': '0.125',
          'drift.preset': 'none',
          'drift.share_threshold': '0.3',
        },
        tags: {
          'drift.action': 'ACTION',
          'drift.reason': report.decision.reason,
          'drift.reference': 'january',
          'drift.current': 'february',
          'drift.state': 'complete',
          'drift.report_id': report.id,
          'drift.not_judged': '0 of 3 columns',
        },
      })
      const [age, pay] = report.columns
      expect(run.metrics).toMatchObject({
        drift_share: 0.5,
        target_drift: 0,
        reference_rows: 200,
        current_rows: 200,
        evaluated_features: 2,
        unjudged_features: 0,
        'drift_effect/age': age!.effect,
        'drift_statistic/age': age!.statistic,
        'drift_p_value/age': age!.pValue,
        'drifted/age': 1,
        'drifted/pay _net_': 0,
        'drift_effect/pay _net_': pay!.effect,
      })
      expect(run.endTime).toBeGreaterThanOrEqual(run.startTime)
      expect(parseReport(run.artifacts['drift/report.json']!)).toEqual(report)
      expect(run.artifacts['drift/report.html']).toContain('<!doctype html>')
      expect(JSON.parse(run.artifacts['drift/metric-names.json']!)).toEqual({
        'pay _net_': 'pay (net)',
      })
    })

    test('the same report sent again, also by another and at the same time, is that run', async () => {
      const report = reportOf('march')
      const senders = [1, 2, 3, 4, 5, 6].map(() => destination({ experiment: 'race' }))
      const deliveries = await Promise.all(senders.map((one) => one.send(report)))
      const again = await senders[0]!.send(report)
      expect(again.wasThere).toBe(true)
      const { experiments, runs } = await server.read('race')
      expect(experiments).toHaveLength(1)
      const active = runs.filter(({ stage }) => stage === 'active')
      expect(active.map(({ id }) => id)).toEqual([again.runId])
      expect(new Set(deliveries.map(({ runId }) => runId))).toEqual(new Set([again.runId]))
      // Not logged twice either.
      expect(active[0]!.history.drift_share).toHaveLength(1)
    })

    test(
      'wherever it is broken off, the report sent again makes the run whole',
      async () => {
        const report = reportOf('april')
        const proxy = await breakingProxy(server.url)
        try {
          // The very first only asks, and is sent again.
          let broken = 1
          for (; ; broken++) {
            proxy.breakAt(broken)
            const sending = destination({ experiment: 'broken off' }, proxy.url).send(report)
            const outcome = await sending.then(
              () => 'whole',
              (error) => error as Error & { code: string; missing: readonly string[] },
            )
            if (outcome === 'whole') break
            expect((outcome as { code: string }).code).toBe('ERR_CONNECT')
            const tags = await tagsOf('broken off')
            if (tags === undefined) continue
            const isWhole = tags.get('drift.state') === 'complete'
            expect(tags.get('drift.action')).toBe(isWhole ? 'ACTION' : 'INCOMPLETE')
          }
          // Once for each request of a report, and each time it got one further.
          expect(broken).toBeGreaterThanOrEqual(8)
        } finally {
          await proxy.close()
        }
        const { runs } = await server.read('broken off')
        expect(runs.filter(({ stage }) => stage === 'active')).toHaveLength(1)
        const run = runs.find(({ stage }) => stage === 'active')!
        expect(run.status).toBe('FINISHED')
        expect(run.tags['drift.action']).toBe('ACTION')
        expect(run.history['drift_effect/age']).toHaveLength(1)
        expect(parseReport(run.artifacts['drift/report.json']!)).toEqual(report)
      },
      HOOK,
    )

    test('hundreds of columns, whatever they are called, and those that were not judged', async () => {
      const report = detectDrift(wide(0), wide(60), { target: 'label' })
      const { runId, leftOut } = await destination({ experiment: 'wide' }).send(report)
      const run = (await server.read('wide')).runs.find(({ id }) => id === runId)!
      const judged = report.columns.filter(({ verdict }) => verdict !== 'insufficient-data')
      expect(judged.length).toBe(report.columns.length - 1)
      expect(Object.keys(run.metrics).filter((key) => key.startsWith('drifted/'))).toHaveLength(
        judged.length,
      )
      const names = new Map(Object.entries(JSON.parse(run.artifacts['drift/metric-names.json']!)))
      for (const [key, value] of Object.entries(run.metrics)) {
        const [group, ...steps] = key.split('/')
        if (group !== 'drift_effect') continue
        const name = steps.join('/')
        const column = report.columns.find((one) => one.name === (names.get(name) ?? name))
        expect(column?.effect, key).toBe(value)
      }
      expect(leftOut).toEqual(['no numbers of columns that were not judged: few'])
      expect(run.tags['drift.not_judged']).toBe(`1 of ${report.columns.length} columns: few`)
    })

    test('what is UNDECIDED has no share', async () => {
      const few = { a: numbers(5), b: numbers(5) }
      const { runId } = await destination({ experiment: 'undecided' }).send(detectDrift(few, few))
      const run = (await server.read('undecided')).runs.find(({ id }) => id === runId)!
      expect(run.tags['drift.action']).toBe('UNDECIDED')
      expect(Object.keys(run.metrics).sort()).toEqual([
        'current_rows',
        'evaluated_features',
        'reference_rows',
        'unjudged_features',
      ])
    })

    test('a run that is there keeps its status and its parameters, and has report after report', async () => {
      const { experiment_id } = await server.post('experiments/create', { name: 'training' })
      const { run } = await server.post('runs/create', { experiment_id, start_time: 1000 })
      const runId = run.info.run_id as string
      const first = reportOf('may')
      const few = numbers(200).map((x, i) => (i < 5 ? x : null))
      const table = { age: few, pay: numbers(200) }
      const strict = detectDrift(table, table, { alpha: 0.01, policy: { minimumJudged: 0.9 } })
      await destination({ runId }).send(first)
      const { leftOut } = await destination({ runId, step: 1, artifactPath: 'drift/june' }).send(
        strict,
      )
      expect(leftOut).toEqual([
        expect.stringMatching(/^no drifted_features, drift_share: the report is UNDECIDED/),
        'no numbers of columns that were not judged: age',
        'drift.alpha is 0.01 here and stays 0.05 in the run: a parameter cannot be changed',
        'drift.minimum_judged is 0.9 here and stays 0.5 in the run: a parameter cannot be changed',
        expect.stringMatching(
          /^the run still shows \d+ metrics of an earlier report .*: .*drift_share/,
        ),
      ])
      const read: ReadRun = (await server.read('training')).runs[0]!
      expect(read.status).toBe('RUNNING')
      expect(read.history.current_rows!.map(([, , step]) => step)).toEqual([0, 1])
      expect(read.tags['drift.action']).toBe('UNDECIDED')
      expect(Object.keys(read.artifacts).sort()).toEqual([
        'drift/june/report.html',
        'drift/june/report.json',
        'drift/metric-names.json',
        'drift/report.html',
        'drift/report.json',
      ])
    })

    test('a version of a registered model says so too', async () => {
      await server.post('registered-models/create', { name: 'late flights' })
      const { run } = await server.post('runs/create', { experiment_id: '0', start_time: 1000 })
      await server.post('model-versions/create', {
        name: 'late flights',
        source: `${run.info.artifact_uri}/model`,
        run_id: run.info.run_id,
      })
      const to = destination({
        experiment: 'models',
        modelVersion: { name: 'late flights', version: 1 },
      })
      const { runId } = await to.send(reportOf('june'))
      expect((await server.read('models', 'late flights')).versions['1']).toMatchObject({
        'drift.action': 'ACTION',
        'drift.current': 'june',
        'drift.run_id': runId,
      })
      const none = destination({
        experiment: 'models',
        modelVersion: { name: 'nobody', version: 1 },
      })
      await expect(none.send(reportOf('july'))).rejects.toMatchObject({
        code: 'ERR_CONNECT',
        missing: ['the tags of nobody 1', 'the decision', 'its end'],
      })
    })

    test('the example of the docs runs', async () => {
      const root = fileURLToPath(new URL('../../../', import.meta.url))
      const [, code] = /^```js\n([\s\S]*?)^```/m.exec(
        readFileSync(join(root, 'docs/mlflow.md'), 'utf8'),
      )!
      const folder = mkdtempSync(join(root, 'docs/node_modules/.example-'))
      try {
        writeFileSync(join(folder, 'example.mjs'), code!)
        const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
        const args = ['--conditions=tidegauge-source', '--import', tsx, 'example.mjs']
        const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
          cwd: folder,
          env: { ...process.env, MLFLOW_TRACKING_URI: server.url },
        })
        const [run] = (await server.read('late flights')).runs
        expect({ stdout, stderr }).toEqual({ stdout: expect.any(String), stderr: '' })
        expect(stdout.split('\n')).toEqual([
          expect.stringMatching(new RegExp(`/#/experiments/\\d+/runs/${run!.id} false \\[\\]$`)),
          'true',
          '',
        ])
      } finally {
        rmSync(folder, { recursive: true })
      }
    })

    test('what is deleted or unknown is said in one line', async () => {
      const { experiment_id } = await server.post('experiments/create', { name: 'gone' })
      await server.post('experiments/delete', { experiment_id })
      await expect(destination({ experiment: 'gone' }).send(reportOf('x'))).rejects.toThrow(
        `MLflow at ${server.url}: the experiment "gone" is deleted: restore it, or name another one`,
      )
      await expect(destination({ runId: 'nobody' }).send(reportOf('x'))).rejects.toThrow(
        /^MLflow at http:\/\/127\.0\.0\.1:\d+: the run nobody: RESOURCE_DOES_NOT_EXIST: /,
      )
    })

    test.runIf(name === 'mlflow3')(
      'a name that it does not go by is told with the cure',
      async () => {
        const as = (host: string) => {
          const send: typeof fetch = (url, init) => withHost(host, String(url), init)
          return mlflow({ trackingUri: `http://${host}`, experiment: 'hosts', fetch: send })
        }
        await expect(as('tracking:5000').send(reportOf('x'))).rejects.toThrow(
          'the server does not go by the name "tracking:5000" (403): start it with --allowed-hosts tracking:5000',
        )
        // That of a compose file, which it was started with.
        await expect(as('mlflow:5000').send(reportOf('x'))).resolves.toMatchObject({ leftOut: [] })
      },
    )

    /** Of the only run of an experiment, asked for without the client, which takes seconds to start. */
    async function tagsOf(experiment: string): Promise<Map<string, string> | undefined> {
      const found = await server.post('experiments/search', {
        max_results: 10,
        filter: `name = '${experiment}'`,
      })
      const ids = (found.experiments ?? []).map(
        (one: { experiment_id: string }) => one.experiment_id,
      )
      if (ids.length === 0) return undefined
      const { runs = [] } = await server.post('runs/search', { experiment_ids: ids })
      const tags = runs[0]?.data.tags as Array<{ key: string; value: string }> | undefined
      return tags && new Map(tags.map(({ key, value }) => [key, value]))
    }

    /** Asks the server under another name, as from within a compose network. */
    async function withHost(
      host: string,
      url: string,
      init: RequestInit | undefined,
    ): Promise<Response> {
      const { pathname, search } = new URL(url)
      const headers = { ...(init?.headers as Record<string, string>), Host: host }
      const asked = httpRequest(new URL(`${pathname}${search}`, server.url), {
        method: init?.method,
        headers,
      })
      asked.end(init?.body)
      const [response] = await once(asked, 'response')
      const body = await buffer(response)
      return new Response(body, {
        status: response.statusCode,
        headers: { 'content-type': response.headers['content-type'] },
      })
    }

    describe('with basic auth', () => {
      const right = { username: 'ann', password: 'of the tests, longer' }
      let locked: RunningMlflow
      beforeAll(async () => {
        locked = await startMlflow(name, { admin: right })
      }, HOOK)
      afterAll(() => locked?.stop())

      test('a report is logged with user and password, and told whose they are not', async () => {
        const { runId } = await destination({ experiment: 'locked', ...right }, locked.url).send(
          reportOf('x'),
        )
        expect((await locked.read('locked')).runs.map(({ id }) => id)).toEqual([runId])
        for (const wrong of [{}, { username: 'ann', password: 'of another' }]) {
          await expect(
            destination({ experiment: 'a', ...wrong }, locked.url).send(reportOf('x')),
          ).rejects.toThrow(
            `MLflow at ${locked.url}: the experiment "a": it asks for a user and a password or a token, or does not know those that it was given (401)`,
          )
        }
      })
    })

    test('a store that the server does not take artifacts for is said, and the rest is there', async () => {
      await server.post('experiments/create', {
        name: 'bare',
        artifact_location: 's3://secret/key',
      })
      const { leftOut } = await destination({ experiment: 'bare' }).send(reportOf('x'))
      expect(leftOut).toEqual([
        'no artifacts (drift/report.html, drift/report.json, drift/metric-names.json): the run keeps them at s3:…, which this server does not take them for; start it with --serve-artifacts, and use an experiment made since',
      ])
      expect((await tagsOf('bare'))?.get('drift.action')).toBe('ACTION')
    })
  })
})

interface BreakingProxy {
  readonly url: string
  /** The next sending is broken off at its request of this number; those before go through. */
  breakAt(request: number): void
  close(): Promise<void>
}

/** Hands requests on, but for one, of which the server hears and nobody hears the answer. */
async function breakingProxy(target: string): Promise<BreakingProxy> {
  let left = 0
  const server = createServer(async (req, res) => {
    const body = await buffer(req)
    const { method, url = '', headers } = req
    const breaks = left-- === 0
    const asked = httpRequest(new URL(url, target), {
      method,
      headers: { ...headers, host: new URL(target).host },
    })
    asked.end(body)
    const [response] = await once(asked, 'response')
    const answer = await buffer(response)
    if (breaks) req.socket.destroy()
    else
      res
        .writeHead(response.statusCode, { 'content-type': response.headers['content-type'] ?? '' })
        .end(answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    breakAt(request) {
      left = request
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
