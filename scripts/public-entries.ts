import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Shared by the packages themselves: no public API (see the README of core). */
const INTERNAL = new Set([
  ...['internal', 'options', 'http-access', 'http-exchange', 'hashes'].map(
    (name) => `@tidegauge/core/${name}`,
  ),
  '@tidegauge/drift/internal',
  '@tidegauge/sources/internal',
  '@tidegauge/sources/files/internal',
])

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>
}

export interface PublicEntry {
  /** Below `packages`. */
  readonly folder: string
  /** `.`, `./evidently` … */
  readonly subpath: string
  /** As it is imported: `@tidegauge/drift/evidently`. */
  readonly specifier: string
  /** The path of its source. */
  readonly source: string
}

/** What the packages give to others, package by package. */
export function publicEntries(): PublicEntry[] {
  const packages = fileURLToPath(new URL('../packages', import.meta.url))
  return readdirSync(packages)
    .sort()
    .flatMap((folder) => {
      const manifest = join(packages, folder, 'package.json')
      if (!existsSync(manifest)) return []
      const { name, exports = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest
      return Object.entries(exports).flatMap(([subpath, entry]) => {
        const source = typeof entry === 'string' ? undefined : entry['tidegauge-source']
        const specifier = `${name}${subpath.slice(1)}`
        if (typeof source !== 'string' || INTERNAL.has(specifier)) return []
        return [{ folder, subpath, specifier, source: join(packages, folder, source) }]
      })
    })
}
