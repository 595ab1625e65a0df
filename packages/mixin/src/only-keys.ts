import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'

/**
 * The object with its keys known: options come from JSON and YAML files too, where `treshold` would
 * otherwise be left out without a word.
 *
 * The values are as they came: each is still to be checked.
 */
export function onlyKeys<T>(
  argument: string,
  value: unknown,
  known: Readonly<Record<keyof T & string, unknown>>,
): { readonly [K in keyof T]?: unknown } {
  const given = anObject(argument, value)
  assertOptions(argument, given, known)
  return given as { readonly [K in keyof T]?: unknown }
}

/** The object, whatever its keys are. */
export function anObject(argument: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError(argument, 'an object', value)
  }
  return value as Readonly<Record<string, unknown>>
}
