import type { ReadFamily, ReadPart } from '../sources/read-sources.ts'

/** Counters or gauges that were read from sources. */
export interface SampleFamily {
  readonly type: 'gauge' | 'counter'
  /** Of a counter: with its `_total`. */
  readonly name: string
  readonly help: string
  readonly unit: ''
  readonly series: readonly ReadPart[]
}

export function sampleFamily({ name, help, kind, parts }: ReadFamily): SampleFamily {
  return {
    type: kind,
    name: kind === 'counter' ? `${name}_total` : name,
    help,
    unit: '',
    series: parts,
  }
}
