import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { exportsOf, packages } from './public-api.ts'

/**
 * Every exported function, class and constant of every package, and every option that a function takes, stands in
 * code in the package's README or in a page of these docs.
 */
const root = fileURLToPath(new URL('..', import.meta.url))

/** What stands between back quotes, in a line or in a block. */
function codeIn(text: string): string {
  const blocks = text.match(/^```[\s\S]*?^```/gm) ?? []
  const spans = text.replace(/^```[\s\S]*?^```/gm, '').match(/`[^`]+`/g) ?? []
  return [...blocks, ...spans].join('\n')
}

const docs = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => readFileSync(join(root, 'docs', name), 'utf8'))

describe.each(packages)('$name', ({ folder, entries }) => {
  const readme = readFileSync(join(root, 'packages', folder, 'README.md'), 'utf8')
  const words = new Set([readme, ...docs].flatMap((text) => codeIn(text).match(/[\w$]+/g) ?? []))
  const all = entries.flatMap(exportsOf)

  test('every export stands in its README or in the docs', () => {
    const missing = all.filter(({ name }) => !words.has(name)).map(({ name }) => name)
    expect([...new Set(missing)]).toEqual([])
  })

  test('and so does every option', () => {
    const missing = all.flatMap(({ name, options }) =>
      options
        .flatMap(({ keys }) => keys)
        .filter((option) => !words.has(option))
        .map((option) => `${name}: ${option}`),
    )
    expect([...new Set(missing)]).toEqual([])
  })
})
