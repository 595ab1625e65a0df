import { visibleText } from '@tidegauge/core/internal'
import { SourceError } from '../../source-error.ts'

/** @param why - one clause with the cure; texts from the file in it are made harmless here */
export function cannotRead(label: string, why: string): SourceError {
  return new SourceError(`cannot read ${visibleText(label)}: ${visibleText(why)}`)
}
