import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeConfiguration } from '../stack/configuration.ts'
import { freePort } from '../stack/ports.ts'
import { QUICK } from '../stack/rules.ts'
import { describeWithServer, prometheusProgram, type ServerProcess, startServer } from './server.ts'
import {
  FLIGHT,
  notification,
  postJson,
  samplesOf,
  startWatchedService,
  sumOf,
  type WatchedService,
} from './watched-service.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegauge-faults-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a reference or a model that cannot be read at start', { timeout: 120_000 }, () => {
  test.each<['REFERENCE_FILE' | 'MODEL_FILE', string, string | undefined, RegExp]>([
    ['REFERENCE_FILE', 'missing', undefined, /^service: REFERENCE_FILE cannot be read: ENOENT/],
    [
      'REFERENCE_FILE',
      'of an unknown version',
      '{"format":"tidegauge.table-profile","version":99,"rows":0,"columns":[]}',
      /^service: REFERENCE_FILE: .*version.*99/,
    ],
    ['REFERENCE_FILE', 'no profile', '[1, 2]', /^service: REFERENCE_FILE: /],
    ['REFERENCE_FILE', 'half written', '{"format":"tidegauge.table', /^service: REFERENCE_FILE: /],
    ['MODEL_FILE', 'no model', '{"weights":[]}', /^service: MODEL_FILE: no model: /],
  ])(
    '%s %s: the service does not start, and one line says why',
    async (setting, name, text, message) => {
      const file = join(folder, `${name}.json`)
      if (text !== undefined) writeFileSync(file, text)
      const main = fileURLToPath(new URL('../service/main.ts', import.meta.url))
      const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
      const child = spawn(
        process.execPath,
        ['--conditions=tidegauge-source', '--import', tsx, main],
        { env: { ...process.env, PORT: '0', WATCH: '1', [setting]: file } },
      )
      let stderr = ''
      child.stderr.setEncoding('utf8').on('data', (text) => {
        stderr += text
      })
      expect(await once(child, 'close')).toEqual([1, null])
      expect(stderr).toMatch(message)
      expect(stderr.trim().split('\n')).toHaveLength(1)
    },
  )
})

describe('what clients send', () => {
  let service: WatchedService
  beforeAll(async () => {
    service = await startWatchedService()
  })
  afterAll(() => service?.close())

  test.each([
    ['/predict', '{"hour":'],
    ['/predict', '[]'],
    ['/predict', 'null'],
    ['/predict', JSON.stringify({ ...FLIGHT, weekday: null })],
    ['/predict', '{"__proto__":{"hour":1},"constructor":1}'],
    ['/outcomes', '{"id":1}'],
    ['/outcomes', '[{"id":"1","late":true}]'],
    ['/outcomes', '[{"id":1,"late":"yes"}]'],
    ['/retrain', '{'],
    ['/retrain', '[]'],
    ['/retrain', '{"version":"3","alerts":[]}'],
    ['/retrain', '{"version":"4","alerts":"all"}'],
  ])('POST %s refuses %s with 400, and counts nothing', async (path, body) => {
    const before = service.watched.monitor.window().rows
    expect((await postJson(service.url + path, body)).status).toBe(400)
    expect(service.watched.monitor.window().rows).toBe(before)
    expect(service.watched.state).toMatchObject({ retrained: 0, recent: 0 })
  })

  test.each([
    ['/predict', 100_000],
    ['/outcomes', 100_000],
    // A storm of alerts is long.
    ['/retrain', 3_000_000],
  ])('POST %s refuses what is too long with 413', async (path, length) => {
    const body = JSON.stringify([{ id: 1, late: true, note: 'x'.repeat(length) }])
    expect((await postJson(service.url + path, body)).status).toBe(413)
  })

  test('10,000 distinct airports are one bin, and not one series more', async () => {
    const before = await service.page()
    // The last bin is all that the reference does not name.
    const others = 'feature="origin",role="feature",type="categorical",bin="09"'
    for (let i = 0; i < 10_000; i += 50) {
      const some = Array.from({ length: 50 }, (_, j) => ({ ...FLIGHT, origin: `X${i + j}` }))
      await Promise.all(some.map(async (flight) => (await service.predict(flight)).text()))
    }
    const counted = async () => sumOf(await service.page(), 'drift_feature_bin_total', others)
    await expect
      .poll(counted, { timeout: 120_000 })
      .toBe(sumOf(before, 'drift_feature_bin_total', others) + 10_000)
    const after = await service.page()
    for (const name of ['drift_feature_bin_total', 'drift_reference_bin_ratio']) {
      expect(samplesOf(after, name)).toHaveLength(samplesOf(before, name).length)
    }
    const report = await fetch(`${service.url}/drift`, { headers: { accept: 'text/html' } })
    expect((await report.text()).length).toBeLessThan(1_000_000)
  }, 180_000)
})

