import { visibleText } from '@tidegauge/core/internal'
import { UsageError } from '../../usage-error.ts'

/** @param why - one clause with the cure; texts from the file in it are made harmless here */
export function cannotRead(label: string, why: string): UsageError {
  return new UsageError(`cannot read ${visibleText(label)}: ${visibleText(why)}`)
}

/** A text from the data in an error: short. */
export function shortened(text: string, most = 40): string {
  const characters = [...text.slice(0, 4 * most)]
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : characters.join('')
}
