import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const directory = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme)![1]!
}

test('the code of the README prints what the README says', () => {
  const stdout = execFileSync(
    process.execPath,
    [
      '--conditions=tidegauge-source',
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      block('ts'),
    ],
    { cwd: directory, encoding: 'utf8' },
  )
  expect(stdout).toBe(block('text'))
})
