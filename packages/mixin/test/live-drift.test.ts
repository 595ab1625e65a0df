import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  describeWithServer,
  type RunningPrometheus,
  startPrometheus,
} from '../../../vitest.servers.ts'
import { prometheusRules, rulesYaml } from '../src/index.ts'
import { direct, type FleetFeature, type Measures } from './drift-fleet.ts'
import { type DriftReplica, startReplica, type Traffic } from './drift-replica.ts'

const WINDOW = 60
const NEW_REFERENCE = 'bbbbbbbbbbbb'

const feature = (model: string, name: string, more: Partial<FleetFeature> = {}): FleetFeature => ({
  model,
  reference: 'aaaaaaaaaaaa',
  feature: name,
  role: 'feature',
  type: 'numeric',
  counts: Array(10).fill(500),
  ...more,
})
const flat = Array(10).fill(1)
const steep = [1, 2, 3, 4, 5, 7, 9, 11, 13, 15]
const traffic = (feature: FleetFeature, weights: readonly number[], perSecond = 1000): Traffic => ({
  feature,
  weights,
  perSecond,
})
const cities = { type: 'categorical', counts: [2500, 1500, 750, 250, 0] } as const

const STEADY: readonly Traffic[] = [
  traffic(feature('steady', 'shifted'), steep),
  traffic(feature('steady', 'same'), flat),
  traffic(feature('steady', 'city', cities), [40, 30, 20, 5, 5]),
  traffic(feature('steady', 'late', { role: 'target' }), flat),
  traffic(feature('steady', 'answer', { role: 'prediction' }), steep),
  traffic(feature('steady', 'idle'), flat, 0),
]
const RESTART: readonly Traffic[] = [
  traffic(feature('restart', 'shifted'), steep),
  traffic(feature('restart', 'same'), flat),
]
const OLD: readonly Traffic[] = [traffic(feature('deploy', 'age'), steep)]
const NEW: readonly Traffic[] = [
  traffic(
    feature('deploy', 'age', { reference: NEW_REFERENCE, counts: steep.map((w) => 70 * w) }),
    steep,
  ),
]
const LIFETIME: readonly Traffic[] = [
  traffic(feature('lifetime', 'shifted'), steep),
  traffic(feature('lifetime', 'same'), flat),
  traffic(feature('lifetime', 'city', cities), [40, 30, 20, 5, 5]),
]
const WIDE: readonly Traffic[] = Array.from({ length: 20 }, (_, i) =>
  traffic(feature('wide', `feature_${i}`), i < 5 ? steep : flat, 20),
)

/** Counts of two moments; what came between them is their difference. */
interface Moment {
  readonly time: number
  /** By model, reference and feature, over all replicas that ever were. */
  readonly counts: ReadonlyMap<string, readonly number[]>
}
const keyOf = ({ model, reference, feature }: FleetFeature) => `${model} ${reference} ${feature}`

