import { librariesOf, type OptionSpecs } from './option-spec.ts'

/**
 * The options of a function of the library, out of those of the command that fill them; what was not said is left
 * out, so that the defaults are those of the library.
 *
 * @param library - the first part of what they fill, such as `drift`
 */
export function libraryOptions<Options extends object>(
  library: string,
  specs: OptionSpecs,
  values: Readonly<Record<string, unknown>>,
): Options {
  const options: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    const { fills = [] } = specs[name]!
    if (value === undefined) continue
    for (const path of [fills].flat()) {
      const [first, ...keys] = path.split('.')
      if (first === library) fill(options, keys, value)
    }
  }
  return options as Options
}

/** The names come from the table, not from outside. */
function fill(options: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  const [key, ...rest] = keys
  if (rest.length === 0) {
    options[key!] = value
    return
  }
  options[key!] ??= {}
  fill(options[key!] as Record<string, unknown>, rest, value)
}

/**
 * What the command calls an option of the library: that of the longest part of its path, and what of the path is left.
 *
 * @param path - such as `drift.types.age`
 */
export function flagFor(
  specs: OptionSpecs,
  path: string,
): { readonly flag: string; readonly rest: string } | null {
  const found = Object.entries(specs).flatMap(([flag, spec]) =>
    librariesOf(spec)
      .filter((own) => path === own || path.startsWith(`${own}.`))
      .map((own) => ({ flag, length: own.length })),
  )
  const [best] = found.sort((a, b) => b.length - a.length)
  return best === undefined ? null : { flag: best.flag, rest: path.slice(best.length + 1) }
}
