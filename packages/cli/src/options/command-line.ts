import { parseArgs } from 'node:util'
import { ownValue } from '@tidegauge/core/internal'
import { listed, nearest, suggestion } from '@tidegauge/core/options'
import { UsageError } from '../usage-error.ts'
import { COMMAND_NAMES, COMMANDS, type CommandName } from './commands.ts'
import {
  configKey,
  EVERY_COLUMN,
  type OptionSpec,
  type OptionSpecs,
  type OptionValues,
} from './option-spec.ts'

export interface CommandLine<Specs extends OptionSpecs> {
  readonly values: OptionValues<Specs>
  readonly positionals: readonly string[]
  readonly help: boolean
  readonly config: string | undefined
}

/** @throws UsageError where an option does not exist, or its value is not what it must be */
export function parseCommandLine<const Specs extends OptionSpecs>(
  command: CommandName,
  args: readonly string[],
  specs: Specs,
): CommandLine<Specs> {
  const typed = Object.entries(specs).filter(([, { fileOnly }]) => fileOnly !== true)
  const options = Object.fromEntries(
    typed.map(([name, { kind, short }]) => [
      name,
      {
        type: kind === 'flag' ? ('boolean' as const) : ('string' as const),
        multiple: kind === 'list' || kind === 'map',
        ...(short !== undefined && { short }),
      },
    ]),
  )
  const parsed = parseOrExplain(command, args, options)
  const { help, config, ...values } = parsed.values
  // Who asks for help is not told first what is wrong with the rest.
  return {
    values: help === true ? {} : validOptions(values, specs, (name) => `--${name}`),
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

function parseOrExplain(command: CommandName, args: readonly string[], options: ParseOptions) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: options! })
  } catch (error) {
    const message = (error as Error).message.split(/\.\s/)[0]!
    const unknown = /Unknown option '--?([^']*)'/.exec(message)?.[1]
    const hint = unknown === undefined ? '' : hintFor(unknown, Object.keys(options!))
    throw new UsageError(`${message}${hint} (see tidegauge ${command} --help)`)
  }
}

/** The nearest name, as the command line or a config file writes it; else whose it is. */
function hintFor(unknown: string, names: readonly string[]): string {
  const written = new Map(
    names.flatMap(
      (name) =>
        [
          [name, name],
          [configKey(name), name],
        ] as const,
    ),
  )
  const inFile = COMMAND_NAMES.some((name) => ownValue(COMMANDS[name].options, unknown)?.fileOnly)
  if (inFile) return '; it stands in a config file alone: others see a command line'
  const near = nearest(unknown, [...written.keys()])
  if (near !== undefined) return `; did you mean --${written.get(near)}?`
  const others = COMMAND_NAMES.filter((name) => Object.hasOwn(COMMANDS[name].options, unknown))
  if (others.length === 0) return ''
  return `; it is an option of tidegauge ${others.join(', ')}`
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

function validValue(option: string, spec: OptionSpec, value: unknown): unknown {
  switch (spec.kind) {
    case 'flag':
      if (typeof value === 'boolean') return value
      throw new UsageError(`${option} must be true or false, received ${show(value)}`)
    case 'number':
      return within(option, spec, validNumber(option, value))
    case 'text':
      return validText(option, spec.oneOf, value)
    case 'list': {
      const { oneOf, mayBeEmpty = false } = spec
      const valid = (item: unknown) =>
        mayBeEmpty && item === '' ? item : validText(option, oneOf, item)
      const items = (Array.isArray(value) ? value : [value]).flatMap((item) => {
        return typeof item === 'string' ? item.split(',').map((part) => part.trim()) : [item]
      })
      if (Array.isArray(value) && oneOf === undefined && !option.startsWith('--')) {
        // In a file a list is a list: a comma belongs to the name.
        return value.map(valid)
      }
      return items.map(valid)
    }
    case 'map':
      return validMap(option, spec, value)
  }
}

type Spec<Kind extends OptionSpec['kind']> = Extract<OptionSpec, { readonly kind: Kind }>

function validNumber(option: string, value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw new UsageError(`${option} must be a number, received ${show(value)}`)
}

function within(option: string, spec: Spec<'number'>, number: number): number {
  const { whole = false, least = -Infinity, above = -Infinity, most = Infinity } = spec
  const isInside = number >= least && number > above && number <= most
  if (isInside && (!whole || Number.isInteger(number))) return number
  throw new UsageError(`${option} must ${boundsOf(spec)}, received ${number}`)
}

function boundsOf({ whole, least, above, most }: Spec<'number'>): string {
  if (whole) return `be a whole number of at least ${least}`
  return above === undefined
    ? `lie from ${least} to ${most}`
    : `lie above ${above} and be at most ${most}`
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
  spec: Spec<'map'>,
  value: unknown,
): Readonly<Record<string, string | number>> {
  const form = spec.value?.slice(1, -1) ?? 'key=value'
  const pairs: Array<readonly [string, unknown]> = Array.isArray(value)
    ? value.map((item) => pairOf(option, form, item))
    : typeof value === 'string'
      ? [pairOf(option, form, value)]
      : typeof value === 'object' && value !== null
        ? Object.entries(value)
        : [[EVERY_COLUMN, value]]
  return Object.fromEntries(
    pairs.map(([key, item]) => {
      if (key === EVERY_COLUMN && !spec.every) {
        throw new UsageError(`${option} must be ${form}, received ${show(item)}`)
      }
      if (spec.keys !== undefined)
        validText(`the ${form.split('=')[0]} in ${option}`, spec.keys, key)
      return [key, validItem(option, spec, key, item)]
    }),
  )
}

function validItem(option: string, spec: Spec<'map'>, key: string, item: unknown): string | number {
  return spec.numbers ? validNumber(`${option} ${key}`, item) : validText(option, spec.oneOf, item)
}

/** A column's name may hold an equals sign, what stands behind it does not. */
function pairOf(option: string, form: string, item: unknown): readonly [string, string] {
  if (typeof item !== 'string') {
    throw new UsageError(`${option} must be ${form}, received ${show(item)}`)
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
