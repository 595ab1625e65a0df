import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

/**
 * Every `ts` block of every page runs as it stands, as a module of its own; a `text` block right behind it
 * is what it prints. All of them type-check.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const directory = fileURLToPath(new URL('.snippets', import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

interface Snippet {
  readonly title: string
  readonly file: string
  readonly code: string
  readonly output: string | undefined
}

function pages(): string[] {
  const below = (folder: string) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
      .map(({ name }) => `${folder}/${name}/README.md`)
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
  return [
    'README.md',
    'CONTRIBUTING.md',
    ...below('packages'),
    ...below('examples'),
    ...docs.map((name) => `docs/${name}`),
  ]
}

function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(join(root, page), 'utf8')
  const blocks = text.matchAll(/^```ts\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```)?/gm)
  return [...blocks].map(([, code, output], i) => {
    const line = text.slice(0, text.indexOf(code!)).split('\n').length
    const file = `${page.replace(/\W+/g, '-')}-${i}.ts`
    return { title: `${page}:${line}`, file, code: code!, output }
  })
}

const snippets = pages().flatMap(snippetsOf)

beforeAll(() => {
  mkdirSync(directory, { recursive: true })
  for (const { file, code } of snippets) writeFileSync(join(directory, file), code)
})
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})

const runSnippet = (file: string) =>
  spawnSync(process.execPath, ['--conditions=tidegauge-source', '--import', tsx, file], {
    cwd: directory,
    encoding: 'utf8',
    timeout: 110_000,
    env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'), NO_COLOR: '1' },
  })

test.each(snippets)('$title prints what the page says', ({ file, output }) => {
  const { status, stdout, stderr } = runSnippet(file)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  if (output !== undefined) expect(stdout).toBe(output)
})

const writers = snippets.filter(({ code }) => code.includes('writeReports('))

test.each(writers)('$title runs again over what it wrote', ({ file, output }) => {
  for (let times = 0; times < 2; times++) {
    const { status, stdout, stderr } = runSnippet(file)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    if (output !== undefined) expect(stdout).toBe(output)
  }
})

test('all of them type-check', { timeout: 120_000 }, () => {
  const config = {
    extends: '../../tsconfig.base.json',
    compilerOptions: { isolatedDeclarations: false, declaration: false },
    include: ['*.ts'],
  }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config))
  // Not `.bin/tsc`: on Windows that is a script for a shell.
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', directory], {
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
})
