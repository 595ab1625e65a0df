import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suggestion } from '../nearest.ts'
import { UsageError } from '../usage-error.ts'
import { type OptionSpecs, type OptionValues, show, validOptions } from './command-line.ts'
import { DRIFT_OPTIONS } from './drift-options.ts'

/** Looked for where the command is started. */
export const CONFIG_NAMES = [
  'tidegauge.config.json',
  'tidegauge.config.js',
  'tidegauge.config.mjs',
] as const

/** What a config file says to a command; `paths` stand for its arguments. */
export interface ConfigFile<Specs extends OptionSpecs, Path extends string> {
  readonly values: OptionValues<Specs>
  readonly paths: { readonly [Name in Path]?: string }
}

type Contents = Readonly<Record<string, unknown>>

/** Commands whose options stand below their name; those of `drift` stand at the top. */
const SECTIONS = ['profile', 'report'] as const

/**
 * Reads the config file that `--config` names, or the one beside which the command was started.
 *
 * Its keys are the options in camelCase. A `.js` or `.mjs` file is run: its default export is the config.
 *
 * @param paths - what the file calls the command's arguments
 * @throws UsageError where it cannot be read, or a key or a value is not what it must be
 */
export async function readConfig<const Specs extends OptionSpecs, const Path extends string>(
  named: string | undefined,
  command: 'drift' | (typeof SECTIONS)[number],
  specs: Specs,
  paths: readonly Path[],
): Promise<ConfigFile<Specs, Path>> {
  const file = named ?? CONFIG_NAMES.find((name) => existsSync(name))
  if (file === undefined) return { values: {}, paths: {} }
  const raw = await contentsOf(file)
  assertKeys(file, raw, DRIFT_OPTIONS, SECTIONS)
  const isTop = command === 'drift'
  const own = isTop ? raw : (raw[command] ?? {})
  if (!isObject(own)) throw new UsageError(`${file}: "${command}" must be an object of options`)
  if (!isTop) assertKeys(`${file}: "${command}"`, own, specs, paths)
  const nameOf = (key: string) => `${file}: "${isTop ? '' : `${command}.`}${key}"`
  const options = Object.keys(specs).map((option) => [option, own[camelCase(option)]])
  return {
    values: validOptions(Object.fromEntries(options), specs, (option) => nameOf(camelCase(option))),
    paths: pathsIn(own, paths, nameOf),
  }
}

function assertKeys(
  where: string,
  contents: Contents,
  specs: OptionSpecs,
  others: readonly string[],
): void {
  const known = [...Object.keys(specs).map(camelCase), ...others]
  for (const key of Object.keys(contents)) {
    if (known.includes(key)) continue
    throw new UsageError(`${where}: there is no option "${key}"${suggestion(key, known)}`)
  }
}

function pathsIn<Path extends string>(
  own: Contents,
  names: readonly Path[],
  nameOf: (key: string) => string,
): { readonly [Name in Path]?: string } {
  const paths: { [Name in Path]?: string } = {}
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

function camelCase(option: string): string {
  return option.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
