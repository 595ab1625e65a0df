import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  dashboardJson,
  driftDashboard,
  provisioning,
  REQUEST_METRICS,
  serviceDashboard,
  sloDashboard,
} from '@tidegauge/mixin'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from './command.ts'

const SERVICE = join('grafana', 'service.json')
const DRIFT = join('grafana', 'drift.json')
const DATA_SOURCE = join('grafana', 'provisioning', 'datasources', 'prometheus.yml')
const PROVIDER = join('grafana', 'provisioning', 'dashboards', 'files.yml')
const FILES = [SERVICE, DRIFT, DATA_SOURCE, PROVIDER]

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegauge-dashboards-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const run = (...args: string[]) => runCommand(['dashboards', ...args], directory)
const read = (path: string) => readFileSync(join(directory, path), 'utf8')
const everything = () =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort()

describe('tidegauge dashboards', () => {
  test('writes what the package writes, and says where', async () => {
    const { code, stdout, stderr } = await run('--out', 'grafana')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toEqual(FILES)
    expect(read(SERVICE)).toBe(dashboardJson(serviceDashboard()))
    expect(read(DRIFT)).toBe(dashboardJson(driftDashboard()))
    const provisioned = provisioning({ prometheusUrl: 'http://127.0.0.1:9090' })
    expect([read(DATA_SOURCE), read(PROVIDER)]).toEqual(provisioned.map(({ text }) => text))
    expect(everything()).toHaveLength(4)
  })

  test('hands every option on', async () => {
    const { stderr, stdout } = await run(
      ...['--metric', 'my_seconds', '--label', 'route=path', '--label', 'method=verb'],
      ...['--histogram', 'native', '--active-requests', 'my_active', '--failures', '5xx,429'],
      ...['--exclude-route', '/metrics,/health', '--no-process', '--psi', '0.1', '--share', '0.5'],
      ...['--prometheus', 'http://prometheus:9090', '--scrape-interval', '5s'],
      ...['--dashboards-path', '/var/dashboards', '--live-report', 'https://example.org/drift'],
      ...['--by', 'namespace,job', '--refresh', '10s', '--out', 'grafana', '--quiet'],
      ...['--sizes', '--time-to-headers', '--latency-drift', '--editable'],
      ...['--trace', 'https://jaeger.example.org/trace/{traceId}'],
    )
    expect({ stderr, stdout }).toEqual({ stderr: '', stdout: '' })
    const both = {
      liveReportUrl: 'https://example.org/drift',
      refresh: '10s',
      by: ['namespace', 'job'],
      editable: true,
    }
    const { labels, bounds } = REQUEST_METRICS.opentelemetry
    const service = serviceDashboard({
      ...both,
      metric: { name: 'my_seconds', labels: { ...labels, route: 'path', method: 'verb' }, bounds },
      histogram: 'native',
      activeRequests: 'my_active',
      failures: ['5xx', '429'],
      exclude: { route: ['/metrics', '/health'] },
      process: false,
      sizes: true,
      timeToHeaders: true,
      latencyDrift: true,
    })
    expect(read(SERVICE)).toBe(dashboardJson(service))
    const drift = driftDashboard({ ...both, psiThreshold: 0.1, shareThreshold: 0.5 })
    expect(read(DRIFT)).toBe(dashboardJson(drift))
    const provisioned = provisioning({
      prometheusUrl: 'http://prometheus:9090',
      scrapeInterval: '5s',
      dashboardsPath: '/var/dashboards',
      traceUrl: 'https://jaeger.example.org/trace/{traceId}',
    })
    expect([read(DATA_SOURCE), read(PROVIDER)]).toEqual(provisioned.map(({ text }) => text))
  })

  test('takes a name with dots for one of OpenTelemetry, with its labels, gauge and quotes', async () => {
    const name = 'http.server.request.duration'
    expect((await run('--metric', name, '--out', 'grafana', '--quiet')).code).toBe(0)
    const metric = { ...REQUEST_METRICS['opentelemetry-dots'], name }
    expect(read(SERVICE)).toBe(dashboardJson(serviceDashboard({ metric })))
    const { panels, templating } = JSON.parse(read(SERVICE))
    const exprs = JSON.stringify(panels)
    expect(exprs).toContain(JSON.stringify('{"http.server.request.duration_bucket",').slice(1, -1))
    expect(exprs).toContain(JSON.stringify('{"http.server.active_requests",').slice(1, -1))
    const route = templating.list.find((one: { name: string }) => one.name === 'route')
    expect(route.query.query).toBe(
      'query_result(count by ("http.route") (last_over_time({"http.server.request.duration_count",job=~"$job", instance=~"$instance"}[$__range])))',
    )
    expect(new RegExp(route.regex.slice(1, -1)).exec('{http.route="/a"} 1 1')?.[1]).toBe('/a')
  })

  test('writes one of objectives where it has the file that the rules have', async () => {
    const windows = [{ long: '1h', short: '5m', budget: 0.1, severity: 'warning' }]
    const slo = { period: '7d', windows, by: ['namespace'] }
    const objectives = [{ kind: 'availability', name: 'up', target: 0.99 }]
    const write = (options: object) =>
      writeFileSync(join(directory, 'slo.json'), JSON.stringify({ objectives, ...options }))
    write(slo)
    const args = ['--slo', 'slo.json', '--slo-title', 'Promises', '--slo-uid', 'mine']
    const { code, stdout, stderr } = await run(...args, '--refresh', '10s', '--out', 'grafana')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const path = join('grafana', 'slo.json')
    expect(stdout.trim().split('\n')).toEqual([SERVICE, DRIFT, path, DATA_SOURCE, PROVIDER])
    const own = { title: 'Promises', uid: 'mine', refresh: '10s' }
    expect(read(path)).toBe(dashboardJson(sloDashboard({ ...own, ...slo, apdex: false })))
    write({ apdex: [{ name: 'speed', thresholdSeconds: 0.25 }] })
    expect((await run('--slo', 'slo.json', '--out', 'grafana', '--force')).code).toBe(0)
    expect(read(path)).toBe(dashboardJson(sloDashboard()))
    write({ objectives: [{ kind: 'availability' }] })
    const refused = await run('--slo', 'slo.json', '--out', 'grafana', '--force')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(/^tidegauge: slo.json: it must hold objectives .*name/)
    expect(read(path)).toBe(dashboardJson(sloDashboard()))
  })

  test('replaces nothing unless it is told to, and then writes nothing else either', async () => {
    mkdirSync(join(directory, 'grafana'))
    writeFileSync(join(directory, DRIFT), 'mine')
    const { code, stderr } = await run('--out', 'grafana')
    expect(code).toBe(2)
    expect(stderr).toBe(`tidegauge: ${DRIFT} exists already: remove it, or say --force\n`)
    expect(everything()).toEqual(['drift.json'])
    expect((await run('--out', 'grafana', '--force')).code).toBe(0)
    expect(read(DRIFT)).toBe(dashboardJson(driftDashboard()))
    expect(everything()).toHaveLength(4)
  })

  test('leaves everything as it was where one file cannot be written', async () => {
    mkdirSync(join(directory, 'grafana'))
    writeFileSync(join(directory, SERVICE), 'mine')
    writeFileSync(join(directory, 'grafana', 'provisioning'), 'a file where a folder is due')
    const { code, stderr } = await run('--out', 'grafana', '--force')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^tidegauge: .*provisioning/)
    expect(read(SERVICE)).toBe('mine')
    expect(everything()).toEqual(['provisioning', 'service.json'])
  })

  test('replaces no folder', async () => {
    mkdirSync(join(directory, DRIFT), { recursive: true })
    const { code, stderr } = await run('--out', 'grafana', '--force')
    expect(code).toBe(2)
    expect(stderr).toBe(`tidegauge: ${DRIFT} is a folder, and is not replaced\n`)
    expect(everything()).toEqual([])
  })

  test('replaces a link that leads nowhere, and not what it names', async () => {
    mkdirSync(join(directory, 'grafana'))
    symlinkSync('nowhere', join(directory, SERVICE))
    const { code, stderr } = await run('--out', 'grafana', '--force')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(read(SERVICE)).toBe(dashboardJson(serviceDashboard()))
    expect(everything()).toHaveLength(4)
  })

  test.each([
    [[], '--out <dir> is needed'],
    [['--out', 'grafana', '--config', 'a.json'], "Unknown option '--config'"],
    [['--out', 'grafana', 'here'], 'dashboards takes options alone, received here'],
    [['--out', 'grafana', '--metric', '1st'], '--metric must be a Prometheus metric name'],
    [['--out', 'grafana', '--label', 'path'], '--label must be part=name'],
    [['--out', 'grafana', '--label', 'le=x'], '--label must be part=name'],
    [['--out', 'grafana', '--label', 'route=a-b'], '--label route must be a Prometheus label name'],
    [['--out', 'grafana', '--histogram', 'both'], '--histogram must be one of classic, native'],
    [['--out', 'grafana', '--active-requests', 'a-b'], '--active-requests must be a Prometheus'],
    [['--out', 'grafana', '--by', 'model'], '--by must be another label'],
    [['--out', 'grafana', '--failures', '6xx'], '--failures must be a status'],
    [['--out', 'grafana', '--psi', '0'], '--psi must be a finite number above 0'],
    [['--out', 'grafana', '--share', '2'], '--share must be a number above 0 and at most 1'],
    [['--out', 'grafana', '--prometheus', 'file:///etc'], '--prometheus must be an address'],
    [['--out', 'grafana', '--live-report', 'javascript:alert(1)'], '--live-report must be'],
    [['--out', 'grafana', '--scrape-interval', '1'], '--scrape-interval must be a duration'],
    [['--out', 'grafana', '--dashboards-path', 'here'], '--dashboards-path must be a path'],
    [['--out', 'grafana', '--trace', 'https://example.org'], '--trace must be an address that has'],
    [['--out', 'grafana', '--slo', 'none.json'], 'there is no none.json'],
    [['--out', 'grafana', '--refresh', 'often'], '--refresh must be a duration'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(everything()).toEqual([])
  })

  test('shows its help, with an example that works', async () => {
    const { code, stdout } = await run('--help')
    expect(code).toBe(0)
    const example = /Example:\n {2}tidegauge dashboards (.*)\n/.exec(stdout)![1]!
    expect((await run(...example.split(' '))).code).toBe(0)
    expect(everything()).toHaveLength(4)
    const { stdout: all } = await runCommand(['--help'], directory)
    expect(all).toContain('dashboards')
  })
})
