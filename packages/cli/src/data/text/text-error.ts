import { visibleText } from '@tidegauge/core/internal'
import { UsageError } from '../../usage-error.ts'

/** @param why - one clause with the cure; texts from the file in it are made harmless here */
export function cannotRead(label: string, why: string): UsageError {
  return new UsageError(`cannot read ${visibleText(label)}: ${visibleText(why)}`)
}
