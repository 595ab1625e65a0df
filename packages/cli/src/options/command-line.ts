import { parseArgs } from 'node:util'
import { ownValue } from '@tidegauge/core'
import { listed, suggestion } from '../nearest.ts'
import { UsageError } from '../usage-error.ts'

/** An option as the command line and the config file know it. */
export interface OptionSpec {
  /** `list`: repeated, or with commas; `map`: `column=value`, repeated. */
  readonly kind: 'text' | 'number' | 'flag' | 'list' | 'map'
  readonly oneOf?: readonly string[]
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

type ValueOf<Spec extends OptionSpec> = Spec['kind'] extends 'text'
  ? Spec['oneOf'] extends readonly string[]
    ? Spec['oneOf'][number]
    : string
  : Spec['kind'] extends 'number'
    ? number
    : Spec['kind'] extends 'flag'
      ? boolean
      : Spec['kind'] extends 'list'
        ? Spec['oneOf'] extends readonly string[]
          ? ReadonlyArray<Spec['oneOf'][number]>
          : readonly string[]
        : Readonly<Record<string, string>>

/** What was said; an option that was not is absent. */
export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]?: ValueOf<Specs[Name]>
}

/** The key of a map for a value without a column: `--method psi`. */
export const EVERY_COLUMN = ''

export interface CommandLine<Specs extends OptionSpecs> {
  readonly values: OptionValues<Specs>
  readonly positionals: readonly string[]
  readonly help: boolean
  readonly config: string | undefined
}

/**
 * @param takesConfig - whether the command reads a config file, which `--config` names
 * @throws UsageError where an option does not exist, or its value is not what it must be
 */
export function parseCommandLine<const Specs extends OptionSpecs>(
  command: string,
  args: readonly string[],
  specs: Specs,
  { takesConfig = true }: { readonly takesConfig?: boolean } = {},
): CommandLine<Specs> {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { kind }]) => [
      name,
      {
        type: kind === 'flag' ? ('boolean' as const) : ('string' as const),
        multiple: kind === 'list' || kind === 'map',
      },
    ]),
  )
  const parsed = parseOrExplain(command, args, {
    ...options,
    help: { type: 'boolean', short: 'h' },
    ...(takesConfig && { config: { type: 'string' } as const }),
  })
  const { help, config, ...values } = parsed.values
  return {
    values: validOptions(values, specs, (name) => `--${name}`),
    positionals: parsed.positionals,
    help: help === true,
    config: config as string | undefined,
  }
}

/** What the command line says goes before what the file says: of a map, column by column. */
export function overlaid<const Specs extends OptionSpecs>(
  specs: Specs,
  file: OptionValues<Specs>,
  line: OptionValues<Specs>,
): OptionValues<Specs> {
  const maps = Object.keys(specs).filter(
    (name) => ownValue(specs, name)!.kind === 'map' && Object.hasOwn(line, name),
  )
  const merged = maps.map((name) => [
    name,
    { ...(file[name] as object), ...(line[name] as object) },
  ])
  return { ...file, ...line, ...Object.fromEntries(merged) }
}

type ParseOptions = NonNullable<Parameters<typeof parseArgs>[0]>['options']

function parseOrExplain(command: string, args: readonly string[], options: ParseOptions) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: options! })
  } catch (error) {
    const message = (error as Error).message.split(/\.\s/)[0]!
    const unknown = /Unknown option '--?([^']*)'/.exec(message)?.[1]
    const hint = unknown === undefined ? '' : suggestion(unknown, Object.keys(options!), '--')
    throw new UsageError(`${message}${hint} (see tidegauge ${command} --help)`)
  }
}

/**
 * Checks raw values, of the command line or of a config file.
 *
 * @param nameIn - how the user wrote an option
 * @throws UsageError where one is not what it must be
 */
export function validOptions<const Specs extends OptionSpecs>(
  raw: Readonly<Record<string, unknown>>,
  specs: Specs,
  nameIn: (option: string) => string,
): OptionValues<Specs> {
  const values = Object.entries(raw).flatMap(([name, value]) => {
    const spec = ownValue(specs, name)
    if (spec === undefined || value === undefined) return []
    return [[name, validValue(nameIn(name), spec, value)]]
  })
  return Object.fromEntries(values) as OptionValues<Specs>
}

function validValue(option: string, { kind, oneOf }: OptionSpec, value: unknown): unknown {
  switch (kind) {
    case 'flag':
      if (typeof value === 'boolean') return value
      throw new UsageError(`${option} must be true or false, received ${show(value)}`)
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      if (typeof number === 'number' && Number.isFinite(number)) return number
      throw new UsageError(`${option} must be a number, received ${show(value)}`)
    }
    case 'text':
      return validText(option, oneOf, value)
    case 'list': {
      const items = (Array.isArray(value) ? value : [value]).flatMap((item) => {
        return typeof item === 'string' ? item.split(',').map((part) => part.trim()) : [item]
      })
      if (Array.isArray(value) && oneOf === undefined && !option.startsWith('--')) {
        // In a file a list is a list: a comma belongs to the name.
        return value.map((item) => validText(option, oneOf, item))
      }
      return items.map((item) => validText(option, oneOf, item))
    }
    case 'map':
      return validMap(option, oneOf, value)
  }
}

function validText(option: string, oneOf: readonly string[] | undefined, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new UsageError(`${option} must be a text, received ${show(value)}`)
  }
  if (oneOf === undefined || oneOf.includes(value)) return value
  throw new UsageError(
    `${option} must be one of ${listed(oneOf)}, received ${value}${suggestion(value, oneOf)}`,
  )
}

function validMap(
  option: string,
  oneOf: readonly string[] | undefined,
  value: unknown,
): Readonly<Record<string, string>> {
  const pairs: Array<readonly [string, unknown]> = Array.isArray(value)
    ? value.map((item) => pairOf(option, item))
    : typeof value === 'string'
      ? [pairOf(option, value)]
      : typeof value === 'object' && value !== null
        ? Object.entries(value)
        : [[EVERY_COLUMN, value]]
  return Object.fromEntries(pairs.map(([key, text]) => [key, validText(option, oneOf, text)]))
}

/** A column's name may hold an equals sign, what stands behind it does not. */
function pairOf(option: string, item: unknown): readonly [string, string] {
  if (typeof item !== 'string') {
    throw new UsageError(`${option} must be column=value, received ${show(item)}`)
  }
  const at = item.lastIndexOf('=')
  return at < 0 ? [EVERY_COLUMN, item] : [item.slice(0, at), item.slice(at + 1)]
}

/** A value for an error message: cut, and however deep it is. */
export function show(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? `a list of ${value.length}` : 'an object'
  }
  const text = typeof value === 'string' ? `"${value}"` : String(value)
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}

const LONGEST_SHOWN = 80