test('a clock that jumps loses no count, and the window forgets no more than it must', async () => {
  let time = Date.UTC(2026, 0, 1)
  const service = await startWatchedService({
    monitor: { now: () => time, window: { seconds: 300 } },
  })
  try {
    const { monitor } = service.watched
    const observe = () => monitor.observe({ ...FLIGHT, probability: 0.2 })
    const hours = async () =>
      sumOf(await service.page(), 'drift_feature_bin_total', 'feature="hour"')
    for (let i = 0; i < 100; i++) observe()
    time -= 3_600_000 // set back: by hand, or at the end of a leap smear
    for (let i = 0; i < 100; i++) observe()
    expect(monitor.window().rows).toBe(200)
    time += 86_400_000 // and far ahead: the machine slept
    for (let i = 0; i < 100; i++) observe()
    expect(monitor.check().current.rows).toBe(100)
    expect(await hours()).toBe(300)
    time = Number.NaN
    observe()
    expect(await hours()).toBe(301)
  } finally {
    service.close()
  }
})

describeWithServer('alertmanager', 'a webhook that refuses', () => {
  let alertmanager: ServerProcess
  afterAll(() => alertmanager?.stop())

  test('is asked again until it takes the alert, and the replica retrains once', async () => {
    const [port, replica] = [await freePort(0), await freePort(0)]
    const tokenFile = join(folder, 'token')
    writeFileSync(tokenFile, 'a-token-of-the-test')
    const { alertmanager: config } = writeConfiguration(
      folder,
      { services: [`127.0.0.1:${replica}`], alertmanager: `127.0.0.1:${port}` },
      tokenFile,
      QUICK,
    )
    alertmanager = startServer(prometheusProgram('alertmanager'), [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ])
    const url = `http://127.0.0.1:${port}`
    const isReady = () =>
      fetch(`${url}/-/ready`).then(
        ({ status }) => status,
        () => 0,
      )
    await expect.poll(isReady, { timeout: 120_000 }).toBe(200)

    // First something stands there that answers 500, then nobody.
    let refused = 0
    const broken = createServer((_request, response) => {
      refused++
      response.writeHead(500).end()
    }).listen(replica, '127.0.0.1')
    await once(broken, 'listening')
    const service = startWatchedService({
      recentFlights: 1000,
      retrainToken: 'a-token-of-the-test',
    })
    const { watched, url: elsewhere, close } = await service
    const { reference } = watched.state
    const alert = { labels: { alertname: 'DriftAction', model: 'late-flights', reference } }
    expect((await postJson(`${url}/api/v2/alerts`, JSON.stringify([alert]))).status).toBe(200)
    await expect.poll(() => refused, { timeout: 120_000 }).toBeGreaterThan(0)
    broken.closeAllConnections()
    await new Promise((resolve) => broken.close(resolve))

    for (let i = 0; i < 600; i++) watched.tellOutcome(watched.awaitOutcome(FLIGHT), i % 5 === 0)
    // The replica comes up behind the address that Alertmanager knows.
    const proxy = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', async () => {
        const { status } = await postJson(
          `${elsewhere}/retrain`,
          Buffer.concat(chunks).toString(),
          {
            authorization: request.headers.authorization ?? '',
          },
        )
        response.writeHead(status).end()
      })
    }).listen(replica, '127.0.0.1')
    try {
      await once(proxy, 'listening')
      expect((proxy.address() as AddressInfo).port).toBe(replica)
      await expect.poll(() => watched.state.retrained, { timeout: 120_000 }).toBe(1)
      await postJson(`${elsewhere}/retrain`, notification(reference), {
        authorization: 'Bearer a-token-of-the-test',
      })
      expect(watched.state.retrained).toBe(1)
    } finally {
      proxy.closeAllConnections()
      proxy.close()
      close()
    }
  }, 120_000)
})

describeWithServer('prometheus', 'a Prometheus that goes away', () => {
  test('the replicas go on, and it finds every count when it is back', async () => {
    const service = await startWatchedService()
    const port = await freePort(0)
    const { prometheus: config } = writeConfiguration(
      folder,
      { services: [new URL(service.url).host] },
      join(folder, 'token'),
      QUICK,
    )
    const start = () =>
      startServer(prometheusProgram('prometheus'), [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'prometheus')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ])
    const counted = async () => {
      const query = 'sum(drift_feature_bin_total{feature="hour"})'
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`
      const answer = await fetch(url).then(
        (response) =>
          response.json() as Promise<{ data: { result: { value: [number, string] }[] } }>,
        () => undefined,
      )
      return Number(answer?.data.result[0]?.value[1])
    }
    const predict = async (times: number) => {
      for (let i = 0; i < times; i++) expect((await service.predict(FLIGHT)).status).toBe(200)
    }
    let prometheus = start()
    try {
      await predict(20)
      await expect.poll(counted, { timeout: 120_000, interval: 200 }).toBe(20)
      await prometheus.stop()
      await predict(30)
      expect((await fetch(`${service.url}/drift`)).status).toBe(200)
      prometheus = start()
      await expect.poll(counted, { timeout: 120_000, interval: 200 }).toBe(50)
    } finally {
      await prometheus.stop()
      service.close()
    }
  }, 120_000)
})
