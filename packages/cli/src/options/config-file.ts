import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suggestion } from '@tidegauge/core/options'
import { UsageError } from '../usage-error.ts'
import { show, validOptions } from './command-line.ts'
import { COMMAND_NAMES, COMMANDS, type CommandName } from './commands.ts'
import { configKey, type OptionSpecs, type OptionValues } from './option-spec.ts'

/** Looked for where the command is started. */
const CONFIG_NAMES = [
  'tidegauge.config.json',
  'tidegauge.config.js',
  'tidegauge.config.mjs',
] as const

/** What a config file says to a command; `paths` stand for its arguments. */
export interface ConfigFile<Specs extends OptionSpecs> {
  readonly values: OptionValues<Specs>
  readonly paths: Readonly<Record<string, string>>
}

type Contents = Readonly<Record<string, unknown>>

/** Commands whose options stand below their name; those of one stand at the top. */
const PARTS = COMMAND_NAMES.filter((name) => COMMANDS[name].config === 'part')
const TOP = COMMAND_NAMES.find((name) => COMMANDS[name].config === 'top')!

/**
 * Reads the config file that `--config` names, or the one beside which the command was started.
 *
 * Its keys are the options in camelCase. A `.js` or `.mjs` file is run: its default export is the config.
 *
 * @throws UsageError where it cannot be read, or a key or a value is not what it must be
 */
export async function readConfig<const Specs extends OptionSpecs>(
  named: string | undefined,
  command: CommandName,
  specs: Specs,
): Promise<ConfigFile<Specs>> {
  const { paths } = COMMANDS[command]
  const file = named ?? CONFIG_NAMES.find((name) => existsSync(name))
  if (file === undefined) return { values: {}, paths: {} }
  const raw = await contentsOf(file)
  assertKeys(file, raw, COMMANDS[TOP].options, PARTS)
  const isTop = command === TOP
  const own = isTop ? raw : (raw[command] ?? {})
  if (!isObject(own)) throw new UsageError(`${file}: "${command}" must be an object of options`)
  if (!isTop) assertKeys(`${file}: "${command}"`, own, specs, paths)
  const nameOf = (key: string) => `${file}: "${isTop ? '' : `${command}.`}${key}"`
  const options = keptIn(specs).map((option) => [option, own[configKey(option)]])
  return {
    values: validOptions(Object.fromEntries(options), specs, (option) => nameOf(configKey(option))),
    paths: pathsIn(own, paths, nameOf),
  }
}

function assertKeys(
  where: string,
  contents: Contents,
  specs: OptionSpecs,
  others: readonly string[],
): void {
  const known = [...keptIn(specs).map(configKey), ...others]
  for (const key of Object.keys(contents)) {
    if (known.includes(key)) continue
    const part = PARTS.find((name) => keptIn(COMMANDS[name].options).map(configKey).includes(key))
    const hint = suggestion(key, known) || (part === undefined ? '' : `; it belongs to "${part}"`)
    throw new UsageError(`${where}: there is no option "${key}"${hint}`)
  }
}

/** What a config file may say. */
function keptIn(specs: OptionSpecs): readonly string[] {
  return Object.keys(specs).filter((option) => specs[option]!.lineOnly !== true)
}

function pathsIn(
  own: Contents,
  names: readonly string[],
  nameOf: (key: string) => string,
): Readonly<Record<string, string>> {
  const paths: Record<string, string> = {}
  for (const name of names) {
    const path = own[name]
    if (typeof path === 'string') paths[name] = path
    else if (path !== undefined) {
      throw new UsageError(`${nameOf(name)} must be a path, received ${show(path)}`)
    }
  }
  return paths
}

async function contentsOf(path: string): Promise<Contents> {
  const value = /\.[mc]?js$/.test(path) ? await importedFrom(path) : parsedFrom(path)
  if (isObject(value)) return value
  throw new UsageError(`${path}: it must hold an object of options`)
}

function parsedFrom(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(
      `cannot read ${path}: ${code === 'ENOENT' ? 'there is no such file' : `${code}`}`,
    )
  }
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw new UsageError(`${path}: it is no JSON: ${(error as Error).message}`)
  }
}

async function importedFrom(path: string): Promise<unknown> {
  if (!existsSync(path)) throw new UsageError(`cannot read ${path}: there is no such file`)
  try {
    const module = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown }
    return module.default
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message.split('\n')[0]}`)
  }
}

function isObject(value: unknown): value is Contents {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
