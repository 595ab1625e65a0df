import { randomBytes } from 'node:crypto'
import { InvalidArgumentError } from '@tidegauge/core'
import type { ReadFamily, ReadPart } from './read-sources.ts'

export interface ReplicaOptions {
  /**
   * The label `replica` of counts that a fleet adds up, such as a feature monitor's: without it, processes whose resource
   * has no `service.instance.id` write into one series, where each turn reads as a restart. Random for each process by
   * default; false: none, for a reader that is scraped.
   */
  readonly replica?: string | false
}

/** Of this process: 64 random bits. */
const OWN = randomBytes(8).toString('hex')

/**
 * What a family's points have beside the labels of their samples.
 *
 * @throws InvalidArgumentError where `replica` is no text
 */
export function replicaLabels({
  replica = OWN,
}: ReplicaOptions): (family: ReadFamily, part: ReadPart) => { readonly replica?: string } {
  if (replica !== false && (typeof replica !== 'string' || replica === '')) {
    throw new InvalidArgumentError('replica', 'text that no other process has, or false', replica)
  }
  const own = replica === false ? {} : { replica }
  return ({ perReplica }, { labelNames }) =>
    perReplica && !labelNames.includes('replica') ? own : {}
}
