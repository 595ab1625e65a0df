import { InvalidArgumentError } from '@tidegauge/core'

/**
 * The object with its keys known: options come from JSON and YAML files too, where `treshold` would
 * otherwise be left out without a word.
 *
 * The values are as they came: each is still to be checked.
 */
export function onlyKeys<T>(
  argument: string,
  value: unknown,
  keys: readonly (keyof T & string)[],
): { readonly [K in keyof T]?: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError(argument, 'an object', value)
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key as keyof T & string))
  if (unknown !== undefined) {
    throw new InvalidArgumentError(
      argument,
      `an object of ${keys.join(', ')} alone`,
      `"${unknown}"`,
    )
  }
  return value as { readonly [K in keyof T]?: unknown }
}
