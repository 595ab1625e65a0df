/**
 * Shows that each case can fail: breaks the middleware on a copy, in the way that the case names, and runs the
 * case on it. `pnpm --filter @tidegauge/conformance mutations`, or some of them by name behind that.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CASES, type Case } from './cases.ts'
import { MUTATIONS, type Mutation, pathOf } from './mutation-list.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const chosen = process.argv.slice(2)
const unknown = chosen.find((name) => !Object.hasOwn(MUTATIONS, name))
if (unknown !== undefined) throw new Error(`there is no mutation "${unknown}"`)
const survivors: string[] = []
for (const [name, mutation] of Object.entries(MUTATIONS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  const cases = CASES.filter(({ red }) => red === name)
  const alive = survivorsOf(mutation, cases)
  process.stdout.write(`${alive.length === 0 ? 'red ' : 'ALIVE'} ${name}: ${cases.length} cases\n`)
  survivors.push(...alive.map((title) => `${name}: ${title}`))
}
for (const survivor of survivors) process.stdout.write(`  not red under ${survivor}\n`)
process.exitCode = survivors.length === 0 ? 0 : 1

/** @returns the titles of the cases that still pass */
function survivorsOf(mutation: Mutation, cases: readonly Case[]): string[] {
  const { find, replace, stack = 'node' } = mutation
  const copy = mkdtempSync(join(tmpdir(), 'tidegauge-mutation-'))
  try {
    copyTree(copy)
    const path = join(copy, pathOf(mutation))
    const source = readFileSync(path, 'utf8')
    writeFileSync(
      path,
      source.replace(find, () => replace),
    )
    const titles = cases.map(({ title }) => title)
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [
        '--conditions=tidegauge-source',
        '--import',
        'tsx',
        'run-cases.ts',
        stack,
        JSON.stringify(titles),
      ],
      { cwd: join(copy, 'conformance'), encoding: 'utf8', timeout: 300_000 },
    )
    if (status !== 0) throw new Error(`run-cases.ts failed: ${stderr}`)
    const failures = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, string | null>
    return titles.filter((title) => failures[title] === null)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** The sources that are run; everything else is where it was. */
function copyTree(copy: string): void {
  const skip = (path: string) => !/\/(node_modules|dist)(\/|$)/.test(path)
  cpSync(join(ROOT, 'conformance'), join(copy, 'conformance'), { recursive: true, filter: skip })
  for (const name of ['core', 'metrics']) {
    cpSync(join(ROOT, 'packages', name), join(copy, 'packages', name), {
      recursive: true,
      filter: skip,
    })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  linkModules(copy, 'packages/metrics', 'core')
  linkModules(copy, 'conformance', 'metrics')
}

/** Links what a package imports: of ours, the copy. */
function linkModules(copy: string, folder: string, ours: string): void {
  const modules = join(copy, folder, 'node_modules')
  mkdirSync(join(modules, '@tidegauge'), { recursive: true })
  symlinkSync(join(copy, 'packages', ours), join(modules, '@tidegauge', ours))
  for (const name of readdirSync(join(ROOT, folder, 'node_modules'))) {
    if (name !== '@tidegauge')
      symlinkSync(join(ROOT, folder, 'node_modules', name), join(modules, name))
  }
}
