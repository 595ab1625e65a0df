/**
 * `pnpm check:servers [--write] [--tests] [path | cached | <version> …]`: the tests that need Prometheus or Alertmanager, and the stories of
 * the examples, on the versions that the PATH has (`path`) and that `pnpm servers` built; by default on all of these. With --write
 * their rows in docs/servers.md are written anew; with --tests the stories are left out.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram, PROGRAMS } from '../../examples/prometheus-grafana/stack/programs.ts'
import { cacheFolder } from '../../examples/streamflow/stack/cached.ts'
import { folderOf, missingOf, VERSIONS, versionNamed } from './cache.ts'

interface Leg {
  /** Where its programs are; empty for the PATH. */
  readonly folder: string
  readonly prometheus: string
  readonly alertmanager: string
}

interface Outcome {
  readonly passed: number
  readonly failed: number
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const words = process.argv.slice(2).filter((word) => word !== '--')
const [write, testsAlone] = [words.includes('--write'), words.includes('--tests')]

try {
  const unknown = words.find((word) => word.startsWith('--') && !/^--(write|tests)$/.test(word))
  if (unknown !== undefined) throw new Error(`no such option: ${unknown} (--write, --tests)`)
  const { passed, failed } = await checkAll(legs(words.filter((word) => !word.startsWith('--'))))
  console.log(`${passed} passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
} catch (error) {
  console.error(`check:servers: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 2
}

function legs(named: readonly string[]): Leg[] {
  const built = VERSIONS.filter((version) => missingOf(version).length === 0)
  const asked = named.length === 0 ? ['path', 'cached'] : named
  return asked.flatMap((name) => {
    if (name === 'path') return legOf('')
    if (name === 'cached') {
      if (built.length === 0) {
        const known = VERSIONS.map(({ prometheus }) => prometheus).join(' ')
        console.log(`No other version is built in ${cacheFolder()}: pnpm servers ${known}`)
      }
      return built.map((version) => legOf(folderOf(version)))
    }
    const version = versionNamed(name)
    if (!built.includes(version)) {
      throw new Error(`${version.prometheus} is not built: pnpm servers ${version.prometheus}`)
    }
    return legOf(folderOf(version))
  })
}

function legOf(folder: string): Leg {
  const [prometheus, alertmanager] = [PROGRAMS.prometheus, PROGRAMS.alertmanager].map((program) => {
    const file = findProgram(program, undefined, undefined, folder)
    if (file === undefined) {
      throw new Error(
        `no ${program.names[0]} ${folder ? `in ${folder}` : 'on the PATH'}. ${program.cure}`,
      )
    }
    const { stdout, stderr } = spawnSync(file, ['--version'], { encoding: 'utf8' })
    return /version (\d+\.\d+\.\d+)/.exec(stdout + stderr)?.[1] ?? 'unknown'
  })
  return { folder, prometheus: prometheus!, alertmanager: alertmanager! }
}

async function checkAll(all: readonly Leg[]): Promise<Outcome> {
  if (all.length === 0) return { passed: 0, failed: 0 }
  const files = testFiles()
  const stories = testsAlone ? [] : storiesThere()
  const rows: string[] = []
  let [passed, failed] = [0, 0]
  for (const leg of all) {
    const start = Date.now()
    console.log(`\n== Prometheus ${leg.prometheus}, Alertmanager ${leg.alertmanager}`)
    const outcomes = [await runTests(leg, files)]
    for (const story of stories) outcomes.push(await runStory(leg, story))
    for (const outcome of outcomes) {
      passed += outcome.passed
      failed += outcome.failed
    }
    const minutes = ((Date.now() - start) / 60_000).toFixed(1)
    const date = new Date().toISOString().slice(0, 10)
    const cells = outcomes.map((one) => `${one.passed} passed, ${one.failed} failed`)
    rows.push(rowOf([leg.prometheus, leg.alertmanager, ...cells, minutes, date]))
  }
  const heads = ['Prometheus', 'Alertmanager', 'tests', ...stories.map((name) => `\`${name}\``)]
  const head = rowOf([...heads, 'minutes', 'date'])
  console.log(`\n${[head, ...rows].join('\n')}\n`)
  if (write) writeTable(head, rows)
  return { passed, failed }
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** The files with tests of these servers; a tag tells those tests from the others there. */
function testFiles(): string[] {
  const needsThem = /describeWithServer\(\s*'(?:prometheus|alertmanager)'/
  return ['packages', 'examples']
    .flatMap((folder) => readdirSync(join(root, folder), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .flatMap(({ parentPath, name }) => testsIn(join(parentPath, name)))
    .filter((file) => needsThem.test(readFileSync(file, 'utf8')))
    .map((file) => relative(root, file))
}

function testsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return /^(node_modules|dist)$/.test(entry.name) ? [] : testsIn(path)
    return entry.name.endsWith('.test.ts') ? [path] : []
  })
}

async function runTests(leg: Leg, files: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegauge-check-servers-'))
  const results = join(folder, 'results.json')
  try {
    const status = await run(leg, process.execPath, [
      join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--project=servers', '--tags-filter=prometheus || alertmanager', ...files],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${results}`],
    ])
    const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(
      readFileSync(results, 'utf8'),
    ) as { readonly numPassedTests: number; readonly numFailedTests: number }
    return { passed, failed: status !== 0 && failed === 0 ? 1 : failed }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** `pnpm <story> --check` of the examples; its last line says how it went. */
async function runStory(leg: Leg, story: string): Promise<Outcome> {
  let said = ''
  const args = ['-y', 'pnpm@10', story, '--check']
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx'
  const status = await run(leg, npx, args, (text) => {
    said += text
  })
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(said) ?? []
  return { passed: Number(passed ?? 0), failed: Number(failed ?? 0) || Number(status !== 0) }
}

function storiesThere(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return ['stack', 'streamflow'].filter((name) => name in scripts)
}

function run(
  { folder }: Leg,
  program: string,
  args: readonly string[],
  hear: (text: string) => void = () => {},
): Promise<number> {
  const env = { ...process.env, TIDEGAUGE_PROMETHEUS: folder, TIDEGAUGE_REQUIRE_SERVERS: '1' }
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text)
    hear(text)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}

/** Into the docs; the rows of versions that were not run stay, where they have the same columns. */
function writeTable(head: string, rows: readonly string[]): void {
  const docs = join(root, 'docs/servers.md')
  const [before, after] = ['<!-- pnpm check:servers -->', '<!-- its end -->']
  const text = readFileSync(docs, 'utf8')
  const [start, end] = [text.indexOf(before), text.indexOf(after)]
  if (start < 0 || end < start) throw new Error(`${docs} has no place for it`)
  const written = text
    .slice(start + before.length, end)
    .split('\n')
    .map(withoutPadding)
  const others = written.includes(head) ? written.filter((row) => /^\| \d/.test(row)) : []
  const version = (row: string) => row.split(' | ')[0]!
  const all = new Map([...others, ...rows].map((row) => [version(row), row]))
  const sorted = [...all.values()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const rule = `|${' --- |'.repeat(head.split(' | ').length)}`
  const table = [head, rule, ...sorted].join('\n')
  writeFileSync(docs, `${text.slice(0, start + before.length)}\n\n${table}\n\n${text.slice(end)}`)
}

function withoutPadding(row: string): string {
  return row.trim().replaceAll(/ +/g, ' ')
}
