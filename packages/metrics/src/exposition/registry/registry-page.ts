import { InvalidArgumentError } from '@tidegauge/core'
import { ownValue } from '@tidegauge/core/internal'
import { ByteWriter } from '../bytes.ts'
import type { Family } from '../families.ts'
import type { ExpositionFormat } from '../negotiation.ts'
import type { Rendering } from '../rendering.ts'
import { escapeHelp, escapeLabelValue } from '../text/escape.ts'
import { valueText } from '../text/numbers.ts'
import { END_OF_OPEN_METRICS } from '../text/open-metrics.ts'
import {
  type ParsedFamily,
  type ParsedSample,
  parseFamilies,
  sampleFamilyName,
  withoutCreated,
} from './parse-families.ts'
import { convertedToOpenMetrics, typeNames } from './registry-open-metrics.ts'
import { renderParsedProtobuf } from './registry-protobuf.ts'

/** The part of prom-client's Registry that is used here. */
export interface MetricsRegistry {
  readonly contentType: string
  metrics(): string | Promise<string>
  getSingleMetric?(name: string): unknown
}

/** A registry's page as it came. */
export interface RegistryPage {
  readonly format: 'text' | 'openmetrics'
  readonly text: string
}

/** @throws InvalidArgumentError where it is in neither of the two text formats */
export function registryFormat({ contentType }: MetricsRegistry): RegistryPage['format'] {
  if (/^text\/plain\b/i.test(contentType)) return 'text'
  if (/^application\/openmetrics-text\b/i.test(contentType)) return 'openmetrics'
  throw new InvalidArgumentError('registry.contentType', 'text 0.0.4 or OpenMetrics', contentType)
}

/**
 * A registry's page in the format that was agreed on, without `# EOF`.
 *
 * @param isOurs - whether a family of that name stands on the page already
 * @throws InvalidArgumentError where it must be converted and is malformed
 */
export function* renderRegistry(
  { format, text }: RegistryPage,
  wanted: ExpositionFormat,
  isOurs: (name: string) => boolean = () => false,
): Rendering {
  if (wanted === 'protobuf') yield* renderParsedProtobuf(families({ format, text }))
  else if (wanted === format) yield* encoded(format === 'text' ? text : withoutEnd(text))
  else if (wanted === 'text') yield* convertedToText(families({ format, text }))
  else {
    const names = typeNames(text)
    const isTaken = (name: string) => names.has(name) || isOurs(name)
    yield* convertedToOpenMetrics(families({ format, text }), isTaken)
  }
}

/** @throws InvalidArgumentError where the registry has a metric of ours too */
export function assertNoTwins(page: RegistryPage, own: readonly Family[]): void {
  for (const { name, type } of own) {
    // OpenMetrics has counters without the suffix.
    const names = type === 'counter' ? [name, name.replace(/_total$/, '')] : [name]
    const twin = names.find((name) => hasFamily(page, name))
    if (twin !== undefined) {
      throw new InvalidArgumentError('registry', WITHOUT_OURS, twin)
    }
  }
}

/**
 * What can be told before a page is made: a registry in which `prometheusAdapter` shows the recorder, say.
 *
 * @throws InvalidArgumentError where the registry has a metric of ours too
 */
export function assertNoTwinsIn(registry: MetricsRegistry, own: readonly Family[]): void {
  const twin = own.find(({ name }) => registryHas(registry, name))
  if (twin !== undefined) throw new InvalidArgumentError('registry', WITHOUT_OURS, twin.name)
}

/** Whether it has a metric of that name; false where it does not say. */
export function registryHas(registry: MetricsRegistry, name: string): boolean {
  return registry.getSingleMetric?.(name) !== undefined
}

const WITHOUT_OURS =
  'without the metrics of the recorder (show it in one place: there with prometheusAdapter, or here with "recorder")'

/** @param name - as it is in `# TYPE` */
export function hasFamily({ text }: RegistryPage, name: string): boolean {
  const head = `# TYPE ${name} `
  return text.startsWith(head) || text.includes(`\n${head}`)
}

function families({ format, text }: RegistryPage): Generator<ParsedFamily | null> {
  return parseFamilies(text, format === 'text' ? 0.001 : 1)
}

function withoutEnd(text: string): string {
  const trimmed = text.trimEnd()
  return trimmed.endsWith(END_OF_OPEN_METRICS.trimEnd())
    ? trimmed.slice(0, 1 - END_OF_OPEN_METRICS.length)
    : text
}

const PIECE = 64 * 1024

function* encoded(text: string): Rendering {
  for (let from = 0; from < text.length; ) {
    const end = from + PIECE
    // A pair of surrogates stays together.
    const cut = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? end + 1 : end
    yield Buffer.from(text.slice(from, cut))
    from = cut
  }
  if (text !== '' && !text.endsWith('\n')) yield Buffer.from('\n')
}

function* convertedToText(families: Iterable<ParsedFamily | null>): Rendering {
  const out = new ByteWriter()
  for (const family of families) {
    if (family === null) {
      yield null
      continue
    }
    const type = ownValue(TEXT_TYPES, family.type) ?? 'untyped'
    const name = sampleFamilyName(family)
    out.text(`# HELP ${name} ${escapeHelp(family.help)}\n# TYPE ${name} ${type}\n`)
    for (const sample of withoutCreated(family)) out.text(sampleLine(sample))
    yield* out.take()
  }
  out.finish()
  yield* out.take()
}

const TEXT_TYPES: Readonly<Record<string, string>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
  info: 'gauge',
  stateset: 'gauge',
}

function sampleLine({ name, labels, value, timestamp }: ParsedSample): string {
  const pairs = labels.map(([name, text]) => `${name}="${escapeLabelValue(text)}"`)
  const braces = pairs.length === 0 ? '' : `{${pairs.join()}}`
  return `${name}${braces} ${valueText(value)}${timestamp === undefined ? '' : ` ${timestamp}`}\n`
}
