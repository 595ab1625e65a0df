import cluster from 'node:cluster'
import { prometheusAdapter, prometheusSources } from '../src/adapters/prometheus.ts'
import { latencyRecorder } from '../src/index.ts'
import { CLIENTS } from './prometheus-clients.ts'
import { counter, gauge, sample, sourceOf } from './source-of.ts'

/**
 * A program: two workers record, each in a Registry of its own, and the primary prints what the client's
 * aggregation shows of them.
 */
const WORKERS = 2
const { AggregatorRegistry, Registry } = CLIENTS.find(([name]) => name === process.argv[2])![1]
const aggregator = new AggregatorRegistry()

if (cluster.isPrimary) {
  const workers = Array.from({ length: WORKERS }, () => cluster.fork())
  const ready = workers.map((worker) => {
    return new Promise<void>((resolve) => {
      worker.on('message', (message) => message === 'ready' && resolve())
    })
  })
  await Promise.all(ready)
  process.stdout.write(await aggregator.clusterMetrics())
  for (const worker of workers) worker.kill()
  process.exitCode = 0
} else {
  const registry = new Registry()
  registry.setDefaultLabels({ service: 'shop' })
  AggregatorRegistry.setRegistries(registry)
  const recorder = latencyRecorder({ bounds: [0.5, 1] })
  prometheusAdapter({ recorder, registry })
  recorder.observe('GET', '/users/:id', 200, 0.25)
  recorder.observe('GET', `/of/${cluster.worker!.id}`, 200, 2)
  recorder.requestStarted()
  const bins = [sample(3, '00'), sample(cluster.worker!.id, '01')]
  const source = sourceOf(
    counter('drift_feature_bin', ['bin'], bins),
    gauge('drift_reference_bin_ratio', ['bin'], [sample(0.25, '00')]),
  )
  prometheusSources({ sources: [source], registry })
  process.send!('ready')
}
