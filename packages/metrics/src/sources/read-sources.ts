import {
  InvalidArgumentError,
  type MetricFamily,
  type MetricSample,
  type MetricSource,
  TidegaugeError,
} from '@tidegauge/core'
import { assertFamily, assertSample, wellFormed } from './check-family.ts'

/** A family as it was when its sources were read: checked, copied, and without doubles. */
export interface ReadFamily {
  /** Without `_total`. */
  readonly name: string
  readonly help: string
  readonly kind: MetricFamily['kind']
  /** Each process must have series of its own. */
  readonly perReplica: boolean
  /** One from each source that has it: their labels may have other names. */
  readonly parts: readonly ReadPart[]
}

export interface ReadPart {
  readonly labelNames: readonly string[]
  readonly samples: readonly ReadSample[]
  /** When its counters were 0; undefined where that is not told. */
  readonly startTime: number | undefined
}

export interface ReadSample extends MetricSample {
  /** The same for the same series, and for no other, whatever the order of its labels. */
  readonly key: string
}

export interface ReadSourcesOptions {
  /** Of each source. */
  readonly maxSamples: number
  /** Before those of each sample. */
  readonly labels?: Readonly<Record<string, string>>
  /** Whether others on the page have a metric of that name. */
  readonly isTaken?: (name: string) => boolean
  /** Told of all that is left out. */
  readonly report: (error: unknown) => void
}

/** What a source may show unless it is told otherwise. */
export const DEFAULT_MAX_SAMPLES = 10_000

/**
 * All families of all sources, those of one name together. Each source is read in one go, so that its samples
 * agree.
 *
 * What cannot be shown is left out and told, and the rest is shown: a sample, a family, or what follows where
 * a source throws.
 */
export function readSources(
  sources: readonly MetricSource[],
  options: ReadSourcesOptions,
): ReadFamily[] {
  const page = new Page(options)
  sources.forEach((source, i) => {
    readSource(source, `sources[${i}]`, page, options)
  })
  return [...page.families.values()]
}

/**
 * Reads the sources once, so that what is wrong with them is told where they are handed over.
 *
 * @throws InvalidArgumentError on a name or a value that cannot be shown; and whatever a source throws
 */
export function assertSources(
  sources: readonly MetricSource[],
  options: Omit<ReadSourcesOptions, 'report'>,
): ReadFamily[] {
  if (!Array.isArray(sources)) throw new InvalidArgumentError('sources', 'an array', sources)
  sources.forEach((source, i) => {
    if (typeof source?.families !== 'function') {
      throw new InvalidArgumentError(
        `sources[${i}]`,
        'a MetricSource, which has families()',
        source,
      )
    }
  })
  const { maxSamples } = options
  if (!(Number.isSafeInteger(maxSamples) && maxSamples >= 1)) {
    throw new InvalidArgumentError('maxSamples', 'a whole number from 1', maxSamples)
  }
  return readSources(sources, {
    ...options,
    report(error) {
      if (!(error instanceof TooManySamplesError)) throw error
    },
  })
}

class TooManySamplesError extends TidegaugeError {
  override readonly name = 'TooManySamplesError'

  constructor(source: string, maxSamples: number) {
    super(
      'ERR_TOO_MANY_SAMPLES',
      `${source} has more than ${maxSamples} samples, the others are left out: give it fewer labels, or raise maxSamples`,
    )
  }
}

function readSource(
  source: MetricSource,
  title: string,
  page: Page,
  { maxSamples, report }: ReadSourcesOptions,
): void {
  // A family without samples counts too: there may be no end of them.
  let left = maxSamples
  let i = 0
  try {
    for (const family of source.families()) {
      if (left <= 0) {
        report(new TooManySamplesError(title, maxSamples))
        return
      }
      const taken = readFamily(family, `${title}.families()[${i++}]`, page, left, report)
      if (taken > left) report(new TooManySamplesError(title, maxSamples))
      left -= Math.max(taken, 1)
    }
  } catch (error) {
    report(error)
  }
}

