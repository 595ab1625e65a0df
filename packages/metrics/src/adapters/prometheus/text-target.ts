import type { MetricObject, PrometheusRegistry, RegistryMetric, Sample } from './registry-shape.ts'

/** What is known of the Registry that will ask our metrics for their text. */
export interface TextTarget {
  /** Whether it may be handed lines that are written already. */
  takesLines(): boolean
  /**
   * The default labels of the Registry that is writing; null where they are not known for sure.
   *
   * @param names - of the default labels that it was seen to write just now
   */
  defaultLabels(names: readonly string[]): Readonly<Record<string, string>> | null
  isOpenMetrics(): boolean
  /** Call once the metrics are registered. */
  isRegistered(): void
  /** A Registry reads the name of a metric where it registers it, and then only. */
  nameWasRead(): void
}

/**
 * Watches for what makes it unsafe to write lines for a Registry.
 *
 * `Registry.merge()` puts a metric into a second Registry, which may have other default labels or another
 * content type, and a metric is not told which of them asks. So does `registerMetric()`.
 */
export function textTarget(registry: PrometheusRegistry): TextTarget {
  let understands = false
  let registered = false
  let sharedWithOthers = false
  const isOpenMetrics = () => /openmetrics/.test(String(registry.contentType))
  const learn = (answer: boolean) => {
    understands = answer
  }
  const answer = understandsLines(registry)
  if (typeof answer === 'boolean') learn(answer)
  else answer.then(learn, () => learn(false))

  return {
    // In OpenMetrics the lines carry exemplars, which another content type must not.
    takesLines: () => understands && !(sharedWithOthers && isOpenMetrics()),
    isOpenMetrics,
    defaultLabels(names) {
      if (names.length === 0) return {}
      // The same private field in all three clients. What it says is held against what was written.
      const { _defaultLabels: own } = registry as { _defaultLabels?: object }
      if (sharedWithOthers || typeof own !== 'object' || own === null) return null
      const labels = Object.entries(own).map(([name, value]) => [name, String(value)])
      if (labels.map(([name]) => name).join() !== names.join()) return null
      return Object.fromEntries(labels)
    },
    isRegistered() {
      registered = true
    },
    nameWasRead() {
      sharedWithOthers ||= registered
    },
  }
}

interface Formatter {
  getMetricsAsString?: (metric: RegistryMetric) => unknown
}

/** Has the Registry write two samples, the second with a line of its own before the name. */
function understandsLines(registry: PrometheusRegistry): boolean | Promise<boolean> {
  const { getMetricsAsString } = registry as Formatter
  if (typeof getMetricsAsString !== 'function') return false
  try {
    const text = getMetricsAsString.call(registry, probe())
    return text instanceof Promise ? text.then(isAsProbed) : isAsProbed(text)
  } catch {
    return false
  }
}

function probe(): RegistryMetric {
  const description = { name: 'probe', help: '', type: 'histogram', aggregator: 'sum' } as const
  function* samples(): Generator<Sample> {
    yield { metricName: 'probe_bucket', labels: { a: 'b', le: '+Inf' }, sharedLabels: {}, value: 1 }
    yield { metricName: 'probe_sum{a="b"} 2\nprobe_count', labels: { a: 'b' }, value: 1 }
  }
  const get = (): MetricObject => ({ ...description, values: { [Symbol.iterator]: samples } })
  return { ...description, get, getForPromString: get, reset() {} }
}

function isAsProbed(text: unknown): boolean {
  const [bucket, sum, count, ...others] = String(text).split('\n').slice(2)
  return (
    bucket !== undefined &&
    /^probe_bucket\{a="b",le="\+Inf"(,.+)?\} 1$/.test(bucket) &&
    sum === 'probe_sum{a="b"} 2' &&
    count !== undefined &&
    /^probe_count\{a="b"(,.+)?\} 1$/.test(count) &&
    others.length === 0
  )
}
