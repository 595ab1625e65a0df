import { createGzip, type Gzip } from 'node:zlib'
import { InvalidArgumentError, type MetricSource, TidegaugeError } from '@tidegauge/core'
import { type AccessOptions, type Approach, accessControl } from '@tidegauge/core/http-access'
import { assertOptions } from '@tidegauge/core/options'
import type { RecorderReader } from '../contract/recorder-reader.ts'
import { ByteWriter } from '../exposition/bytes.ts'
import {
  assertLabelNames,
  type Family,
  familiesOf,
  type NamedReader,
  namesTakenBy,
  type RecorderFamily,
} from '../exposition/families.ts'
import { acceptsGzip, type ExpositionFormat, negotiateFormat } from '../exposition/negotiation.ts'
import { PROTOBUF_CONTENT_TYPE, renderProtobuf } from '../exposition/protobuf/protobuf.ts'
import {
  assertNoTwins,
  assertNoTwinsIn,
  hasFamily,
  type MetricsRegistry,
  type RegistryPage,
  registryFormat,
  registryHas,
  renderRegistry,
} from '../exposition/registry/registry-page.ts'
import type { Rendering } from '../exposition/rendering.ts'
import { sampleFamily } from '../exposition/sample-family.ts'
import {
  END_OF_OPEN_METRICS,
  OPEN_METRICS_CONTENT_TYPE,
  renderOpenMetrics,
} from '../exposition/text/open-metrics.ts'
import { renderText, TEXT_CONTENT_TYPE } from '../exposition/text/text.ts'
import { type Naming, type NamingName, namingOf } from '../naming/naming.ts'
import { failureReporter } from '../report-failures.ts'
import { assertSources, DEFAULT_MAX_SAMPLES, readSources } from '../sources/read-sources.ts'
import { nextTurn } from './turns.ts'

/** A recorder, or what gives one anew for each scrape: the merged state of a cluster, say. */
export type RecorderSource = RecorderReader | (() => RecorderReader | Promise<RecorderReader>)

/** One of several recorders: its names or labels tell it apart from the others. */
export interface NamedRecorder {
  readonly recorder: RecorderSource
  /** Default: the handler's. */
  readonly naming?: NamingName | Naming
  /** Beside the handler's own. */
  readonly labels?: Readonly<Record<string, string>>
}

export interface MetricsHandlerOptions extends AccessOptions {
  /** What is shown. */
  readonly recorder?: RecorderSource
  /** More of them, or several instead of one. */
  readonly recorders?: readonly NamedRecorder[]
  /**
   * Counters and gauges of others, behind ours: a feature monitor's, say. What one of them fails to give is
   * left out and told, and the rest is shown.
   */
  readonly sources?: readonly MetricSource[]
  /**
   * Of each source; those beyond are left out, and that is told. Each is read in one go, which takes some 0.5 µs
   * a sample. Default 10,000.
   */
  readonly maxSamples?: number
  /**
   * A Registry of prom-client, or of a client of its shape, whose metrics follow ours, in the format that was
   * asked for. In OpenMetrics, a counter of one in text 0.0.4 without `_total` is of type `unknown`, so that
   * nothing is called otherwise. It must not show the recorder itself.
   */
  readonly registry?: MetricsRegistry
  /** What metrics and labels are called. Default `opentelemetry`. */
  readonly naming?: NamingName | Naming
  /** Labels on all series but those of the registry. */
  readonly labels?: Readonly<Record<string, string>>
  /**
   * Compress where the scraper accepts it, off the main thread; true is level 1. Default true for `metricsHandler`,
   * false for `fetchMetricsHandler`: Next.js was seen to take the `Content-Encoding` away and leave the bytes as they are.
   */
  readonly gzip?: boolean | { readonly level: number }
  /** In protobuf, classic buckets too where there are native ones, for a server that stores both. Default false. */
  readonly classicBuckets?: boolean
  /** Scrapes under way at once; more get 503. Default 8. */
  readonly maxScrapes?: number
  /** A scrape that takes longer is broken off. Default 30. */
  readonly timeoutSeconds?: number
  /** Told of every failure. Default: a process warning, once per handler. */
  readonly onError?: (error: unknown) => void
}

export interface ScrapeRequest extends Approach {
  /** Aborted by the caller where the scraper leaves, and by the callee where the scrape takes too long. */
  readonly abort: AbortController
}

