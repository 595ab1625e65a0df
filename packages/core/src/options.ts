import { InvalidArgumentError } from './errors.ts'
import { nearest } from './nearest.ts'

export { listed, nearest, suggestion } from './nearest.ts'

/**
 * Refuses what is no option: `alhpa` would otherwise be left out without a word.
 *
 * An error calls an option as the caller wrote it: by its name alone, or by its path where it stands in another
 * (`window.seconds`, `methods.age.threshold`, `recorders[0].labels`).
 *
 * @param argument - where they stand: `options` for those of a function itself, else the path of the object
 * @param known - every option there is: `{ alpha: true, … } satisfies Record<keyof Options, true>`
 * @throws InvalidArgumentError that names the nearest option
 * @example
 * assertOptions('options', { alhpa: 0.01 }, { alpha: true }) // "alhpa" must be an option: "alpha", maybe, received 0.01
 */
export function assertOptions(
  argument: string,
  options: object,
  known: Readonly<Record<string, unknown>>,
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
    throw new InvalidArgumentError(optionPath(argument, name), `an option: ${cure}`, received)
  }
}

/** What an error calls an option that stands in `argument`. */
export function optionPath(argument: string, name: string): string {
  return argument === 'options' ? name : `${argument}.${name}`
}
