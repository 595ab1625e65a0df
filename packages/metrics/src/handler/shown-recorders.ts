import { InvalidArgumentError } from '@tidegauge/core'
import type { RecorderReader } from '../contract/recorder-reader.ts'
import type { NamedReader } from '../exposition/families.ts'
import { namingOf } from '../naming/naming.ts'
import type { MetricsHandlerOptions, RecorderSource } from './handler-options.ts'

/** A recorder with what it is called and labelled, whether it says so itself or the handler does. */
export interface ShownRecorder extends Omit<NamedReader, 'reader'> {
  readonly recorder: RecorderSource
}

/** @throws InvalidArgumentError on a naming that is none */
export function recordersOf({
  recorder,
  recorders = [],
  naming,
  labels,
}: MetricsHandlerOptions): readonly ShownRecorder[] {
  const all = recorder === undefined ? recorders : [{ recorder }, ...recorders]
  return all.map((one) => ({
    recorder: one.recorder,
    naming: namingOf(one.naming ?? naming),
    labels: { ...labels, ...one.labels },
  }))
}

/** @throws InvalidArgumentError where one of them gives no recorder; and what it throws itself */
export function readersOf(recorders: readonly ShownRecorder[]): Promise<NamedReader[]> {
  const readers = recorders.map(async ({ recorder, naming, labels }) => {
    const reader = typeof recorder === 'function' ? await recorder() : recorder
    assertReader('recorder', reader)
    return { reader, naming, labels }
  })
  return Promise.all(readers)
}

export function assertReader(argument: string, reader: RecorderReader): void {
  if (!Array.isArray(reader?.histograms) || typeof reader.labelsAt !== 'function') {
    throw new InvalidArgumentError(argument, 'a LatencyRecorder, or what reads as one', reader)
  }
}
