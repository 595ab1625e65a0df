import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

interface Lock {
  readonly packages: Readonly<Record<string, { readonly os?: string[]; readonly cpu?: string[] }>>
  readonly snapshots: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const lock: Lock = parse(readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8'))
const installed = manifestsIn(join(ROOT, 'node_modules/.pnpm'))

/**
 * The optional dependencies that a package declares and the lock file has not. pnpm leaves one out, without a word,
 * that cannot be had when the file is made: on machines that need it, the package is then broken.
 */
function leftOut({ snapshots, packages }: Lock, manifests: readonly Manifest[]): string[] {
  return manifests.flatMap(({ name, version, optionalDependencies = {} }) => {
    // The key may go on with the peers that it was resolved with: `vite@8.0.0(tsx@4.0.0)`.
    const places = Object.keys(snapshots).filter(
      (key) => key === `${name}@${version}` || key.startsWith(`${name}@${version}(`),
    )
    return Object.keys(optionalDependencies).flatMap((dependency) => {
      const whole = places.every((key) => {
        const found = snapshots[key]!.optionalDependencies?.[dependency]
        return found !== undefined && Object.hasOwn(packages, `${dependency}@${found}`)
      })
      return whole ? [] : [`${name}@${version} without ${dependency}`]
    })
  })
}

test('the lock file has every optional dependency of every package: the bindings of all platforms', () => {
  const withBindings = installed.filter(({ optionalDependencies }) => optionalDependencies)
  expect(withBindings.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['@duckdb/node-bindings', '@biomejs/biome', 'rollup', 'esbuild']),
  )
  expect(leftOut(lock, installed)).toEqual([])
})

test.each(Object.keys(lock.packages).filter((key) => lock.packages[key]!.os?.[0] === 'darwin'))(
  'one from which %s is missing is found out',
  (key) => {
    const { [key]: _, ...packages } = lock.packages
    const name = key.slice(0, key.lastIndexOf('@'))
    expect(leftOut({ ...lock, packages }, installed)).toEqual(
      expect.arrayContaining([expect.stringContaining(` without ${name}`)]),
    )
  },
)

/** The manifests that the packages themselves brought: what pnpm makes of them plays no part. */
function manifestsIn(store: string): Manifest[] {
  const found = new Map<string, Manifest>()
  for (const folder of readdirSync(store)) {
    if (folder === 'node_modules' || folder.endsWith('.yaml')) continue
    for (const directory of packagesIn(join(store, folder, 'node_modules'))) {
      const manifest: Manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
      found.set(`${manifest.name}@${manifest.version}`, manifest)
    }
  }
  return [...found.values()]
}

/** What is here itself; what it depends on is linked. */
function packagesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== '.bin')
    .flatMap(({ name }) =>
      name.startsWith('@') ? packagesIn(join(folder, name)) : [join(folder, name)],
    )
}
