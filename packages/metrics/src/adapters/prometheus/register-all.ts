import type { PrometheusRegistry, RegistryMetric } from './registry-shape.ts'

/**
 * @returns takes them out again; idempotent, and what others registered under one of their names stays
 * @throws the registry's own error where it refuses one, after which none of them is registered
 */
export function registerAll(
  registry: PrometheusRegistry,
  metrics: readonly RegistryMetric[],
): () => void {
  const registered: { readonly name: string; readonly metric: RegistryMetric }[] = []
  const removeAll = (): void => {
    for (const { name, metric } of registered) {
      if (registry.getSingleMetric(name) === metric) registry.removeSingleMetric(name)
    }
  }
  try {
    for (const metric of metrics) {
      const { name } = metric
      registry.registerMetric(metric as never)
      registered.push({ name, metric })
    }
  } catch (error) {
    removeAll()
    throw error
  }
  return removeAll
}
