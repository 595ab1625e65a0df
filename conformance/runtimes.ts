/**
 * Runs Hono's cases on the servers of Bun and Deno, with the programs that the npm packages `bun` and `deno` bring.
 * They are installed when asked for, beside this file, and are in no lock file: `pnpm conformance:runtimes`
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FETCH_SERVER } from './subjects/runtime.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const HOME = fileURLToPath(new URL('.runtimes/', import.meta.url))
const RUNTIMES = { bun: [], deno: ['run', '--allow-all', '--no-lock'] }

mkdirSync(HOME, { recursive: true })
writeFileSync(`${HOME}package.json`, '{"private":true}')
install('bun', 'deno')
let passed = 0
let failed = 0
for (const [name, flags] of Object.entries(RUNTIMES)) {
  const args = [...flags, '--conditions=tidegauge-source', 'run-cases.ts', FETCH_SERVER]
  const failures = await resultOf(programOf(name), args)
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

/** In one go, for each install without a save takes away what another has brought. */
function install(...packages: readonly string[]): void {
  const args = ['install', '--no-audit', '--no-fund', '--no-save', ...packages]
  const { stdout, stderr, status } = spawnSync('npm', args, {
    cwd: HOME,
    encoding: 'utf8',
    // npm is a script on Windows.
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`npm ${args.join(' ')}: ${status}\n${stdout}${stderr}`)
}

/** The program itself: what npm puts before it waits for it, and leaves it behind where it is ended. */
function programOf(name: string): string {
  const modules = join(HOME, 'node_modules')
  const scope = join(modules, '@deno')
  const folders =
    name === 'deno' ? readdirSync(scope).map((one) => join(scope, one)) : [join(modules, 'bun/bin')]
  const files = folders.flatMap((folder) => [join(folder, name), join(folder, `${name}.exe`)])
  const program = files.find(existsSync)
  if (program === undefined) throw new Error(`npm has brought no program ${name} to ${modules}`)
  return program
}

/**
 * Waits for the line that holds the result, and not for the program, which may wait for what its server still holds:
 * then it is ended. However slow the machine, the cases have the time they need.
 */
function resultOf(
  program: string,
  args: readonly string[],
): Promise<Readonly<Record<string, string | null>>> {
  const child = spawn(program, args, { cwd: HERE, stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise((resolve, reject) => {
    let said = ''
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const result = /^\{.*\}$/m.exec(said.slice(0, said.lastIndexOf('\n') + 1))
      if (result === null) return
      child.kill('SIGKILL')
      resolve(JSON.parse(result[0]))
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const how = `${program} ${args.join(' ')}: ended by ${signal ?? code} without a result`
      reject(new Error(`${how}\n${said}${errors}`))
    })
  })
}
