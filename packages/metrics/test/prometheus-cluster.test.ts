import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { NAMINGS } from '../src/index.ts'
import { CLIENTS } from './prometheus-clients.ts'
import { readExposition, readSample } from './read-exposition.ts'

const program = fileURLToPath(new URL('prometheus-cluster.ts', import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

test.each(CLIENTS)(
  'the cluster aggregation of %s adds up real workers',
  { timeout: 120_000 },
  (name) => {
    const flags = ['--conditions=tidegauge-source', '--import', tsx]
    const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, program, name], {
      encoding: 'utf8',
      timeout: 50_000,
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const { metric } = NAMINGS.opentelemetry
    const series = readExposition(stdout, metric('duration').name)
    const shown = new Map(
      series.map(({ route, extra, ...values }) => [route, { extra, ...values }]),
    )
    const extra = { service: 'shop' }
    expect(shown.get('/users/:id')).toMatchObject({ extra, counts: [2, 0, 0], sum: 0.5, count: 2 })
    expect(shown.get('/of/1')).toMatchObject({ extra, counts: [0, 0, 1], sum: 2 })
    expect(shown.get('/of/2')).toMatchObject({ extra, counts: [0, 0, 1], sum: 2 })
    expect(shown.size).toBe(3)
    expect(readSample(stdout, metric('activeRequests').name)).toBe(2)

    const bins = stdout.split('\n').filter((line) => /^drift_/.test(line))
    expect(bins.sort()).toEqual([
      'drift_feature_bin_total{bin="00",service="shop"} 6',
      'drift_feature_bin_total{bin="01",service="shop"} 3',
      'drift_reference_bin_ratio{bin="00",service="shop"} 0.25',
    ])
  },
)
