import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { homeOf, writeProvisioning } from '../stack/grafana.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegauge-grafana-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const FOLDERS = ['datasources', 'dashboards', 'plugins', 'alerting'] // those that Grafana looks into

function provisioned(options: { readonly dashboards?: string } = {}) {
  const path = writeProvisioning(join(folder, 'data'), {
    prometheus: '127.0.0.1:4321',
    scrapeSeconds: 1,
    ...options,
  })
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const read = (file: string) => parse(readFileSync(join(path, file), 'utf8'))
  const [dataSource, ...noOther] = read('datasources/prometheus.yml').datasources
  const [provider, ...noSecond] = read('dashboards/files.yml').providers
  expect([noOther, noSecond]).toEqual([[], []])
  return {
    dataSource,
    provider,
    folders: files.map(({ parentPath }) => parentPath.split('/').at(-1)!),
  }
}

test('Grafana is told where this run’s Prometheus is, and how often it scrapes', () => {
  const { dataSource, folders } = provisioned()
  expect(dataSource).toMatchObject({
    type: 'prometheus',
    access: 'proxy',
    url: 'http://127.0.0.1:4321',
    isDefault: true,
    jsonData: { timeInterval: '1s' },
  })
  expect(dataSource.uid).toMatch(/^[\w-]{1,40}$/)
  for (const name of folders) expect(FOLDERS).toContain(name)
})

test('and where the dashboards lie, whose data source is of the kind that it is given', () => {
  const { dataSource, provider } = provisioned()
  expect(provider).toMatchObject({ type: 'file', allowUiUpdates: false })
  const files = readdirSync(provider.options.path)
  expect(files.toSorted()).toEqual(['drift.json', 'service.json', 'slo.json'])
  for (const file of files) {
    const { uid, templating } = JSON.parse(
      readFileSync(join(provider.options.path, file), 'utf8'),
    ) as { uid: string; templating: { list: { type: string; query: unknown }[] } }
    expect(uid).toMatch(/^[\w-]{1,40}$/)
    const [variable] = templating.list.filter(({ type }) => type === 'datasource')
    expect(variable!.query).toBe(dataSource.type)
  }
})

test('a dollar sign in the path is no variable of Grafana’s', () => {
  const { provider } = provisioned({ dashboards: '/home/a$HOME/dashboards' })
  expect(provider.options.path).toBe('/home/a$$HOME/dashboards')
})

test.each([
  ['a package', 'usr/sbin/grafana-server', 'usr/share/grafana'],
  ['an archive', 'opt/grafana/bin/grafana', 'opt/grafana'],
  ['Homebrew', 'opt/grafana/bin/grafana', 'opt/grafana/share/grafana'],
])('the home of Grafana is found where %s puts it', (_, program, home) => {
  const write = (path: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), '')
  }
  write(program)
  write(join(home, 'conf/defaults.ini'))
  expect(homeOf(join(folder, program), join(folder, 'usr/share/grafana'))).toBe(join(folder, home))
})
