import { execFile } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as drift from '../src/index.ts'

interface Bundle {
  readonly size: number
  /** Bytes by the package that they come from. */
  readonly sizes: Readonly<Record<string, number>>
  readonly files: Readonly<Record<string, number>>
}

const packages = fileURLToPath(new URL('../..', import.meta.url))
const require = createRequire(import.meta.url)
const tsup = require.resolve('tsup')
// tsup's own: the bundler that we build with.
const esbuild = createRequire(tsup)('esbuild') as {
  build(options: object): Promise<{
    readonly outputFiles: readonly { readonly contents: Uint8Array }[]
    readonly metafile: { readonly outputs: Readonly<Record<string, BundledFile>> }
  }>
}
interface BundledFile {
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>
}

/** A project that has core and drift as they are published, below drift: from there jstat is found. */
let consumer: string
/** The built file that noble's hashes are in: theirs alone, since some of their statements count as effects. */
let hashes: string

beforeAll(async () => {
  mkdirSync(join(packages, 'drift/node_modules'), { recursive: true })
  consumer = mkdtempSync(join(packages, 'drift/node_modules/.bundle-size-test-'))
  // Without a name of its own, it would be taken for a part of drift, whose name then means drift itself.
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'consumer' }))
  await Promise.all(['core', 'drift'].map(buildAsPublished))
  const built = join(consumer, 'node_modules/@tidegauge/core/dist')
  const isOfNoble = (file: string) =>
    /noble-hashes - MIT/.test(`${readFileSync(join(built, file))}`)
  hashes = readdirSync(built).find((file) => file.endsWith('.js') && isOfNoble(file))!
})

afterAll(() => rmSync(consumer, { recursive: true, force: true }))

async function buildAsPublished(name: string): Promise<void> {
  const home = join(packages, name)
  const directory = join(consumer, 'node_modules/@tidegauge', name)
  mkdirSync(directory, { recursive: true })
  copyFileSync(join(home, 'package.json'), join(directory, 'package.json'))
  const cli = join(tsup, '../cli-default.js')
  const options = ['--no-dts', '--format', 'esm', '--out-dir', join(directory, 'dist')]
  await promisify(execFile)(process.execPath, [cli, ...options], { cwd: home })
}

async function bundle(code: string, platform: 'browser' | 'neutral' = 'browser'): Promise<Bundle> {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents: code, resolveDir: consumer },
    absWorkingDir: packages,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform,
    mainFields: ['browser', 'module', 'main'],
    logLevel: 'error',
  })
  const sizes: Record<string, number> = {}
  const files: Record<string, number> = {}
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput > 0) files[basename(path)] = bytesInOutput
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
      if (name !== undefined && bytesInOutput > 0) sizes[name] = (sizes[name] ?? 0) + bytesInOutput
    }
  }
  return { size: outputFiles[0]!.contents.length, sizes, files }
}

const using = (name: string) => `export { ${name} } from '@tidegauge/drift'`

describe('bundled and minified', () => {
  test.each(['browser', 'neutral'] as const)(
    'chiSquared alone takes 15 kB at most, for %s',
    async (platform) => {
      const { size, sizes } = await bundle(using('chiSquared'), platform)
      expect(size).toBeLessThanOrEqual(15_000)
      expect(Object.keys(sizes).sort()).toEqual(['@tidegauge/core', '@tidegauge/drift'])
    },
  )

  const whole =
    /^(detectDrift|driftPool|profile|BUILT_IN|.*TableProfile|tableProfileOf|withReportId)/
  const single = Object.keys(drift).filter((name) => !whole.test(name))

  test.each(single)('%s alone takes 30 kB at most, and no foreign package', async (name) => {
    const { size, sizes, files } = await bundle(using(name))
    expect(size).toBeGreaterThan(20)
    expect(size).toBeLessThanOrEqual(30_000)
    expect(Object.keys(sizes).filter((from) => !from.startsWith('@tidegauge/'))).toEqual([])
    expect(Object.keys(files)).not.toContain(hashes)
  })

  test('a whole comparison carries no foreign package', async () => {
    const { sizes } = await bundle(using('detectDrift'))
    expect(sizes['@tidegauge/drift']).toBeGreaterThan(50_000)
    expect(Object.keys(sizes).sort()).toEqual(['@tidegauge/core', '@tidegauge/drift'])
  })

  test('only the quantiles that have a subpath of their own carry it', async () => {
    const { sizes } = await bundle(`export { studentTQuantile } from '@tidegauge/drift/quantiles'`)
    expect(sizes.jstat).toBeGreaterThan(10_000)
  })

  test('to load a package does nothing that a bundler has to keep', async () => {
    for (const name of ['core', 'drift']) {
      const manifest = join(consumer, 'node_modules/@tidegauge', name, 'package.json')
      const published = readFileSync(manifest)
      // Without the promise a bundler keeps what it cannot prove to be without effect.
      writeFileSync(manifest, JSON.stringify({ ...JSON.parse(`${published}`), sideEffects: true }))
      const { files } = await bundle(`import '@tidegauge/${name}'`)
      writeFileSync(manifest, published)
      const { [hashes]: _, ...ours } = files
      expect(
        Object.values(ours).reduce((sum, bytes) => sum + bytes, 0),
        name,
      ).toBeLessThan(1000)
    }
  })
})

test('to import drift in Node loads neither jstat nor Node’s crypto', async () => {
  const script = `
    const before = new Set(process.moduleLoadList)
    const { detectDrift } = await import('@tidegauge/drift')
    if (detectDrift === undefined) throw new Error('nothing was loaded')
    const loaded = process.moduleLoadList.filter((name) => !before.has(name))
    const { _cache } = await import('node:module')
    console.log(JSON.stringify([...loaded, ...Object.keys(_cache)]))`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', script],
    { cwd: consumer },
  )
  const loaded = JSON.parse(stdout) as string[]
  expect(loaded).toContain('NativeModule worker_threads')
  expect(loaded.filter((name) => /crypto|jstat/.test(name))).toEqual([])
})
