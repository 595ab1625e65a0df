import type { DriftReport } from '@tidegauge/drift'
import type { Console } from '../demo/console.ts'
import { formatSeconds } from '../demo/latency.ts'
import type { Mode, PlayerCounts } from '../player/player.ts'
import type { WatchedState } from '../service/watched-model.ts'
import { type Alert, prometheusClient, type Sample } from './prometheus-client.ts'
import type { Stack } from './start-stack.ts'
import { PATIENCE_SECONDS, type StoryOutcome, tellStory } from './story.ts'
import { until } from './until.ts'

const ALERT = 'DriftAction'
const THRESHOLD = 0.3

/** A window that is full enough to have shown a drift. */
const QUIET_ROWS = 1000

const DURATION = 'http_server_request_duration_seconds'
const PREDICTIONS =
  '{http_request_method="POST", http_route="/predict", http_response_status_code="200"}'

/**
 * The whole story, step by step: the tail that the mean hides; data that drifts while requests stay quick; the
 * verdict, the alert, the webhook, the retraining, and the share that falls.
 *
 * @returns how many steps held; at the first that does not, the rest is not tried
 */
export async function checkStory(
  console: Console,
  { urls, children }: Pick<Stack, 'urls' | 'children'>,
): Promise<StoryOutcome> {
  const prometheus = prometheusClient(urls.prometheus)
  const play = (mode: Mode) => post(`${urls.player}/${mode}`)
  const states = () => Promise.all(urls.services.map((url) => get<WatchedState>(`${url}/health`)))
  const reports = () => Promise.all(urls.services.map((url) => get<DriftReport>(`${url}/drift`)))
  const shares = async () => (await reports()).map((report) => report.shareOfDriftedColumns)
  const fleet = async (references: readonly string[]) =>
    (await prometheus.query('drift:model:drifted_share')).filter(({ metric }) =>
      references.includes(metric.reference!),
    )

  return await tellStory(console, async ({ step, becomes }) => {
    console.heading('The waves')
    await becomes(
      'Prometheus scrapes both replicas',
      () => prometheus.query('up{job="flights"} == 1'),
      (up) => up.length === 2,
      (up) => `${up.length} of 2 up`,
    )
    const latency = await becomes(
      'the mean hides the tail',
      async () => ({
        requests: await one(
          prometheus.query(`sum(increase(${DURATION}_count${PREDICTIONS}[30s]))`),
        ),
        mean: await one(
          prometheus.query(
            `sum(rate(${DURATION}_sum${PREDICTIONS}[30s])) / sum(rate(${DURATION}_count${PREDICTIONS}[30s]))`,
          ),
        ),
        p50: await quantile(0.5),
        p99: await quantile(0.99),
      }),
      ({ requests, mean, p50, p99 }) => requests > 500 && p50 < mean / 2 && p99 > 10 * mean,
      ({ mean, p50, p99 }) =>
        `mean ${formatSeconds(mean)}, but p50 ${formatSeconds(p50)} and p99 ${formatSeconds(p99)}`,
    )

    console.heading('The slow rise')
    const [before] = await becomes(
      'both replicas begin with one reference',
      states,
      ([a, b]) => a!.reference === b!.reference && a!.retrained + b!.retrained === 0,
      ([a, b]) => `${a!.reference} and ${b!.reference}`,
    )
    const old = before!.reference
    await becomes(
      'a quiet month: the live pages say NO_ACTION',
      reports,
      (both) =>
        both.every(
          ({ decision, shareOfDriftedColumns: share, current }) =>
            decision.action === 'NO_ACTION' && share !== null && current.rows >= QUIET_ROWS,
        ),
      (both) =>
        both
          .map(({ decision, current }) => `${decision.reason}, ${current.rows} flights`)
          .join(' | '),
    )
    await becomes(
      'and so does Prometheus, of the whole fleet',
      () => fleet([old]),
      (found) => found.length === 1 && found[0]!.value < THRESHOLD,
      sharesSeen,
    )

    await step(
      'the player shifts the data',
      () => play('shift'),
      () => 'kilometres for miles, hours five off, a third of the origins lost',
    )
    await becomes(
      'the live pages say ACTION',
      reports,
      (both) => both.every(({ decision }) => decision.action === 'ACTION'),
      (both) => both.map(({ decision }) => decision.reason).join(' | '),
    )
    await becomes(
      'the share rises in Prometheus',
      () => fleet([old]),
      (found) => found.length === 1 && found[0]!.value >= THRESHOLD,
      sharesSeen,
    )
    await becomes(
      'requests are as quick as before',
      async () => ({ p50: await quantile(0.5), p99: await quantile(0.99) }),
      // The machine may have other work; what drifts is the data, and that no latency shows.
      ({ p50, p99 }) => p50 < 3 * latency.p50 && p99 < 3 * latency.p99,
      ({ p50, p99 }) =>
        `p50 ${formatSeconds(p50)}, was ${formatSeconds(latency.p50)}; p99 ${formatSeconds(p99)}, was ${formatSeconds(latency.p99)}`,
    )

    console.heading('What happens next')
    await becomes(
      'the alert reaches Alertmanager',
      () => get<Alert[]>(`${urls.alertmanager}/api/v2/alerts?filter=alertname%3D${ALERT}`),
      (alerts) => alerts.some(({ labels }) => labels.reference === old),
      (alerts) =>
        alerts.map(({ labels }) => `${labels.alertname} of ${labels.model}`).join(', ') ||
        'no alert',
    )
    const after = await becomes(
      'its webhook has both replicas train anew',
      states,
      (both) => both.every(({ retrained, reference }) => retrained > 0 && reference !== old),
      (both) =>
        both
          .map(
            ({ retrained, rows, reference }) => `${retrained} × on ${rows} flights: ${reference}`,
          )
          .join(' | '),
    )
    await becomes(
      'the share falls on the live pages',
      shares,
      (both) => both.every((share) => share !== null && share < THRESHOLD),
      (both) => both.map((share) => share?.toFixed(2) ?? 'n/a').join(' and '),
    )
    await becomes(
      'and in Prometheus, under the new references',
      async () => await fleet((await states()).map(({ reference }) => reference)),
      (found) =>
        found.length >= new Set(after.map(({ reference }) => reference)).size &&
        found.every(({ value }) => value < THRESHOLD),
      sharesSeen,
    )
    await becomes(
      'the alert is resolved',
      () => prometheus.firing(),
      (alerts) => !alerts.some(({ labels }) => labels.alertname === ALERT),
      (alerts) => `${alerts.length} alerts still fire`,
    )

    console.heading('And the requests meanwhile')
    const latencyAlerts = (alerts: readonly Alert[]) =>
      alerts.filter(({ labels }) => labels.alertname === 'LatencyDrift').length
    await step(
      'while no latency alert fires, the player slows down every fifth request',
      async () => {
        const silent = async () => latencyAlerts(await prometheus.firing()) === 0 || undefined
        await until(silent, { seconds: PATIENCE_SECONDS, what: 'no latency alert fires' })
        await play('slow')
      },
      () => 'each waits 300 ms',
    )
    await becomes(
      'now the latency alert fires',
      () => prometheus.firing(),
      (alerts) => latencyAlerts(alerts) > 0,
      (alerts) => alerts.map(({ labels }) => labels.alertname).join(', ') || 'no alert',
    )
    await step(
      'no request was lost, and none failed that was not asked to',
      async () => {
        const counts = await get<PlayerCounts>(urls.player)
        const wrong = unexpected(counts)
        if (wrong > 0) throw new Error(`${wrong} unexpected answers: ${JSON.stringify(counts)}`)
        return counts
      },
      ({ sent, outcomes }) =>
        `${sent.toLocaleString('en')} sent, ${outcomes.toLocaleString('en')} outcomes told`,
    )
    await step(
      'all parts are still running',
      async () => {
        const gone = children.filter(({ isRunning }) => !isRunning).map(({ name }) => name)
        if (gone.length > 0) throw new Error(`gone: ${gone.join(', ')}`)
      },
      () => children.map(({ name }) => name).join(', '),
    )
  })

  async function quantile(q: number): Promise<number> {
    return await one(
      prometheus.query(
        `histogram_quantile(${q}, sum by (le) (rate(${DURATION}_bucket${PREDICTIONS}[30s])))`,
      ),
    )
  }
}

/** One request in two hundred asks to fail; everything else must be answered as it should be. */
function unexpected({ sent, answers }: PlayerCounts): number {
  const {
    200: good = 0,
    400: invalid = 0,
    500: failed = 0,
    ...others
  } = answers as Record<string, number>
  const asked = Math.ceil(sent / 200)
  const other = Object.values(others).reduce((sum, count) => sum + count, 0)
  return (
    other +
    Math.max(0, failed - asked) +
    Math.max(0, invalid - Math.ceil(sent / 500)) +
    (good > 0 ? 0 : 1)
  )
}

function sharesSeen(found: readonly Sample[]): string {
  return (
    found.map(({ metric, value }) => `${value.toFixed(2)} of ${metric.reference}`).join(', ') ||
    'no share yet'
  )
}

async function one(samples: Promise<readonly Sample[]>): Promise<number> {
  return (await samples)[0]?.value ?? Number.NaN
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(10_000),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (await response.json()) as T
}

async function post(url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
}
