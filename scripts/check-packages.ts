/**
 * Checks every package as a stranger gets it: packs it, lints the tarball, installs all tarballs into an
 * empty project with npm, imports, requires and type-checks them there, and runs the command.
 *
 * Needs the packages built. Prints a line for each check and ends with 1 where one failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Manifest {
  readonly name: string
  readonly exports: Readonly<
    Record<string, string | { readonly import: { readonly types: string } }>
  >
  readonly typesVersions?: { readonly '*': Readonly<Record<string, readonly string[]>> }
  readonly devDependencies?: Readonly<Record<string, string>>
}

const root = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'tidegauge-packages-'))
/** Columns of every kind, for programs that compare two tables. */
const AWKWARD_TABLES = `
  const n = 2000
  const table = (shift) => ({
    number: Float64Array.from({ length: n }, (_, i) => Math.sin(i) * 10 + shift),
    gaps: Array.from({ length: n }, (_, i) => (i % 7 === 0 ? null : i % 13)),
    text: Array.from({ length: n }, (_, i) => 'city ' + (i % (4 + shift))),
    prose: Array.from({ length: n }, (_, i) => 'row ' + i + ' of the table number ' + shift),
    date: Array.from({ length: n }, (_, i) => new Date(i * 1e9 * (1 + shift))),
    mixed: Array.from({ length: n }, (_, i) => [i, 'x', true, undefined][i % 4]),
  })
`
/** Compiled, never run: the same files that `pnpm typecheck` compiles against the sources. */
const TYPE_TESTS = [
  'packages/drift/test/table-types.ts',
  'packages/metrics/test/request-types.ts',
  'packages/monitor/test/row-types.ts',
]

/** How TypeScript finds a package: as Node does, as bundlers do, and as before there was "exports". */
const RESOLUTIONS = {
  node16: ['--module', 'node16'],
  bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
  node10: ['--module', 'commonjs', '--moduleResolution', 'node10'],
}

let failures = 0
let passes = 0

try {
  const packages = readdirSync(join(root, 'packages')).map((folder) => {
    const directory = join(root, 'packages', folder)
    const manifest = readJson(join(directory, 'package.json')) as Manifest
    const packed = run('pnpm', ['pack', '--pack-destination', work], directory)
    const tarball = packed.output.trim().split('\n').at(-1)!
    report(`${manifest.name}: packs`, packed)
    return { manifest, tarball }
  })
  for (const { manifest, tarball } of packages) checkTarball(manifest, tarball)
  const tarballs = Object.fromEntries(
    packages.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]),
  )
  checkBareConsumer(
    packages.map(({ manifest }) => manifest),
    tarballs,
  )
  checkFullConsumer(tarballs)
  checkTypes(tarballs)
} finally {
  rmSync(work, { recursive: true, force: true })
}
process.stdout.write(`${passes} passed, ${failures} failed\n`)
process.exitCode = failures > 0 ? 1 : 0

function checkTarball(manifest: Manifest, tarball: string): void {
  const files = run('tar', ['-tzf', tarball], root).output
  const missing = ['LICENSE', 'README.md'].filter((file) => !files.includes(`package/${file}\n`))
  const surplus = files.split('\n').filter((file) => /\.test\.|golden|node_modules/.test(file))
  report(`${manifest.name}: has its licence and README, and no tests`, {
    ok: missing.length + surplus.length === 0,
    output: `missing: ${missing.join(', ')}; too much: ${surplus.join(', ')}`,
  })
  report(`${manifest.name}: publint`, run(bin('publint'), ['run', tarball, '--strict'], root))
  if (libraryEntries(manifest).length === 0) return // a command has no types to be wrong
  // Strict: for `moduleResolution: node` too, which knows nothing of "exports" (and has no types for JSON).
  const json = Object.keys(manifest.exports).filter((entry) => entry.endsWith('.schema.json'))
  const flags = json.flatMap((entry) => ['--exclude-entrypoints', entry.slice(2)])
  report(
    `${manifest.name}: attw`,
    run(bin('attw'), [tarball, '--profile', 'strict', ...flags], root),
  )
  report(`${manifest.name}: typesVersions says what exports says`, typesVersionsOf(manifest))
}

/** What TypeScript reads in place of "exports" under `moduleResolution: node`, the default of CommonJS projects. */
function typesVersionsOf({ exports, typesVersions }: Manifest): Outcome {
  const expected = Object.entries(exports)
    .filter(([entry]) => entry !== '.')
    .flatMap(([entry, target]) => {
      return typeof target === 'string' ? [] : [`${entry.slice(2)} ${target.import.types}`]
    })
  const found = Object.entries(typesVersions?.['*'] ?? {}).map(
    ([entry, targets]) => `${entry} ${targets.join(' ')}`,
  )
  const wrong = [
    ...expected.filter((line) => !found.includes(line)).map((line) => `missing: ${line}`),
    ...found.filter((line) => !expected.includes(line)).map((line) => `too much: ${line}`),
  ]
  return { ok: wrong.length === 0, output: wrong.join('\n') }
}

