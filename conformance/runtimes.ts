/**
 * Runs Hono's cases on the servers of Bun and Deno, with the programs that the npm packages `bun` and `deno` bring.
 * They are installed when asked for, beside this file, and are in no lock file: `pnpm conformance:runtimes`
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { FETCH_SERVER } from './subjects/runtime.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const HOME = fileURLToPath(new URL('.runtimes/', import.meta.url))
const RUNTIMES = { bun: [], deno: ['run', '--allow-all', '--no-lock'] }

mkdirSync(HOME, { recursive: true })
writeFileSync(`${HOME}package.json`, '{"private":true}')
let passed = 0
let failed = 0
for (const [name, flags] of Object.entries(RUNTIMES)) {
  const npm = ['install', '--no-audit', '--no-fund', '--no-save', 'bun', 'deno']
  // In one go, for each install without a save takes away what another has brought.
  if (passed + failed === 0) run('npm', npm, HOME)
  const args = [...flags, '--conditions=tidegauge-source', 'run-cases.ts', FETCH_SERVER]
  const { stdout } = run('npx', ['--no-install', '--prefix', HOME, name, ...args], HERE)
  const failures = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, string | null>
  for (const [title, failure] of Object.entries(failures)) {
    if (failure === null) passed++
    else {
      failed++
      process.stdout.write(`${name}: ${title}: ${failure}\n`)
    }
  }
  process.stdout.write(`${name}: ${Object.keys(failures).length} cases\n`)
}
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

function run(command: string, args: readonly string[], cwd: string): { readonly stdout: string } {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    // npm and npx are scripts on Windows.
    shell: process.platform === 'win32',
    timeout: 600_000,
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${status}\n${stdout}${stderr}`)
  return { stdout }
}
