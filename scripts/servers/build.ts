/**
 * `pnpm servers <version …>`: builds Prometheus, promtool and Alertmanager of these versions from the Go proxy's modules, for the
 * tests and for `pnpm check:servers`. Without a version it says which there are, and where.
 */
import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { cacheFolder } from '../../examples/streamflow/stack/cached.ts'
import {
  fileOf,
  folderOf,
  missingOf,
  type ProgramName,
  type ServerVersion,
  VERSIONS,
  versionNamed,
} from './cache.ts'

const LEAST_GO = '1.22'
/** The tests are not to wait for it, nor the rest of the machine. */
const NICE = 15

const args = process.argv.slice(2).filter((word) => word !== '--')
try {
  const versions = args.map(versionNamed)
  if (versions.length === 0) list()
  for (const version of versions) await build(version)
} catch (error) {
  console.error(`servers: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

function list(): void {
  console.log(`Usage: pnpm servers <version …>\n\nIn ${cacheFolder()} (TIDEGAUGE_CACHE):`)
  for (const version of VERSIONS) {
    const { prometheus, alertmanager } = version
    const missing = missingOf(version)
    const state = missing.length === 0 ? 'built' : `not built: ${missing.join(', ')}`
    console.log(`  ${prometheus.padEnd(8)} with Alertmanager ${alertmanager}: ${state}`)
  }
}

async function build(version: ServerVersion): Promise<void> {
  const missing = missingOf(version)
  const { prometheus, alertmanager } = version
  if (missing.length > 0) {
    assertGo()
    mkdirSync(folderOf(version), { recursive: true })
    const work = mkdtempSync(join(cacheFolder(), '.build-'))
    try {
      const ofPrometheus = missing.filter((program) => program !== 'alertmanager')
      if (ofPrometheus.length > 0) {
        // 2.55.1 is v0.55.1, 3.16.0 is v0.316.0.
        const [major, minor, patch] = prometheus.split('.').map(Number) as [number, number, number]
        const tag = `v0.${major === 2 ? minor : major * 100 + minor}.${patch}`
        const source = sourceOf('github.com/prometheus/prometheus', tag, work)
        withoutDiscoveries(source)
        for (const program of ofPrometheus) await compile(source, program, version, prometheus)
      }
      if (missing.includes('alertmanager')) {
        const source = sourceOf('github.com/prometheus/alertmanager', `v${alertmanager}`, work)
        withPages(source)
        await compile(source, 'alertmanager', version, alertmanager)
      }
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }
  console.log(
    `Prometheus ${prometheus} and Alertmanager ${alertmanager} are in ${folderOf(version)}`,
  )
  console.log(`  TIDEGAUGE_PROMETHEUS=${folderOf(version)} npx -y pnpm@10 test packages/mixin`)
}

function assertGo(): void {
  const { stdout, error } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' })
  if (error !== undefined || !stdout.startsWith('go')) {
    throw new Error(
      `no go on the PATH: get ${LEAST_GO} or later from https://go.dev/dl/, or your system's golang`,
    )
  }
}

/** A copy of a module's source, which can be changed: it is built as the main module, with its own versions of all others. */
function sourceOf(module: string, tag: string, work: string): string {
  console.log(`${module} ${tag}: download`)
  const { stdout, status, stderr } = spawnSync(
    'go',
    ['mod', 'download', '-json', `${module}@${tag}`],
    {
      cwd: work,
      encoding: 'utf8',
      env: goEnvironment(),
    },
  )
  const { Dir, Error: error } = JSON.parse(stdout || '{}') as { Dir?: string; Error?: string }
  if (status !== 0 || Dir === undefined) {
    throw new Error(
      `${module} ${tag} could not be had: ${(error ?? stderr).trim().split('\n').at(-1)}`,
    )
  }
  const source = join(work, module.split('/').at(-1)!)
  cpSync(Dir, source, { recursive: true })
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644)
  }
  return source
}

/** Clouds to find targets in are a third of all packages, and no test has any. 3.x leaves them out by the tag below. */
function withoutDiscoveries(source: string): void {
  const file = join(source, 'plugins/plugins.go')
  if (existsSync(file)) writeFileSync(file, 'package plugins\n')
}

/** Since 0.28 the pages that are built with npm are not in the module. Nobody looks at them here. */
function withPages(source: string): void {
  const pages = join(source, 'ui/app/dist')
  if (existsSync(join(source, 'ui/react-app/dist')) || existsSync(pages)) return
  mkdirSync(pages, { recursive: true })
  writeFileSync(join(pages, 'index.html'), '<!doctype html><p>Built without its pages.</p>\n')
}

async function compile(
  source: string,
  program: ProgramName,
  version: ServerVersion,
  release: string,
): Promise<void> {
  const options = ['-tags', 'remove_all_sd', `./cmd/${program}`]
  const packages = spawnSync('go', ['list', '-deps', ...options], {
    cwd: source,
    encoding: 'utf8',
    env: goEnvironment(),
    maxBuffer: 2 ** 26,
  }).stdout.split('\n').length
  const file = fileOf(version, program)
  const ldflags = `-s -w -X github.com/prometheus/common/version.Version=${release}`
  const child = spawn(
    'go',
    [
      'build',
      '-v',
      '-trimpath',
      '-buildvcs=false',
      '-ldflags',
      ldflags,
      '-o',
      `${file}.new`,
      ...options,
    ],
    { cwd: source, env: goEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] },
  )
  if (child.pid !== undefined) setPriority(child.pid, NICE)
  const told = progress(`${program} ${release}`, packages)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
    told.lines(text.split('\n').length - 1)
  })
  const status = await new Promise((resolve) => child.once('close', resolve))
  told.end()
  if (status !== 0) {
    const wrong = said
      .split('\n')
      .filter((line) => /[: ]/.test(line) && !line.startsWith('go: downloading'))
    throw new Error(`${program} ${release} was not built:\n${wrong.slice(-20).join('\n')}`)
  }
  renameSync(`${file}.new`, file)
}

/** Go names each package that it compiles; those of an earlier build are in its own cache. */
function progress(title: string, packages: number) {
  const start = Date.now()
  let compiled = 0
  let last = 0
  const say = () => {
    const seconds = Math.round((Date.now() - start) / 1000)
    const line = `${title}: ${compiled} of at most ${packages} packages, ${seconds} s`
    if (process.stdout.isTTY) process.stdout.write(`\r${line}`)
    else console.log(line)
    last = Date.now()
  }
  const often = setInterval(() => {
    if (process.stdout.isTTY || Date.now() - last >= 30_000) say()
  }, 1000)
  say()
  return {
    lines(more: number) {
      compiled += more
    },
    end() {
      clearInterval(often)
      say()
      if (process.stdout.isTTY) console.log()
    },
  }
}

/** Whatever the user builds otherwise; `GOFLAGS=-p=1` still makes it build one package at a time. */
function goEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, GOWORK: 'off', CGO_ENABLED: '0' }
}
