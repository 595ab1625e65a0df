/**
 * What a plain object holds under a name from outside: `constructor`, `toString` and `__proto__` are names like any
 * other, and are found only where the object has them itself.
 *
 * @example
 * ownValue({ age: 1 }, 'constructor') // undefined
 */
export function ownValue<T>(
  record: { readonly [name: string]: T } | undefined,
  name: string,
): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}
