import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { afterAll } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The command built from its sources, as a user would start it: by plain Node. Built once for each file of
 * tests, since to compile it at each start would take longer than most of them.
 *
 * @param below - the folder that holds it; DuckDB is found from there, or not
 */
export async function buildCommand(
  below: string = join(root, 'node_modules'),
): Promise<{ readonly bin: string; remove(): void }> {
  mkdirSync(below, { recursive: true })
  const directory = mkdtempSync(join(below, '.tidegauge-test-'))
  copyFileSync(join(root, 'package.json'), join(directory, 'package.json'))
  await build({
    config: false,
    entry: { bin: join(root, 'src/bin.ts') },
    outDir: join(directory, 'dist'),
    format: 'esm',
    target: 'node20',
    silent: true,
    external: LOADED_LATER,
    noExternal: [/^(?!@duckdb|@uwdata|@clickhouse|pg$)/],
    esbuildOptions(options) {
      options.conditions = ['tidegauge-source']
    },
  })
  return {
    bin: join(directory, 'dist/bin.js'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

const LOADED_LATER = ['@duckdb/node-api', '@uwdata/flechette', 'pg', '@clickhouse/client']

const built = await buildCommand()
afterAll(built.remove)

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  /** On top of the environment of the tests; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What stands on standard input; default: nothing. */
  readonly input?: string | Buffer
}

/** The words that start `tidegauge`, as a process of its own. */
export const COMMAND: readonly string[] = [process.execPath, built.bin]

/** What a machine that runs the tests may have set would change what they see. */
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...process.env,
  CI: undefined,
  GITHUB_STEP_SUMMARY: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
}

export function spawnCommand(
  args: readonly string[],
  cwd: string,
  { env = {} }: CommandOptions = {},
): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn(COMMAND[0]!, [...COMMAND.slice(1), ...args], {
    cwd,
    env: { ...ENVIRONMENT, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

export function runCommand(
  args: readonly string[],
  cwd: string,
  options: CommandOptions = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawnCommand(args, cwd, options)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    // The command may end before it has read everything.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}