describeWithServer('prometheus', 'the drift of a fleet on a real Prometheus', () => {
  let prometheus: RunningPrometheus
  /** When the rules that are read were evaluated, in milliseconds. */
  let evaluated: number
  /** What a scrape counts between its time stamp and its answer, at most: a share of the window. */
  let counting: number
  let clock: NodeJS.Timeout
  const history: Moment[] = []
  const replicas: { readonly traffic: readonly Traffic[]; readonly replica: DriftReplica }[] = []

  async function start(traffic: readonly Traffic[], port = 0): Promise<DriftReplica> {
    const replica = await startReplica(traffic, replicas.length + 1, port)
    replicas.push({ traffic, replica })
    return replica
  }
  const counted = () => {
    const counts = new Map<string, readonly number[]>()
    for (const { traffic, replica } of replicas) {
      if (traffic === WIDE) continue
      const now = replica.counts()
      traffic.forEach(({ feature }, i) => {
        const before = counts.get(keyOf(feature))
        const sum = now[i]!.map((count, bin) => count + (before?.[bin] ?? 0))
        counts.set(keyOf(feature), sum)
      })
    }
    return counts
  }
  /** Counts at a moment between two that were noted. */
  function countsAt(feature: FleetFeature, time: number): number[] {
    const key = keyOf(feature)
    const next = history.findIndex((moment) => moment.time >= time)
    const [before, after] = [history[next - 1]!, history[next]!]
    const share = (time - before.time) / (after.time - before.time)
    const end = after.counts.get(key)!
    const start = before.counts.get(key) ?? end.map(() => 0)
    return start.map((count, i) => count + share * (end[i]! - count))
  }
  /** What all replicas together saw in the window of the evaluation. */
  function seen(feature: FleetFeature): number[] {
    const start = countsAt(feature, evaluated - WINDOW * 1000)
    return countsAt(feature, evaluated).map((count, i) => count - start[i]!)
  }

  const query = (expr: string, time?: number) => prometheus.query(expr, time)
  async function recorded(
    record: string,
    { model, reference, feature }: FleetFeature,
    time = evaluated,
  ) {
    const labels = `model="${model}",reference="${reference}",feature="${feature}"`
    const found = await query(`${record}{${labels}}`, time)
    return found.length === 0 ? null : found[0]!.value
  }
  async function measured(
    feature: FleetFeature,
    time = evaluated,
  ): Promise<Omit<Measures, 'chi2PValue'>> {
    const [psi, ks, chi2, js] = await Promise.all(
      ['psi', 'ks', 'chi2', 'js'].map((measure) =>
        recorded(`drift:feature:${measure}`, feature, time),
      ),
    )
    return { psi: psi!, ks: ks!, chi2: chi2!, js: js! }
  }
  /** The last evaluation of all rules. */
  async function lastEvaluation(model: string): Promise<number> {
    const [last] = await query(`timestamp(drift:model:action{model="${model}"})`)
    return last === undefined ? 0 : last.value * 1000
  }

  /**
   * The longest time, in milliseconds, between an end of the window of an evaluation and the scrape that is next to
   * it: beyond 1.1 intervals `increase` extrapolates no more than half an interval.
   */
  async function latestAtTheEnds(time: number): Promise<number> {
    const range = `drift_reference_values{model=~"steady|restart|deploy"}[${WINDOW}s]`
    const parameters = new URLSearchParams({ query: range, time: String(time / 1000) })
    const body = await (await fetch(`${prometheus.url}/api/v1/query?${parameters}`)).json()
    const { result } = (body as { data: { result: { values: [number, string][] }[] } }).data
    const gaps = result.flatMap(({ values }) => [
      values[0]![0] * 1000 - (time - WINDOW * 1000),
      time - values.at(-1)![0] * 1000,
    ])
    return Math.max(...gaps)
  }

  let restarted: DriftReplica
  let old: DriftReplica

  beforeAll(async () => {
    await start(STEADY)
    await start(STEADY)
    await start(RESTART)
    const victim = await start(RESTART)
    old = await start(OLD)
    await start(NEW)
    await start(NEW)
    const lifetime = [await start(LIFETIME), await start(LIFETIME)]
    for (let i = 0; i < 4; i++) await start(WIDE)
    clock = setInterval(() => history.push({ time: Date.now(), counts: counted() }), 25)

    const more = { scrapeInterval: '1s', interval: '2s' }
    const window = prometheusRules({
      ...more,
      models: ['steady', 'restart', 'deploy', 'wide'],
      window: `${WINDOW}s`,
    })
    const ever = prometheusRules({ ...more, models: 'lifetime', window: 'lifetime' })
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '2s' },
      rule_files: ['window.yml', 'lifetime.yml'],
      scrape_configs: [
        {
          job_name: 'replicas',
          static_configs: replicas.map(({ traffic, replica }) => ({
            targets: [`127.0.0.1:${replica.port}`],
            labels: { fleet: traffic[0]!.feature.model },
          })),
        },
      ],
    }
    const files = { 'window.yml': rulesYaml(window), 'lifetime.yml': rulesYaml(ever) }
    prometheus = await startPrometheus({ config, files })

    await sleep(20_000)
    await victim.kill()
    for (const replica of lifetime) replica.pause()
    await sleep(4000)
    restarted = await start(RESTART, victim.port)

    // until the window is full
    const scrapes = `min(count_over_time(drift_reference_values{model="steady"}[${WINDOW}s]))`
    const enough = async () => {
      expect(await query(`${scrapes} >= ${WINDOW - 1}`)).toHaveLength(1)
    }
    await vi.waitFor(enough, { timeout: 100_000, interval: 500 })
    const full = Date.now() + 2000
    const evaluatedOnTime = async () => {
      const time = await lastEvaluation('steady')
      expect(time).toBeGreaterThan(full)
      expect(await latestAtTheEnds(time)).toBeLessThan(1050)
      evaluated = time
    }
    await vi.waitFor(evaluatedOnTime, { timeout: 100_000, interval: 300 })
    const [slowest] = await query(
      `max(max_over_time(scrape_duration_seconds[${WINDOW}s]))`,
      evaluated,
    )
    counting = slowest!.value / WINDOW
    history.push({ time: Date.now(), counts: counted() })
    clearInterval(clock)
  }, 300_000)
  afterAll(async () => {
    clearInterval(clock)
    await prometheus?.stop()
    await Promise.all(replicas.map(({ replica }) => replica.kill().catch(() => {})))
  })

  test('over the lifetime is what the statistics make of the pooled counts, but for rounding', async () => {
    const time = await lastEvaluation('lifetime')
    const all = counted()
    for (const { feature } of LIFETIME) {
      const pooled = all.get(keyOf(feature))!
      expect(pooled.reduce((sum, count) => sum + count)).toBeGreaterThan(20_000)
      const { psi, ks, chi2, js } = direct(feature, pooled)
      const found = await measured(feature, time)
      expect(await recorded('drift:feature:count', feature, time)).toBe(
        pooled.reduce((sum, count) => sum + count),
      )
      expect(Math.abs(found.psi - psi)).toBeLessThan(1e-14)
      expect(Math.abs(found.js - js)).toBeLessThan(1e-12)
      expect(Math.abs(found.chi2 / chi2 - 1)).toBeLessThan(1e-12)
      if (ks === null) expect(found.ks).toBeNull()
      else expect(Math.abs(found.ks! - ks)).toBeLessThan(1e-14)
    }
  })

  /** How far the window is off: counts relative to theirs, the rest as they are. */
  async function off(feature: FleetFeature) {
    const truth = seen(feature)
    const { psi, ks, js } = direct(feature, truth)
    const found = await measured(feature)
    const n = truth.reduce((sum, count) => sum + count, 0)
    return {
      n: Math.abs((await recorded('drift:feature:count', feature))! / n - 1),
      psi: Math.abs(found.psi - psi),
      ks: ks === null ? 0 : Math.abs(found.ks! - ks),
      js: Math.abs(found.js - js),
    }
  }
  const worst = (errors: readonly Awaited<ReturnType<typeof off>>[]) =>
    (['n', 'psi', 'ks', 'js'] as const).map((key) => Math.max(...errors.map((e) => e[key])))

  test('in a window is off by little more than the time between two scrapes', async () => {
    const features = STEADY.filter(({ perSecond }) => perSecond > 0).map(({ feature }) => feature)
    const [n, psi, ks, js] = worst(await Promise.all(features.map(off)))
    expect(n).toBeLessThan(3e-3 + counting)
    expect(psi).toBeLessThan(3e-3)
    expect(ks).toBeLessThan(3e-3)
    expect(js).toBeLessThan(3e-3)
  })

  test('keeps its proportions while a replica is killed and starts again', async () => {
    const features = RESTART.map(({ feature }) => feature)
    const [n, psi, ks, js] = worst(await Promise.all(features.map(off)))
    const up = `up{instance="127.0.0.1:${restarted.port}"}[${WINDOW}s]`
    const away = `max_over_time(${up}) == 1 and min_over_time(${up}) == 0`
    expect(await query(away, evaluated)).toHaveLength(1)
    // of one of two replicas, up to a second before its end was never scraped
    expect(n).toBeLessThan(2e-2 + counting)
    expect(psi).toBeLessThan(5e-3)
    expect(ks).toBeLessThan(5e-3)
    expect(js).toBeLessThan(5e-3)
    expect(restarted.counts()[0]![0]).toBeGreaterThan(0)
  })

  test('does not see an idle feature, and says so', async () => {
    const idle = STEADY.find(({ perSecond }) => perSecond === 0)!.feature
    expect(await recorded('drift:feature:count', idle)).toBe(0)
    expect(await measured(idle)).toEqual({ psi: null, ks: null, chi2: null, js: null })
    const ofModel = async (record: string) =>
      (await query(`${record}{model="steady"}`, evaluated)).map(({ value }) => value)
    expect(await ofModel('drift:model:features')).toEqual([4])
    expect(await ofModel('drift:model:evaluated')).toEqual([3])
    expect(await ofModel('drift:model:drifted_share')).toEqual([2 / 3])
    expect(await ofModel('drift:target:drifted')).toEqual([0])
    expect(await ofModel('drift:prediction:drifted')).toEqual([1])
    expect(await ofModel('drift:model:action')).toEqual([2])
  })

  test('judges the two references of a rolling deploy apart, and forgets the old one', async () => {
    const before = OLD[0]!.feature
    const after = NEW[0]!.feature
    for (const [feature, drifted] of [
      [before, 1],
      [after, 0],
    ] as const) {
      const { n, psi } = await off(feature)
      expect(n).toBeLessThan(3e-3 + counting)
      expect(psi).toBeLessThan(3e-3)
      expect(await recorded('drift:feature:drifted', feature)).toBe(drifted)
    }
    await old.kill()
    const references = async () => {
      const found = await query('drift:model:action{model="deploy"}')
      expect(found).toMatchObject([{ reference: NEW_REFERENCE, value: 0 }])
    }
    await vi.waitFor(references, { timeout: 120_000, interval: 300 })
  })

  test('of 20 features in 4 replicas costs 480 series and less than 70 kB a scrape', async () => {
    const scraped = await query('max_over_time(scrape_samples_scraped{fleet="wide"}[1m])')
    expect(scraped.map(({ value }) => value)).toEqual([480, 480, 480, 480])
    const { replica } = replicas.find(({ traffic }) => traffic === WIDE)!
    const bytes = Buffer.byteLength(replica.page())
    const [series] = await query('count({__name__=~"drift:.+",model="wide"})', evaluated)
    expect(bytes).toBeLessThan(70_000)
    expect(series!.value).toBe(1786) // recorded once, however many replicas there are
    const drifted = await query('drift:model:drifted_share{model="wide"}', evaluated)
    expect(drifted.map(({ value }) => value)).toEqual([5 / 20])
  })
})
