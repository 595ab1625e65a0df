import {
  type Exemplar,
  type HistogramReader,
  histogramRow,
  type RecorderReader,
} from '../../contract/recorder-reader.ts'
import { labelNames, labelValues } from '../../exposition/label-values.ts'
import type { Naming } from '../../naming/naming.ts'
import { HistogramText } from './histogram-text.ts'
import type { MetricObject, RegistryMetric, Sample, SampleExemplar } from './registry-shape.ts'
import type { TextTarget } from './text-target.ts'

export interface HistogramMetricOptions {
  readonly recorder: RecorderReader
  readonly histogram: HistogramReader
  readonly name: string
  readonly help: string
  readonly naming: Naming
  readonly target: TextTarget
  readonly reset: () => void
}

/**
 * One histogram of a recorder, as a metric that a Registry of prom-client's shape writes out.
 *
 * Its text is handed over as two samples: the first line as it is; and all others, written here, as the
 * metric name of the last. The Registry adds its default labels to both. From which ones it added to the
 * first, seen while it does so, those of the lines between are known. Where they are not, the samples
 * follow one by one, which is slower and says the same.
 */
export function histogramMetric(options: HistogramMetricOptions): RegistryMetric {
  const { name, help, target, reset } = options
  const description = { name, help, type: 'histogram', aggregator: 'sum' } as const
  const { recorder: reader, histogram, naming } = options
  const text = new HistogramText(name, { reader, histogram, naming })
  const structured = (): MetricObject => ({ ...description, values: [...samplesOf(options)] })
  return {
    ...description,
    get name() {
      target.nameWasRead()
      return name
    },
    get: structured,
    getForPromString: () =>
      target.takesLines()
        ? { ...description, values: { [Symbol.iterator]: () => textSamplesOf(options, text) } }
        : structured(),
    reset,
  }
}

function* samplesOf(options: HistogramMetricOptions): Generator<Sample> {
  for (let slot = 0; slot < options.recorder.seriesCount; slot++)
    yield* seriesSamples(options, slot)
}

function seriesSamples(
  { recorder, histogram, name, naming }: HistogramMetricOptions,
  slot: number,
): Sample[] {
  const row = histogramRow(histogram)
  if (!histogram.read(slot, row)) return []
  const own = ownLabels(recorder, slot, labelNames(naming.labels, recorder.extraLabels))
  let cumulative = 0
  const buckets = Array.from(row.counts, (count, i): Sample => {
    cumulative += count
    const exemplar = histogram.exemplar(slot, i)
    return {
      metricName: `${name}_bucket`,
      labels: { ...own, le: histogram.bounds[i] ?? '+Inf' },
      value: cumulative,
      ...(exemplar !== undefined && { exemplar: sampleExemplar(exemplar) }),
    }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: { ...own }, value: row.sum },
    { metricName: `${name}_count`, labels: { ...own }, value: row.count },
  ]
}

function ownLabels(
  recorder: RecorderReader,
  slot: number,
  names: readonly string[],
): Record<string, string> {
  const values: string[] = []
  labelValues(recorder.labelsAt(slot), values)
  const labels: Record<string, string> = {}
  // An absent label is an empty one, and such are not written.
  for (let i = 0; i < names.length; i++) if (values[i] !== '') labels[names[i]!] = values[i]!
  return labels
}

function sampleExemplar({ traceId, spanId, value, timestamp }: Exemplar): SampleExemplar {
  return { labelSet: { trace_id: traceId, span_id: spanId }, value, timestamp: timestamp / 1000 }
}

function* textSamplesOf(options: HistogramMetricOptions, text: HistogramText): Generator<Sample> {
  const samples = samplesOf(options)
  const first = samples.next()
  if (first.done) return
  const asked = new Set<string>()
  yield { ...first.value, sharedLabels: questions(asked) }
  const defaults = defaultLabels(options, first.value.labels, asked)
  if (defaults === null) yield* samples
  else {
    const last = lastSample(options)!
    const lines = text.linesBetween(defaults, options.target.isOpenMetrics())
    yield { ...last, metricName: lines + last.metricName }
  }
}

/** No shared labels; but it notes of which labels a Registry asks whether they are, before it writes them. */
function questions(asked: Set<string>): Readonly<Record<string, string>> {
  return new Proxy<Record<string, string>>(
    {},
    {
      getOwnPropertyDescriptor(_, name) {
        asked.add(String(name))
        return undefined
      },
    },
  )
}

/** The default labels that the Registry wrote in the first line; null where they are not known for sure. */
function defaultLabels(
  { recorder, target, naming }: HistogramMetricOptions,
  first: Sample['labels'],
  asked: ReadonlySet<string>,
): Readonly<Record<string, string>> | null {
  if (!asked.has('le')) return null
  const defaults = target.defaultLabels([...asked].filter((name) => !Object.hasOwn(first, name)))
  if (defaults === null) return null
  // A default label gives way to ours of that name, which some series have and others have not.
  const ours = labelNames(naming.labels, recorder.extraLabels)
  return ours.some((name) => Object.hasOwn(defaults, name)) ? null : defaults
}

function lastSample(options: HistogramMetricOptions): Sample | undefined {
  for (let slot = options.recorder.seriesCount - 1; slot >= 0; slot--) {
    const last = seriesSamples(options, slot).at(-1)
    if (last !== undefined) return last
  }
  return undefined
}
