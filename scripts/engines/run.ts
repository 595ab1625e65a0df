/**
 * `pnpm engines`: what holds on real engines, how many statements it took, and what moved between their nodes. Of Trino and Spark
 * too, which `bash scripts/engines/install.sh <folder> trino spark` fetches (0.4 and 0.9 GB) and `. <folder>/env` tells of.
 *
 *   pnpm engines [--write] [name …]     with --write the summary goes into docs/engines.md
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Told } from '../../packages/sources/test/tell.ts'

const ALL = [
  ...['cost', 'duckdb', 'postgres', 'clickhouse', 'trino', 'spark', 'spread'],
  ...['failures', 'trino-failures', 'spark-failures'],
]
const root = fileURLToPath(new URL('../..', import.meta.url))
const args = process.argv.slice(2)
const named = args.filter((arg) => arg !== '--write')
const unknown = named.find((name) => !ALL.includes(name))
if (unknown !== undefined) {
  console.error(`no such tests: ${unknown} (${ALL.join(', ')})`)
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'tidegauge-engines-'))
const told = join(folder, 'told.jsonl')
const results = join(folder, 'results.json')
const files = (named.length > 0 ? named : ALL).map(
  (name) => `packages/sources/test/${name}.test.ts`,
)
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const run = spawn(
  process.execPath,
  [
    vitest,
    'run',
    ...files,
    '--maxWorkers=1',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
  ],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      TIDEGAUGE_REQUIRE_ENGINES: '1',
      TIDEGAUGE_REQUIRE_SERVERS: '1',
      TIDEGAUGE_ENGINES_TOLD: told,
    },
  },
)
const status = await new Promise<number>((resolve) => run.on('exit', (code) => resolve(code ?? 1)))

interface Results {
  readonly numPassedTests: number
  readonly numFailedTests: number
}
if (!existsSync(results)) process.exit(status || 1)
const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(results, 'utf8')) as Results
const lines = existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []
rmSync(folder, { recursive: true })

const rows = lines.map((line) => {
  const { engine, what, rows, statements, returned, seconds, moved = '' } = JSON.parse(line) as Told
  return `| ${[engine, what, rows, statements, returned, Math.round(seconds), moved].join(' | ')} |`
})
const gigabytes = Math.round(totalmem() / 2 ** 30)
const summary = [
  `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${availableParallelism()} cores, ${gigabytes} GB: ${numPassedTests} passed, ${numFailedTests} failed.`,
  '',
  '| engine | what | rows of the table | statements | rows that came back | seconds in them | what moved |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  ...rows,
].join('\n')
console.log(`\n${summary}\n`)
if (args.includes('--write')) {
  const docs = join(root, 'docs/engines.md')
  const [before, after] = ['<!-- pnpm engines -->', '<!-- its end -->']
  const text = readFileSync(docs, 'utf8')
  const [start, end] = [text.indexOf(before), text.indexOf(after)]
  if (start < 0 || end < start) throw new Error(`${docs} has no place for it`)
  writeFileSync(docs, `${text.slice(0, start + before.length)}\n\n${summary}\n\n${text.slice(end)}`)
  spawnSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', docs])
}
process.exit(status)
