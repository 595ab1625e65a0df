/**
 * One observation with three labels: the recorder against prom-client's own histogram.
 * `pnpm --filter @tidegauge/bench observe`
 */
import { latencyRecorder, REQUEST_DURATION } from '@tidegauge/metrics'
import { Histogram, Registry } from 'prom-client'
import { alternate, printResults } from './harness.ts'

const OPERATIONS = 100_000
const routes = Array.from({ length: 10 }, (_, i) => `/resource${i}/:id`)
const methods = ['GET', 'POST'] as const
const statuses = [200, 404] as const
const seconds = Array.from({ length: 1024 }, (_, i) => ((i * 7919) % 1024) / 2000)

const recorder = latencyRecorder()
const names = REQUEST_DURATION.prometheus.labels
const histogram = new Histogram({
  name: REQUEST_DURATION.prometheus.name,
  help: REQUEST_DURATION.prometheus.help,
  labelNames: Object.values(names),
  buckets: [...REQUEST_DURATION.bounds],
  registers: [new Registry()],
})

const results = alternate(
  [
    {
      name: 'prom-client histogram.observe(labels, value)',
      run() {
        for (let i = 0; i < OPERATIONS; i++) {
          histogram.observe(
            {
              [names.method]: methods[i & 1]!,
              [names.route]: routes[i % 10]!,
              [names.statusCode]: statuses[(i >> 1) & 1]!,
            },
            seconds[i & 1023]!,
          )
        }
      },
    },
    {
      name: 'recorder.observe(method, route, status, value)',
      run() {
        for (let i = 0; i < OPERATIONS; i++) {
          recorder.observe(
            methods[i & 1]!,
            routes[i % 10]!,
            statuses[(i >> 1) & 1]!,
            seconds[i & 1023]!,
          )
        }
      },
    },
  ],
  OPERATIONS,
)
await assertSameCounts()
printResults('One observation, 3 labels, 14 buckets', results)

/** Both have counted the same requests into the same buckets. */
async function assertSameCounts(): Promise<void> {
  const { values } = await histogram.get()
  const theirs = new Map(
    values
      .filter(({ metricName }) => metricName?.endsWith('_bucket'))
      .map(({ labels, value }) => [
        [
          labels[names.method],
          labels[names.route],
          labels[names.statusCode],
          (labels as { le?: unknown }).le,
        ].join(),
        value,
      ]),
  )
  for (const { labels, counts } of recorder.snapshot()) {
    let cumulative = 0
    counts.forEach((count, i) => {
      cumulative += count
      const le = recorder.bounds[i] ?? '+Inf'
      const key = [labels.method, labels.route, labels.statusCode, le].join()
      if (theirs.get(key) !== cumulative)
        throw new Error(`${key}: ${theirs.get(key)} is not ${cumulative}`)
    })
  }
}
