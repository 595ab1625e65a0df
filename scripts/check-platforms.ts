/**
 * Installs what the lock file says for platforms that are not this one, and looks for the native parts that
 * `pnpm demo`, `pnpm test` and `pnpm lint` load there. Nothing of them is run.
 *
 * Prints a line for each check, then `N passed, N failed`; ends with 1 where one failed.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Platform {
  readonly os: string
  readonly cpu: string
  readonly libc?: string
  /** What pnpm's flags choose, by package. */
  readonly files: readonly string[]
}

const PLATFORMS: readonly Platform[] = [
  {
    os: 'darwin',
    cpu: 'arm64',
    files: [
      '@duckdb/node-bindings-darwin-arm64/duckdb.node',
      '@biomejs/cli-darwin-arm64/biome',
      '@rollup/rollup-darwin-arm64/rollup.darwin-arm64.node',
      '@esbuild/darwin-arm64/bin/esbuild',
    ],
  },
  {
    os: 'win32',
    cpu: 'x64',
    files: [
      '@duckdb/node-bindings-win32-x64/duckdb.node',
      '@biomejs/cli-win32-x64/biome.exe',
      '@rollup/rollup-win32-x64-msvc/rollup.win32-x64-msvc.node',
      '@esbuild/win32-x64/esbuild.exe',
    ],
  },
  {
    os: 'linux',
    cpu: 'arm64',
    libc: 'glibc',
    files: [
      '@duckdb/node-bindings-linux-arm64/duckdb.node',
      '@biomejs/cli-linux-arm64/biome',
      '@rollup/rollup-linux-arm64-gnu/rollup.linux-arm64-gnu.node',
      '@esbuild/linux-arm64/bin/esbuild',
    ],
  },
]

const root = fileURLToPath(new URL('..', import.meta.url))
const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx'
let passed = 0
let failed = 0

for (const platform of PLATFORMS) checkPlatform(platform)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 ? 1 : 0

function checkPlatform({ os, cpu, libc, files }: Platform): void {
  const name = `${os} ${cpu}`
  const folder = mkdtempSync(join(tmpdir(), 'tidegauge-platform-'))
  try {
    copyManifests(folder)
    const flags = [`--os=${os}`, `--cpu=${cpu}`, ...(libc === undefined ? [] : [`--libc=${libc}`])]
    const { status, stdout, stderr } = spawnSync(
      npx,
      ['-y', 'pnpm@10', 'install', '--frozen-lockfile', '--ignore-scripts', ...flags],
      { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' },
    )
    report(`${name}: pnpm install --frozen-lockfile`, status === 0, stdout + stderr)
    const installed = join(folder, 'node_modules/.pnpm')
    for (const file of files) report(`${name}: ${file}`, isIn(installed, file), 'it is not there')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What an install reads, and no more. */
function copyManifests(folder: string): void {
  const { stdout } = spawnSync('git', ['ls-files', '*package.json', 'pnpm-*.yaml', '.npmrc'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const file of stdout.trim().split('\n')) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
}

function isIn(installed: string, file: string): boolean {
  if (!existsSync(installed)) return false
  const [scope, name, ...path] = file.split('/')
  const places = readdirSync(installed).filter((place) => place.startsWith(`${scope}+${name}@`))
  return places.some((place) =>
    existsSync(join(installed, place, 'node_modules', scope!, name!, ...path)),
  )
}

function report(title: string, ok: boolean, output: string): void {
  process.stdout.write(`${ok ? '✓' : '✗'} ${title}\n`)
  if (ok) passed++
  else {
    failed++
    process.stdout.write(`${output.trim().replace(/^/gm, '    ')}\n`)
  }
}
