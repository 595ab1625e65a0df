import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { NumericProfile } from '@tidegauge/core'
import {
  binnedKolmogorovSmirnov,
  jensenShannonDistance,
  mergeTableProfiles,
  populationStabilityIndex,
  profile,
} from '@tidegauge/drift'
import { metricsHandler } from '@tidegauge/metrics/metrics-handler'
import { type FeatureMonitor, featureMonitor } from '@tidegauge/monitor'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  describeWithServer,
  type RunningPrometheus,
  startPrometheus,
} from '../../../vitest.servers.ts'
import { prometheusRules, rulesYaml } from '../src/index.ts'

const MODEL = 'fl"ig\\hts\n{{ .Boom }}'
const CITY = 'c"i\\t\ny{{x}}'

/** Rows of a month; later ones are further on. */
function rows(count: number, shift: number, seed: number) {
  return Array.from({ length: count }, (_, i) => {
    const at = (i * 7919 + seed) % 1000
    return {
      age: 5 + ((at * (1 - shift)) % 1000) / 12,
      [CITY]: ['Rome', 'Oslo', 'Bern'][(at + seed) % 3 === 0 ? 0 : at % 3]!,
      late: at % 4 === 0 ? 'yes' : 'no',
      // No profile holds it, and it is a feature all the same.
      place: { at },
    }
  })
}

describeWithServer('prometheus', 'monitors of two replicas on a real Prometheus', () => {
  const reference = profile(rows(3000, 0, 1), { bins: 10 })
  const monitors: FeatureMonitor[] = []
  const servers: Server[] = []
  let prometheus: RunningPrometheus

  beforeAll(async () => {
    for (const [count, shift, seed] of [
      [900, 0.5, 2],
      [400, 0.3, 3],
    ] as const) {
      const monitor = featureMonitor({ reference, model: MODEL, target: 'late' })
      for (const row of rows(count, shift, seed)) monitor.observe(row)
      monitor.observe({ age: 'old', [CITY]: null, late: 'no' })
      monitors.push(monitor)
      const server = createServer(metricsHandler({ sources: [monitor] })).listen(0, '127.0.0.1')
      await new Promise((resolve) => server.once('listening', resolve))
      servers.push(server)
    }
    const rules = prometheusRules({ models: MODEL, window: 'lifetime', interval: '1s' })
    const targets = servers.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`)
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [{ job_name: 'replicas', static_configs: [{ targets }] }],
    }
    prometheus = await startPrometheus({ config, files: { 'rules.yml': rulesYaml(rules) } })
  }, 120_000)
  afterAll(async () => {
    await prometheus?.stop()
    for (const server of servers) server.close().closeAllConnections()
  })

  const query = (expr: string) => prometheus.query(expr)

  test('are judged as their pooled windows are', { timeout: 150_000 }, async () => {
    // seen whole some evaluations ago, so that every rule has met it since
    const whole = 'drift:feature:count{feature="age"} offset 3s == 1300'
    await vi.waitFor(async () => expect(await query(whole)).toHaveLength(1), {
      timeout: 90_000,
      interval: 300,
    })

    const pooled = mergeTableProfiles(monitors[0]!.window(), monitors[1]!.window())
    for (const { name, type, profile: before } of reference.columns) {
      const after = pooled.columns.find((column) => column.name === name)!.profile
      const value = async (measure: string) => {
        const all = await query(`drift:feature:${measure}{type="${type}"}`)
        const found = all.filter(({ feature }) => feature === name)
        expect(found).toMatchObject([{ model: MODEL, reference: monitors[0]!.referenceId, type }])
        expect(found[0]!.role).toBe(name === 'late' ? 'target' : 'feature')
        return found[0]!.value
      }
      const psi = populationStabilityIndex(before, after).statistic
      const js = jensenShannonDistance(before as NumericProfile, after as NumericProfile).statistic
      expect(await value('psi')).toBeCloseTo(psi, 12)
      expect(await value('js')).toBeCloseTo(js, 10)
      if (type !== 'numeric') continue
      const ks = binnedKolmogorovSmirnov(before as NumericProfile, after as NumericProfile)
      expect(await value('ks')).toBeCloseTo(ks.statistic, 12)
      expect(ks.statistic).toBeGreaterThan(0.1)
      expect(await value('invalid_ratio')).toBe(2 / 1302)
    }
    const missing = await query('drift:feature:missing_ratio > 0')
    expect(missing).toMatchObject([{ feature: CITY, value: 2 / 1302 }])
    expect(await query('drift:model:features')).toMatchObject([{ model: MODEL, value: 3 }])
    expect(await query('drift:model:evaluated')).toMatchObject([{ model: MODEL, value: 2 }])
    expect(await query('drift:feature:ref_count{type="unprofiled"}')).toMatchObject([
      { feature: 'place', role: 'feature', value: 0 },
    ])
    expect(await query('drift:feature:drifted{feature="place"}')).toEqual([])
  })
})
