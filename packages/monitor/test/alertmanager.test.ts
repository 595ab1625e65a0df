import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeWithServer, prometheusProgram, startServer } from '../../../vitest.servers.ts'
import { type Alert, retrainWebhook } from '../src/webhook/webhook.ts'
import { listen } from './loopback.ts'

/** One that nobody listens on, a moment ago. */
async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** An Alertmanager that tells a webhook of each group of alerts at once, and again each second. */
async function alertmanager(webhook: string, token: string, groupBy: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegauge-alertmanager-'))
  const config = join(folder, 'alertmanager.yml')
  await writeFile(
    config,
    `route: { receiver: retrain, group_by: ['${groupBy}'], group_wait: 1s, group_interval: 1s, repeat_interval: 1s }
receivers:
  - name: retrain
    webhook_configs:
      - url: ${webhook}
        http_config: { authorization: { type: Bearer, credentials: ${token} } }
`,
  )
  const address = `127.0.0.1:${await freePort()}`
  const server = startServer(prometheusProgram('alertmanager'), [
    `--config.file=${config}`,
    `--storage.path=${folder}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ])
  onTestFinished(async () => {
    await server.stop()
    await rm(folder, { recursive: true })
  })
  await server.printed(/Listening on/i)
  return `http://${address}`
}

describeWithServer('alertmanager', 'a real Alertmanager', () => {
  test('reaches the webhook: told again and again, an alert is one run, and one more once it fires anew', {
    timeout: 180_000,
  }, async () => {
    const runs: (readonly Alert[])[] = []
    const statuses: number[] = []
    const webhook = retrainWebhook({ retrain: (alerts) => void runs.push(alerts), token: 's3cret' })
    const { origin } = await listen(
      createServer((req, res) => {
        res.once('finish', () => statuses.push(res.statusCode))
        webhook(req, res)
      }),
    )
    const alerts = await alertmanager(origin, 's3cret', '...')
    const tell = async (alertname: string, startsAt: Date, endsAt?: Date) => {
      const labels = { alertname, model: 'flights' }
      const annotations = { summary: 'Größe → 2' }
      const { status } = await fetch(`${alerts}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([{ labels, annotations, startsAt, endsAt }]),
      })
      expect(status).toBe(200)
    }

    const began = new Date(Date.now() - 60_000)
    await tell('FeatureDrift', began)
    await expect.poll(() => statuses, { timeout: 120_000 }).toContain(200)
    expect(runs).toEqual([])

    await tell('DriftAction', began)
    await expect.poll(() => runs, { timeout: 120_000 }).toHaveLength(1)
    expect(runs[0]).toEqual([
      {
        status: 'firing',
        labels: { alertname: 'DriftAction', model: 'flights' },
        annotations: { summary: 'Größe → 2' },
        startsAt: expect.any(String),
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    ])
    expect(Date.parse(runs[0]![0]!.startsAt)).toBe(began.getTime())
    const told = statuses.length
    await expect.poll(() => statuses.length, { timeout: 120_000 }).toBeGreaterThan(told + 2)
    expect(runs).toHaveLength(1)

    await tell('DriftAction', began, new Date())
    const resolved = statuses.length
    await expect.poll(() => statuses.length, { timeout: 120_000 }).toBeGreaterThan(resolved + 1)
    await tell('DriftAction', new Date())
    await expect.poll(() => runs, { timeout: 120_000 }).toHaveLength(2)
    expect(statuses.filter((status) => status === 202)).toHaveLength(2)
    expect(new Set(statuses)).toEqual(new Set([200, 202]))
  })

  test('that tells of 150 alerts at once is heard, and one whose training failed is told again until one succeeds', {
    timeout: 180_000,
  }, async () => {
    const runs: (readonly Alert[])[] = []
    const statuses: number[] = []
    const sizes: number[] = []
    const errors: unknown[] = []
    const webhook = retrainWebhook({
      async retrain(alerts) {
        runs.push(alerts)
        if (runs.length < 3) throw new Error('no data yet')
      },
      token: 's3cret',
      onError: (error) => errors.push(error),
    })
    const { origin } = await listen(
      createServer((req, res) => {
        sizes.push(Number(req.headers['content-length']))
        res.once('finish', () => statuses.push(res.statusCode))
        webhook(req, res)
      }),
    )
    const alerts = await alertmanager(origin, 's3cret', 'alertname')
    const startsAt = new Date() // Alertmanager waits for the whole group
    const storm = Array.from({ length: 150 }, (_, i) => ({
      labels: {
        alertname: 'DriftAction',
        severity: 'warning',
        model: `flights-${i}`,
        reference: '0123456789ab',
        namespace: 'production',
        job: 'flights',
      },
      // As long as those of the rules of a fleet.
      annotations: {
        summary: `Model flights-${i} (namespace production, job flights) meets other data than it was trained on`,
        description:
          'At least 30 % of its judged features drifted from reference 0123456789ab in the last 1h, or the target drifted: look which, and retrain.',
        runbook_url: 'https://runbooks.example.org/models/drift#drift-action',
      },
      startsAt,
      generatorURL: `http://prometheus.example:9090/graph?g0.expr=${'drift%3Amodel%3Aaction+%3D%3D+2'.repeat(2)}&g0.tab=1`,
    }))
    const { status } = await fetch(`${alerts}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(storm),
    })
    expect(status).toBe(200)
    await expect.poll(() => statuses, { timeout: 120_000 }).toContain(200)
    expect(statuses[0]).toBe(202)
    expect(statuses.filter((each) => each === 202)).toHaveLength(1)
    expect(statuses.filter((each) => each === 503).length).toBeGreaterThanOrEqual(2)
    expect(new Set(statuses.slice(statuses.indexOf(200)))).toEqual(new Set([200]))
    expect(runs).toHaveLength(3)
    expect(runs[2]).toHaveLength(150)
    expect(errors).toHaveLength(2)
    // The default is for at least a thousand of them.
    const size = Math.max(...sizes)
    expect(size).toBeGreaterThan(65_536)
    expect((size / 150) * 1000).toBeLessThan(2_097_152)
  })
})