export interface ScrapeResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** To be read to its end, or told to return. A piece is good until the next is asked for. */
  readonly body: AsyncIterableIterator<Uint8Array>
}

/**
 * What all handlers do: judge the request, agree on a format, collect, render. It never rejects; a body
 * that fails has been reported.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 */
export function scraper(
  options: MetricsHandlerOptions,
): (request: ScrapeRequest) => Promise<ScrapeResponse> {
  assertValid(options)
  const { registry, gzip = true, maxScrapes = 8, timeoutSeconds = 30, onError } = options
  const { classicBuckets = false } = options
  const { sources = [], maxSamples = DEFAULT_MAX_SAMPLES, labels = {} } = options
  const recorders = recordersOf(options)
  const refusalOf = accessControl(options)
  const report = failureReporter(onError, 'a scrape of the metrics failed')
  const level = typeof gzip === 'object' ? gzip.level : 1
  let underWay = 0
  let lastFamilies: readonly RecorderFamily[] | undefined
  let spare: ByteWriter | undefined

  return async (request) => {
    const refusal = refusalOf(request)
    if (refusal !== undefined) return answer(refusal.status, refusal.text, refusal.headers)
    try {
      if (registry !== undefined) registryFormat(registry)
      const format = negotiateFormat(request.header('accept'))
      const zipped = gzip !== false && acceptsGzip(request.header('accept-encoding'))
      const headers = {
        'Content-Type': CONTENT_TYPES[format],
        ...(zipped && { 'Content-Encoding': 'gzip' }),
        Vary: 'Accept, Accept-Encoding',
      }
      if (request.method === 'HEAD') return { status: 200, headers, body: bodyOf() }
      if (underWay >= maxScrapes) {
        return answer(503, 'Too many scrapes at once.\n', { 'Retry-After': '1' })
      }
      return { status: 200, headers, body: await scrape(request, format, zipped) }
    } catch (error) {
      const { aborted } = request.abort.signal
      if (!aborted) report(error)
      const status = aborted ? 503 : 500
      return answer(status, 'The metrics could not be collected; the service was told why.\n')
    }
  }

  async function scrape(
    { abort }: ScrapeRequest,
    format: ExpositionFormat,
    zipped: boolean,
  ): Promise<AsyncIterableIterator<Uint8Array>> {
    const { signal } = abort
    const timer = setTimeout(() => {
      report(new ScrapeTimeoutError(timeoutSeconds))
      abort.abort()
    }, timeoutSeconds * 1000)
    timer.unref()
    const end = once(() => {
      underWay--
      clearTimeout(timer)
    })
    underWay++
    signal.addEventListener('abort', end, { once: true })
    try {
      const [readers, page] = await unlessAborted(collect(), signal)
      const families = familiesOfThese(readers)
      if (page !== undefined) assertNoTwins(page, families)
      const others = familiesOfSources(families, page)
      const plain = sliced(render([...families, ...others], page, format), signal)
      const body = zipped ? compressed(plain, level) : plain
      return await begun(watched(body, signal, end))
    } catch (error) {
      end()
      throw error
    }
  }

  async function collect(): Promise<[readers: NamedReader[], page: RegistryPage | undefined]> {
    const readers = recorders.map(async ({ recorder, naming, labels }) => {
      const reader = typeof recorder === 'function' ? await recorder() : recorder
      assertReader('recorder', reader)
      return { reader, naming, labels }
    })
    return Promise.all([Promise.all(readers), registry && pageOf(registry)])
  }

  /** The same as the last time where the recorders are: what belongs to them is kept as long. */
  function familiesOfThese(readers: readonly NamedReader[]): readonly RecorderFamily[] {
    if (recorders.some(({ recorder }) => typeof recorder === 'function')) return familiesOf(readers)
    lastFamilies ??= familiesOf(readers)
    return lastFamilies
  }

  function familiesOfSources(
    families: readonly RecorderFamily[],
    page: RegistryPage | undefined,
  ): Family[] {
    const isOurs = namesTakenBy(families)
    const isTaken = (name: string) => isOurs(name) || (page !== undefined && hasFamily(page, name))
    return readSources(sources, { maxSamples, labels, isTaken, report }).map(sampleFamily)
  }

  function* render(
    families: readonly Family[],
    page: RegistryPage | undefined,
    format: ExpositionFormat,
  ): Rendering {
    const out = spare ?? new ByteWriter(PIECE)
    spare = undefined
    if (format === 'text') yield* renderText(families, out)
    else if (format === 'openmetrics') yield* renderOpenMetrics(families, out)
    else yield* renderProtobuf(families, { classicBuckets }, out)
    // Not where it was left half done: a piece of it may be on its way.
    spare = out
    if (page !== undefined) {
      const names = new Set(families.map(({ name }) => name))
      yield* renderRegistry(page, format, (name) => names.has(name))
    }
    if (format === 'openmetrics') yield Buffer.from(END_OF_OPEN_METRICS)
  }

  /** Reports what goes wrong after the first piece, when it is too late for a status. */
  async function* watched(
    body: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    end: () => void,
  ): AsyncGenerator<Uint8Array, void, void> {
    let pieces = 0
    try {
      for await (const piece of body) {
        pieces++
        yield piece
      }
    } catch (error) {
      if (pieces > 0 && !signal.aborted) report(error)
      throw error
    } finally {
      end()
      signal.removeEventListener('abort', end)
    }
  }
}

