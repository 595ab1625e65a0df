import { InvalidArgumentError } from './errors.ts'
import { nearest } from './nearest.ts'

export { listed, nearest, suggestion } from './nearest.ts'

/**
 * Refuses what is no option: `alhpa` would otherwise be left out without a word.
 *
 * @param argument - what an error calls the options
 * @param known - every option there is: `{ alpha: true, … } satisfies Record<keyof Options, true>`
 * @throws InvalidArgumentError that names the nearest option
 * @example
 * assertOptions('options', { alhpa: 0.01 }, { alpha: true }) // "options.alhpa" must be an option: "alpha", maybe, received 0.01
 */
export function assertOptions(
  argument: string,
  options: object,
  known: Readonly<Record<string, true>>,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidArgumentError(argument, 'an object of options', options)
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, name)) continue
    const names = Object.keys(known)
    const meant = nearest(name, names)
    const cure = meant === undefined ? `one of ${names.join(', ')}` : `"${meant}", maybe`
    // Not a text itself: what was meant may be a token or a key, which would end up in a log.
    const received = typeof value === 'string' ? 'text' : value
    throw new InvalidArgumentError(`${argument}.${name}`, `an option: ${cure}`, received)
  }
}