/** @returns how many samples it has, at most one more than there is room for */
function readFamily(
  family: MetricFamily,
  title: string,
  page: Page,
  room: number,
  report: ReadSourcesOptions['report'],
): number {
  let count = 0
  let fault: unknown
  try {
    const draft = page.draft(family, title)
    for (const sample of family.samples) {
      if (++count > room) break
      try {
        draft.add(sample, `${title}.samples[${count - 1}]`)
      } catch (error) {
        fault ??= error
      }
    }
    draft.finish()
  } catch (error) {
    fault = error
  }
  if (fault !== undefined) report(fault)
  return count
}

interface Draft {
  add(sample: MetricSample, title: string): void
  /** Shows it. Before, nothing of it is on the page. */
  finish(): void
}

/** What has been read, and which names and series are taken by it. */
class Page {
  readonly families = new Map<string, ReadFamily & { perReplica: boolean; parts: ReadPart[] }>()
  private readonly names = new Map<string, string>()
  private readonly series = new Set<string>()
  private readonly labelNames: readonly string[]
  private readonly labelValues: readonly string[]
  private readonly isTaken: (name: string) => boolean

  constructor({ labels = {}, isTaken = () => false }: ReadSourcesOptions) {
    this.labelNames = Object.keys(labels)
    this.labelValues = Object.values(labels)
    this.isTaken = isTaken
  }

  /** @throws InvalidArgumentError where the family cannot be shown */
  draft(family: MetricFamily, title: string): Draft {
    assertFamily(family, title, this.labelNames)
    const { name, kind } = family
    const perReplica = family.perReplica === true
    this.assertNameIsFree(family, title)
    const keyOf = seriesKeys(family)
    const samples: ReadSample[] = []
    const keys = new Set<string>()
    return {
      add: (sample, title) => {
        assertSample(sample, family, title)
        const labelValues = sample.labelValues.map(wellFormed)
        const key = keyOf(labelValues)
        if (keys.has(key) || this.series.has(key)) {
          throw new InvalidArgumentError(title, `the only one of its labels in ${name}`, 'another')
        }
        keys.add(key)
        samples.push({
          key,
          labelValues: [...this.labelValues, ...labelValues],
          value: sample.value,
        })
      },
      finish: () => {
        for (const key of keys) this.series.add(key)
        for (const each of namesOf(family)) this.names.set(each, name)
        const labelNames = [...this.labelNames, ...family.labelNames]
        const part = { labelNames, samples, startTime: family.startTime }
        const earlier = this.families.get(name)
        if (earlier !== undefined) {
          earlier.parts.push(part)
          earlier.perReplica ||= perReplica
          return
        }
        const help = wellFormed(family.help)
        this.families.set(name, { name, help, kind, perReplica, parts: [part] })
      },
    }
  }

  private assertNameIsFree(family: MetricFamily, title: string): void {
    const { name, kind } = family
    const earlier = this.families.get(name)
    if (earlier?.kind === kind) return
    const twin = namesOf(family).find((each) => this.names.has(each) || this.isTaken(each))
    if (twin === undefined) return
    throw new InvalidArgumentError(`${title}.name`, 'that of no other metric on the page', twin)
  }
}

/** A counter has a name without the suffix in OpenMetrics, and with it on every sample. */
function namesOf({ name, kind }: MetricFamily): string[] {
  return kind === 'counter' ? [name, `${name}_total`] : [name]
}

/** Unambiguous for any text; an empty label is the same as none. */
function seriesKeys({ name, labelNames }: MetricFamily): (values: readonly string[]) => string {
  const order = labelNames.map((_, i) => i)
  order.sort((a, b) => (labelNames[a]! < labelNames[b]! ? -1 : 1))
  const heads = labelNames.map((label) => `,${label}=`)
  return (values) => {
    let key = name
    for (const i of order) {
      const value = values[i]!
      if (value !== '') key += `${heads[i]!}${value.length}:${value}`
    }
    return key
  }
}
