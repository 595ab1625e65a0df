import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import { openTelemetryMeterSources, openTelemetrySources } from '../src/adapters/opentelemetry.ts'
import { prometheusSources } from '../src/adapters/prometheus.ts'
import { parseFamilies } from '../src/exposition/registry/parse-families.ts'
import { fetchMetricsHandler } from '../src/handler/metrics-handler.ts'
import { decodeFamilies } from './metric-family.ts'
import { CLIENTS, type Client, type Registry } from './prometheus-clients.ts'
import { meterProvider, type ProviderUnderTest } from './read-opentelemetry.ts'
import {
  describeSourceContract,
  type SampleRead,
  type SourcesUnderTest,
} from './source-contract.ts'

interface FamilyRead {
  readonly help: string
  readonly samples: readonly SampleRead[]
}

type Families = ReadonlyMap<string, FamilyRead>

function readingFrom(families: () => Promise<Families>): Pick<SourcesUnderTest, 'read' | 'help'> {
  return {
    read: async () => [...(await families()).values()].flatMap(({ samples }) => samples),
    help: async (name) => (await families()).get(name)?.help,
  }
}

/** The families of a page in text, by the name that their source has. */
function familiesOfText(page: string): Families {
  const families = new Map<string, FamilyRead>()
  for (const family of parseFamilies(page, 1)) {
    if (family === null) continue
    const kind = family.type as SampleRead['kind']
    const name = kind === 'counter' ? family.name.replace(/_total$/, '') : family.name
    const samples = family.samples.map(({ labels, value, ...sample }): SampleRead => {
      const expected = kind === 'counter' ? `${name}_total` : name
      if (sample.name !== expected) throw new Error(`${sample.name} where ${expected} should be`)
      return { name, kind, labels: Object.fromEntries(labels), value }
    })
    families.set(name, { help: family.help, samples })
  }
  return families
}

function familiesOfProtobuf(page: Uint8Array): Families {
  return new Map(
    decodeFamilies(page).map(({ name, help, type, metric = [] }) => {
      const kind = type === 'COUNTER' ? 'counter' : 'gauge'
      const bare = kind === 'counter' ? name.replace(/_total$/, '') : name
      const samples = metric.map(({ label = [], counter, gauge }): SampleRead => {
        const labels = Object.fromEntries(label.map(({ name, value }) => [name, value]))
        return { name: bare, kind, labels, value: (counter ?? gauge)!.value }
      })
      return [bare, { help, samples }]
    }),
  )
}

const ACCEPTS = {
  'text 0.0.4': 'text/plain',
  OpenMetrics: 'application/openmetrics-text;version=1.0.0',
  protobuf:
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
} as const

for (const [format, accept] of Object.entries(ACCEPTS)) {
  describeSourceContract(`metricsHandler in ${format}`, (options) => {
    const respond = fetchMetricsHandler(options)
    return readingFrom(async () => {
      const response = await respond(
        new Request('http://localhost/metrics', { headers: { accept } }),
      )
      if (response.status !== 200) throw new Error(await response.text())
      const bytes = new Uint8Array(await response.arrayBuffer())
      return format === 'protobuf'
        ? familiesOfProtobuf(bytes)
        : familiesOfText(Buffer.from(bytes).toString())
    })
  })
}

function registryOf({ Registry }: Client, openMetrics: boolean): Registry {
  const registry = new Registry()
  if (openMetrics) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
  return registry
}

for (const [name, client] of CLIENTS) {
  for (const openMetrics of [false, true]) {
    describeSourceContract(
      `prometheusSources in ${name}, ${openMetrics ? 'OpenMetrics' : 'text'}`,
      (options) => {
        const registry = registryOf(client, openMetrics)
        const { stop } = prometheusSources({ ...options, registry })
        return { ...readingFrom(async () => familiesOfText(await registry.metrics())), stop }
      },
      { fixedFamilies: true },
    )
  }
}

function exportsOf({ exported }: ProviderUnderTest): Pick<SourcesUnderTest, 'read' | 'help'> {
  const families = summing()
  return readingFrom(async () => {
    const metrics = (await exported())?.scopeMetrics.flatMap(({ metrics }) => metrics)
    return families(metrics ?? [])
  })
}

/** What a backend makes of each export: it keeps the last of cumulative points, and adds up those of deltas. */
function summing() {
  const kept = new Map<string, Map<string, SampleRead>>()
  const helps = new Map<string, string>()
  return (metrics: readonly MetricData[]): Families => {
    const families = new Map<string, FamilyRead>()
    for (const { descriptor, dataPointType, aggregationTemporality, dataPoints } of metrics) {
      const { name, description } = descriptor
      const kind = dataPointType === DataPointType.SUM ? 'counter' : 'gauge'
      const delta = kind === 'counter' && aggregationTemporality === AggregationTemporality.DELTA
      const series = delta ? (kept.get(name) ?? new Map<string, SampleRead>()) : new Map()
      if (delta) kept.set(name, series)
      helps.set(name, description)
      for (const { attributes, value } of dataPoints) {
        const key = JSON.stringify(attributes)
        const before = series.get(key)?.value ?? 0
        const labels = attributes as Record<string, string>
        series.set(key, { name, kind, labels, value: before + (value as number) })
      }
      families.set(name, { help: description, samples: [...series.values()] })
    }
    for (const [name, series] of kept) {
      if (!families.has(name))
        families.set(name, { help: helps.get(name)!, samples: [...series.values()] })
    }
    return families
  }
}

const temporalities = [
  ['cumulative', AggregationTemporality.CUMULATIVE],
  ['delta', AggregationTemporality.DELTA],
] as const

for (const [temporality] of temporalities) {
  describeSourceContract(`openTelemetrySources, ${temporality}`, (options) => {
    const producer = openTelemetrySources({ ...options, temporality })
    return { ...exportsOf(meterProvider({ producers: [producer] })), stop: producer.stop }
  })
}

for (const [name, temporality] of temporalities) {
  describeSourceContract(
    `openTelemetryMeterSources, ${name}`,
    (options) => {
      const backend = meterProvider({ temporality })
      const meter = backend.provider.getMeter('test')
      const { stop } = openTelemetryMeterSources({ ...options, meter })
      return { ...exportsOf(backend), stop }
    },
    { fixedFamilies: true, keepsLast: true },
  )
}