/** Nothing but our tarballs: no framework, no client, no DuckDB. */
function checkBareConsumer(manifests: readonly Manifest[], tarballs: Record<string, string>): void {
  const directory = consumer('bare', {
    dependencies: { ...tarballs, ...versionsOf('typescript', '@types/node') },
    overrides: tarballs,
  })
  const entries = manifests.flatMap(libraryEntries)
  writeFileSync(
    join(directory, 'import.mjs'),
    entries
      .map(
        (entry, i) =>
          `import * as m${i} from '${entry}'\nif (Object.keys(m${i}).length === 0) throw new Error('${entry} exports nothing')`,
      )
      .join('\n'),
  )
  writeFileSync(
    join(directory, 'require.cjs'),
    entries
      .map(
        (entry) =>
          `if (Object.keys(require('${entry}')).length === 0) throw new Error('${entry} exports nothing')`,
      )
      .join('\n'),
  )
  report('bare consumer: imports every entry', run('node', ['import.mjs'], directory))
  report('bare consumer: requires every entry', run('node', ['require.cjs'], directory))
  checkWorkers(directory)
  checkBrowserBundle(directory)
  report(
    'bare consumer: tidegauge --version',
    run(join(directory, 'node_modules/.bin/tidegauge'), ['--version'], directory),
  )
  writeFileSync(join(directory, 'a.csv'), 'x\n1\n')
  const withoutDuckDB = run(
    join(directory, 'node_modules/.bin/tidegauge'),
    ['drift', 'a.csv', 'a.csv'],
    directory,
  )
  report('bare consumer: without DuckDB the command names the cure', {
    ok: withoutDuckDB.status === 2 && withoutDuckDB.output.includes('npm install @duckdb/node-api'),
    output: withoutDuckDB.output,
  })
}

/** The built worker's file is found from both builds, and measures. */
function checkWorkers(directory: string): void {
  const program = `
    ${AWKWARD_TABLES}
    async function main({ detectDrift, detectDriftAsync }) {
      let measured = 0
      process.on('worker', (worker) => worker.on('message', ({ kind }) => measured += kind === 'measured'))
      const report = await detectDriftAsync(table(0), table(1))
      assert.deepStrictEqual(report, detectDrift(table(0), table(1)))
      assert.equal(measured, report.columns.length)
    }
  `
  writeFileSync(
    join(directory, 'workers.mjs'),
    `import assert from 'node:assert'\nimport * as drift from '@tidegauge/drift'\n${program}\nawait main(drift)`,
  )
  writeFileSync(
    join(directory, 'workers.cjs'),
    `const assert = require('node:assert')\n${program}\nmain(require('@tidegauge/drift'))`,
  )
  for (const file of ['workers.mjs', 'workers.cjs']) {
    report(
      `bare consumer: detectDriftAsync by its workers, ${file}`,
      run('node', [file], directory),
    )
  }
}

/** Bundled for a browser, drift has nothing of Node's in it and gives the reports of the Node build. */
function checkBrowserBundle(directory: string): void {
  writeFileSync(
    join(directory, 'browser-entry.mjs'),
    `import { detectDrift, detectDriftAsync } from '@tidegauge/drift'
    ${AWKWARD_TABLES}
    globalThis.reports = (async () => JSON.stringify({
      sync: detectDrift(table(0), table(1)),
      async: await detectDriftAsync(table(0), table(1)),
    }))()`,
  )
  // tsup's own: the bundler that builds what we publish.
  const esbuild = createRequire(createRequire(import.meta.url).resolve('tsup')).resolve('esbuild')
  writeFileSync(
    join(directory, 'bundle.cjs'),
    `const { buildSync } = require(${JSON.stringify(esbuild)})
    const { builtinModules } = require('node:module')
    const { metafile } = buildSync({
      entryPoints: ['browser-entry.mjs'],
      outfile: 'browser.js',
      bundle: true,
      platform: 'browser',
      format: 'iife',
      metafile: true,
      logLevel: 'error',
    })
    const imports = Object.values(metafile.inputs).flatMap(({ imports }) => imports)
    const wanted = imports.filter(({ path, external }) =>
      external || path.startsWith('node:') || builtinModules.includes(path))
    if (wanted.length > 0) throw new Error('imports ' + wanted.map(({ path }) => path).join(', '))`,
  )
  report(
    'browser: drift bundles without a module of Node’s',
    run('node', ['bundle.cjs'], directory),
  )
  writeFileSync(
    join(directory, 'run-browser.mjs'),
    `import assert from 'node:assert'
    import { readFileSync } from 'node:fs'
    import { runInContext, createContext } from 'node:vm'
    import { detectDrift } from '@tidegauge/drift'
    ${AWKWARD_TABLES}
    const bare = (globals) => {
      const context = createContext(globals)
      runInContext(readFileSync('browser.js', 'utf8'), context)
      return context.reports
    }
    const expected = JSON.stringify(detectDrift(table(0), table(1)))
    // With what every browser has to give the loop back, and with nothing of it.
    for (const globals of [{ setTimeout }, { MessageChannel, performance }, {}]) {
      const reports = JSON.parse(await bare({ ...globals, TextEncoder, Uint8Array }))
      assert.equal(JSON.stringify(reports.sync), expected)
      assert.equal(JSON.stringify(reports.async), expected)
    }`,
  )
  report(
    'browser: the bundle gives the same reports, sync and async, without require and process',
    run('node', ['run-browser.mjs'], directory),
  )
}