const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: TEXT_CONTENT_TYPE,
  openmetrics: OPEN_METRICS_CONTENT_TYPE,
  protobuf: PROTOBUF_CONTENT_TYPE,
}

class ScrapeTimeoutError extends TidegaugeError {
  override readonly name = 'ScrapeTimeoutError'

  constructor(seconds: number) {
    super('ERR_SCRAPE_TIMEOUT', `a scrape took more than ${seconds} s`)
  }
}

interface Recorder extends Omit<NamedReader, 'reader'> {
  readonly recorder: RecorderSource
}

function recordersOf({
  recorder,
  recorders = [],
  naming,
  labels,
}: MetricsHandlerOptions): readonly Recorder[] {
  const all = recorder === undefined ? recorders : [{ recorder }, ...recorders]
  return all.map((one) => ({
    recorder: one.recorder,
    naming: namingOf(one.naming ?? naming),
    labels: { ...labels, ...one.labels },
  }))
}

async function pageOf(registry: MetricsRegistry): Promise<RegistryPage> {
  const format = registryFormat(registry)
  const text = await registry.metrics()
  if (typeof text !== 'string') {
    throw new InvalidArgumentError('registry.metrics()', 'text', text)
  }
  return { format, text }
}

/** As much as a socket takes at once. */
const PIECE = 128 * 1024

/** About as long as a request may have to wait for a scrape. */
const SLICE_MILLISECONDS = 1

async function* sliced(
  rendering: Rendering,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  let sliceEnd = 0
  for (const piece of rendering) {
    if (piece !== null) yield piece
    if (performance.now() < sliceEnd) continue
    await nextTurn()
    signal.throwIfAborted()
    sliceEnd = performance.now() + SLICE_MILLISECONDS
  }
}

/** zlib works on the thread pool. */
async function* compressed(
  body: AsyncIterable<Uint8Array>,
  level: number,
): AsyncGenerator<Uint8Array, void, void> {
  const gzip = createGzip({ level, chunkSize: 64 * 1024 })
  void feed(body, gzip)
  try {
    yield* gzip
  } finally {
    gzip.destroy()
  }
}

/** Asks for the next piece when the last is compressed, since it may be in the same memory. */
async function feed(body: AsyncIterable<Uint8Array>, gzip: Gzip): Promise<void> {
  try {
    for await (const piece of body) {
      await new Promise<void>((resolve, reject) => {
        gzip.write(piece, (error) => (error ? reject(error) : resolve()))
      })
    }
    gzip.end()
  } catch (error) {
    gzip.destroy(error as Error)
  }
}

/** With the first piece ready: what fails before it can still be answered with a status. */
async function begun(
  body: AsyncGenerator<Uint8Array, void, void>,
): Promise<AsyncIterableIterator<Uint8Array>> {
  let first: IteratorResult<Uint8Array, void> | undefined = await body.next()
  const iterator: AsyncIterableIterator<Uint8Array> = {
    next() {
      if (first === undefined) return body.next()
      const result = Promise.resolve(first)
      first = undefined
      return result
    },
    return: () => body.return(),
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let abort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function answer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): ScrapeResponse {
  const all = { 'Content-Type': 'text/plain; charset=utf-8', ...headers }
  return { status, headers: all, body: bodyOf(Buffer.from(text)) }
}

async function* bodyOf(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array, void, void> {
  yield* pieces
}

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    action()
  }
}

