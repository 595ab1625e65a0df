import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suggestion } from './nearest.ts'
import { type OptionSpecs, type OptionValues, validOptions } from './options.ts'
import { UsageError } from './usage-error.ts'

/** Looked for where the command is started. */
export const CONFIG_NAMES = [
  'tidegauge.config.json',
  'tidegauge.config.js',
  'tidegauge.config.mjs',
] as const

/** What a config file says; `reference` and `current` stand for the arguments. */
export interface ConfigFile<Specs extends OptionSpecs> {
  readonly values: OptionValues<Specs>
  readonly reference: string | undefined
  readonly current: string | undefined
}

/**
 * Reads the config file that `--config` names, or the one beside which the command was started.
 *
 * Its keys are the options in camelCase. A `.js` or `.mjs` file is run: its default export is the config.
 *
 * @throws UsageError where it cannot be read, or a key or a value is not what it must be
 */
export async function readConfig<const Specs extends OptionSpecs>(
  named: string | undefined,
  specs: Specs,
): Promise<ConfigFile<Specs>> {
  const path = named ?? CONFIG_NAMES.find((name) => existsSync(name))
  if (path === undefined) return { values: {}, reference: undefined, current: undefined }
  const raw = await contentsOf(path)
  const known = new Map(Object.keys(specs).map((option) => [camelCase(option), option]))
  const options: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(raw)) {
    if (PATHS.includes(key)) continue
    const option = known.get(key)
    if (option === undefined) {
      const keys = [...known.keys(), ...PATHS]
      throw new UsageError(`${path}: there is no option "${key}"${suggestion(key, keys)}`)
    }
    options[option] = value
  }
  return {
    values: validOptions(options, specs, (option) => `${path}: "${camelCase(option)}"`),
    reference: pathIn(path, raw, 'reference'),
    current: pathIn(path, raw, 'current'),
  }
}

const PATHS = ['reference', 'current']

async function contentsOf(path: string): Promise<Readonly<Record<string, unknown>>> {
  const value = /\.[mc]?js$/.test(path) ? await importedFrom(path) : parsedFrom(path)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
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

function pathIn(
  path: string,
  raw: Readonly<Record<string, unknown>>,
  key: string,
): string | undefined {
  const value = raw[key]
  if (value === undefined || typeof value === 'string') return value
  throw new UsageError(`${path}: "${key}" must be a path, received ${JSON.stringify(value)}`)
}

function camelCase(option: string): string {
  return option.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
