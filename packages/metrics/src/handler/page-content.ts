import { InvalidArgumentError } from '@tidegauge/core'
import {
  assertLabelNames,
  type Family,
  familiesOf,
  type NamedReader,
  namesTakenBy,
  type RecorderFamily,
} from '../exposition/families.ts'
import {
  assertNoTwins,
  assertNoTwinsIn,
  hasFamily,
  type MetricsRegistry,
  type RegistryPage,
  registryFormat,
  registryHas,
} from '../exposition/registry/registry-page.ts'
import { sampleFamily } from '../exposition/sample-family.ts'
import { assertSources, DEFAULT_MAX_SAMPLES, readSources } from '../sources/read-sources.ts'
import type { MetricsHandlerOptions } from './handler-options.ts'
import { assertReader, readersOf, recordersOf } from './shown-recorders.ts'

/** What was asked for a scrape, and may have taken a while to answer. */
export interface Collected {
  readonly readers: readonly NamedReader[]
  readonly registryPage: RegistryPage | undefined
}

/** What stands on a page, in no format yet. */
export interface PageContent {
  /** Asks the recorders and the registry, all at once. */
  collect(): Promise<Collected>
  /**
   * The recorders' families, then those of the sources, which are read here.
   *
   * @throws InvalidArgumentError where one name would stand for two metrics
   */
  families(collected: Collected): Family[]
}

export function pageContent(
  options: MetricsHandlerOptions,
  report: (error: unknown) => void,
): PageContent {
  const { registry, sources = [], maxSamples = DEFAULT_MAX_SAMPLES, labels = {} } = options
  const recorders = recordersOf(options)
  const isFixed = recorders.every(({ recorder }) => typeof recorder !== 'function')
  let lastFamilies: readonly RecorderFamily[] | undefined

  /** The same as the last time where the recorders are: what belongs to them is kept as long. */
  function recorderFamilies(readers: readonly NamedReader[]): readonly RecorderFamily[] {
    if (!isFixed) return familiesOf(readers)
    lastFamilies ??= familiesOf(readers)
    return lastFamilies
  }

  return {
    async collect() {
      const [readers, registryPage] = await Promise.all([
        readersOf(recorders),
        registry && pageOf(registry),
      ])
      return { readers, registryPage }
    },
    families({ readers, registryPage }) {
      const own = recorderFamilies(readers)
      if (registryPage !== undefined) assertNoTwins(registryPage, own)
      const isOurs = namesTakenBy(own)
      const isTaken = (name: string) =>
        isOurs(name) || (registryPage !== undefined && hasFamily(registryPage, name))
      const others = readSources(sources, { maxSamples, labels, isTaken, report })
      return [...own, ...others.map(sampleFamily)]
    },
  }
}

async function pageOf(registry: MetricsRegistry): Promise<RegistryPage> {
  const format = registryFormat(registry)
  const text = await registry.metrics()
  if (typeof text !== 'string') {
    throw new InvalidArgumentError('registry.metrics()', 'text', text)
  }
  return { format, text }
}

/**
 * What can be told before the first scrape is told at once.
 *
 * @throws InvalidArgumentError where it cannot stand on one page; and what a source throws that cannot be read now
 */
export function assertShown(options: MetricsHandlerOptions): void {
  const recorders = recordersOf(options)
  const { sources = [], maxSamples = DEFAULT_MAX_SAMPLES, labels = {} } = options
  for (const all of [labels, ...recorders.map(({ labels }) => labels)]) assertLabelTexts(all)
  for (const { recorder } of recorders) {
    if (typeof recorder !== 'function') assertReader('recorder', recorder)
  }
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