const HANDLER_OPTIONS: Readonly<Record<keyof MetricsHandlerOptions, true>> = {
  recorder: true,
  recorders: true,
  sources: true,
  maxSamples: true,
  registry: true,
  naming: true,
  labels: true,
  token: true,
  loopbackOnly: true,
  gzip: true,
  classicBuckets: true,
  maxScrapes: true,
  timeoutSeconds: true,
  onError: true,
}

const NAMED_RECORDER: Readonly<Record<keyof NamedRecorder, true>> = {
  recorder: true,
  naming: true,
  labels: true,
}

const GZIP_OPTIONS: Readonly<Record<'level', true>> = { level: true }

function assertValid(options: MetricsHandlerOptions): void {
  assertOptions('options', options, HANDLER_OPTIONS)
  const { recorder, recorders, registry, sources } = options
  const { gzip, maxScrapes, timeoutSeconds } = options
  if ([recorder, recorders, registry, sources].every((shown) => shown === undefined)) {
    const expected = 'given, or "recorders", "registry" or "sources"'
    throw new InvalidArgumentError('recorder', expected, recorder)
  }
  if (recorders !== undefined && !Array.isArray(recorders)) {
    throw new InvalidArgumentError('recorders', 'an array', recorders)
  }
  recorders?.forEach((named, i) => {
    assertOptions(`recorders[${i}]`, named, NAMED_RECORDER)
  })
  if (registry !== undefined && typeof registry?.metrics !== 'function') {
    throw new InvalidArgumentError('registry', 'a Registry of prom-client', registry)
  }
  if (registry !== undefined) registryFormat(registry)
  if (typeof gzip === 'object') assertOptions('gzip', gzip, GZIP_OPTIONS)
  const level = typeof gzip === 'object' ? gzip.level : 1
  if (!(Number.isInteger(level) && level! >= 0 && level! <= 9)) {
    throw new InvalidArgumentError('gzip.level', 'a whole number from 0 to 9', level)
  }
  if (maxScrapes !== undefined && !(Number.isSafeInteger(maxScrapes) && maxScrapes >= 1)) {
    throw new InvalidArgumentError('maxScrapes', 'a whole number from 1', maxScrapes)
  }
  if (timeoutSeconds !== undefined && !(timeoutSeconds > 0 && timeoutSeconds <= LONGEST_TIMEOUT)) {
    throw new InvalidArgumentError(
      'timeoutSeconds',
      `above 0 and at most ${LONGEST_TIMEOUT}`,
      timeoutSeconds,
    )
  }
  assertShown(options)
}

/** A timer takes no more than 2³¹ − 1 ms. */
const LONGEST_TIMEOUT = 2_000_000

function assertShown(options: MetricsHandlerOptions): void {
  const recorders = recordersOf(options)
  const { sources = [], maxSamples = DEFAULT_MAX_SAMPLES, labels = {} } = options
  for (const all of [labels, ...recorders.map(({ labels }) => labels)]) assertLabelTexts(all)
  for (const { recorder } of recorders) {
    if (typeof recorder !== 'function') assertReader('recorder', recorder)
  }
  // What can be told before the first scrape is told at once.
  const readers = recorders.flatMap(({ recorder, ...names }) => {
    return typeof recorder === 'function' ? [] : [{ reader: recorder, ...names }]
  })
  const own = familiesOf(readers)
  const { registry } = options
  if (registry !== undefined) assertNoTwinsIn(registry, own)
  const isOurs = namesTakenBy(own)
  const isTaken = (name: string) =>
    isOurs(name) || (registry !== undefined && registryHas(registry, name))
  assertLabelNames(Object.keys(labels))
  assertSources(sources, { maxSamples, labels, isTaken })
}

function assertLabelTexts(labels: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(labels)) {
    if (typeof value !== 'string') throw new InvalidArgumentError(`labels.${name}`, 'text', value)
  }
}

function assertReader(argument: string, reader: RecorderReader): void {
  if (!Array.isArray(reader?.histograms) || typeof reader.labelsAt !== 'function') {
    throw new InvalidArgumentError(argument, 'a LatencyRecorder, or what reads as one', reader)
  }
}