/** With everything that can be used beside us, arquero among it, and a program that uses all of it. */
function checkFullConsumer(tarballs: Record<string, string>): void {
  const directory = consumer('full', {
    dependencies: {
      ...tarballs,
      ...versionsOf(
        'typescript',
        '@types/node',
        '@types/express',
        'express',
        'prom-client',
        '@opentelemetry/api',
        '@opentelemetry/sdk-metrics',
        '@duckdb/node-api',
        'arquero',
      ),
    },
    // What somebody who uses arquero has to write today: see the README of @tidegauge/drift.
    overrides: { ...tarballs, '@uwdata/flechette': '2.6.0' },
  })
  writeFileSync(join(directory, 'use.ts'), readFileSync(join(root, 'scripts/consumer/use.ts')))
  writeFileSync(join(directory, 'use.cts'), readFileSync(join(root, 'scripts/consumer/use.cts')))
  const tsc = join(directory, 'node_modules/.bin/tsc')
  const flags = [
    '--strict',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--types',
    'node',
    '--noUncheckedIndexedAccess',
  ]
  report(
    'full consumer: type-checks',
    run(tsc, [...flags, '--skipLibCheck', 'use.ts', 'use.cts'], directory),
  )
  report('full consumer: runs as ESM', run('node', ['use.js'], directory))
  report('full consumer: runs as CommonJS', run('node', ['use.cjs'], directory))
  writeFileSync(
    join(directory, 'a.csv'),
    `x\n${Array.from({ length: 100 }, (_, i) => i).join('\n')}\n`,
  )
  const drift = run(
    join(directory, 'node_modules/.bin/tidegauge'),
    ['drift', 'a.csv', 'a.csv', '--out', 'reports'],
    directory,
  )
  report('full consumer: tidegauge drift', {
    ok: drift.ok && drift.output.includes('NO_ACTION'),
    output: drift.output,
  })
}

function checkTypes(tarballs: Record<string, string>): void {
  const directory = consumer('types', {
    dependencies: {
      ...tarballs,
      ...versionsOf(
        'typescript',
        '@types/node',
        '@types/express',
        '@types/koa',
        'express',
        'fastify',
        'hono',
        'koa',
      ),
    },
    overrides: tarballs,
  })
  const files = TYPE_TESTS.map((path) => {
    const file = basename(path)
    writeFileSync(join(directory, file), readFileSync(join(root, path)))
    return file
  })
  const flags = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', '--skipLibCheck']
  for (const [name, resolution] of Object.entries(RESOLUTIONS)) {
    report(
      `type tests under ${name}`,
      run(
        join(directory, 'node_modules/.bin/tsc'),
        [...flags, '--esModuleInterop', ...resolution, ...files],
        directory,
      ),
    )
  }
}

function consumer(name: string, manifest: object): string {
  const directory = join(work, name)
  mkdirSync(directory)
  writeFileSync(
    join(directory, 'package.json'),
    JSON.stringify({ name, private: true, type: 'module', ...manifest }),
  )
  report(
    `${name} consumer: npm install`,
    run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], directory),
  )
  return directory
}

/** `@tidegauge/metrics/express` and the like: every entry that is code. */
function libraryEntries({ name, exports }: Manifest): string[] {
  return Object.keys(exports)
    .filter((entry) => !entry.endsWith('.json'))
    .map((entry) => name + entry.slice(1))
}

/** The versions that this repository itself is tested with. */
function versionsOf(...names: string[]): Record<string, string> {
  const manifests = [
    'package.json',
    ...readdirSync(join(root, 'packages')).map((folder) => `packages/${folder}/package.json`),
  ]
  const known = Object.assign(
    {},
    ...manifests.map((path) => (readJson(join(root, path)) as Manifest).devDependencies),
  )
  return Object.fromEntries(
    names.map((name) => {
      if (known[name] === undefined) throw new Error(`no package of ours depends on ${name}`)
      return [name, known[name]]
    }),
  )
}

interface Outcome {
  readonly ok: boolean
  readonly output: string
  readonly status?: number | null
}

function run(command: string, args: readonly string[], cwd: string): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return { ok: status === 0, status, output: error === undefined ? stderr + stdout : error.message }
}

function report(title: string, { ok, output }: Outcome): void {
  process.stdout.write(`${ok ? '✓' : '✗'} ${title}\n`)
  if (ok) passes++
  else {
    failures++
    process.stdout.write(`${output.trim().replace(/^/gm, '    ')}\n`)
  }
}

function bin(name: string): string {
  return join(root, 'node_modules/.bin', name)
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
