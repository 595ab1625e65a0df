import * as platformatic from '@platformatic/prom-client'
import * as prometheusIo from '@prometheus-io/client'
import * as promClient from 'prom-client'
import type { RegistryMetric } from '../src/adapters/prometheus/registry-shape.ts'

/** Clients of one shape: what is used of them here has the types of prom-client. */
export type Client = Pick<
  typeof promClient,
  'AggregatorRegistry' | 'Counter' | 'Histogram' | 'Registry'
>

export const CLIENTS: readonly [name: string, client: Client][] = [
  ['prom-client 15', promClient],
  ['@prometheus-io/client 0.16', prometheusIo as unknown as Client],
  ['@platformatic/prom-client 1', platformatic as unknown as Client],
]

export type Registry = InstanceType<Client['Registry']>

/** After which a client has answered whether it takes lines that are written already. */
export function asked(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** How many samples the text of a metric is made of, each time it is asked for. */
export function countSamples(registry: Registry, name: string): number[] {
  const metric = registry.getSingleMetric(name) as unknown as {
    getForPromString: NonNullable<RegistryMetric['getForPromString']>
  }
  const { getForPromString } = metric
  const counts: number[] = []
  metric.getForPromString = () => {
    const object = getForPromString()
    if (Array.isArray(object.values)) {
      counts.push(object.values.length)
      return object
    }
    const index = counts.push(0) - 1
    function* counted() {
      for (const sample of object.values) {
        counts[index]!++
        yield sample
      }
    }
    return { ...object, values: counted() }
  }
  return counts
}
