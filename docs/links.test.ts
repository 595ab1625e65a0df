import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Every link of every page to a file of the repository, or to a heading, leads there. */
const root = fileURLToPath(new URL('..', import.meta.url))

const pages = [
  '.',
  'docs',
  'docs/decisions',
  ...below('packages'),
  ...below('examples'),
  'bench',
  'conformance',
].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md')
    .map((name) => join(folder, name)),
)

function below(folder: string): string[] {
  return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`)
}

/** What is code is no link and no heading. */
function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8').replace(/^(`{3,})[^`][\s\S]*?^\1$/gm, '')
}

/** Of `[text](target)`, `![text](target)` and `[name]: target`. */
function linksOf(page: string): string[] {
  const text = textOf(page).replace(/`[^`\n]*`/g, '`')
  const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)]
  const named = [...text.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)]
  return [...inline, ...named].map(([, target]) => target!)
}

/** By GitHub's rule. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading] of textOf(page).matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)) {
    const name = heading!
      .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-')
    let [anchor, times] = [name, 0]
    while (anchors.has(anchor)) anchor = `${name}-${++times}`
    anchors.add(anchor)
  }
  return anchors
}

/** Why it leads nowhere. */
function wrongOf(page: string, link: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return undefined // somebody else's
  const [path, anchor] = link.split('#') as [string, string | undefined]
  const target = path === '' ? page : join(dirname(page), decodeURIComponent(path))
  if (!existsSync(join(root, target))) return `${page}: no ${link}`
  const isFolder = statSync(join(root, target)).isDirectory()
  const shown = isFolder ? join(target, 'README.md') : target
  if (anchor === undefined || !shown.endsWith('.md')) return undefined
  return anchorsOf(shown).has(anchor)
    ? undefined
    : `${page}: no heading for ${link} in ${relative('.', shown)}`
}

test('every link leads to a file or a heading that there is', () => {
  const links = pages.flatMap((page) => linksOf(page).map((link) => [page, link] as const))
  expect(pages).toContain('README.md')
  expect(links.length).toBeGreaterThan(150)
  expect(links.flatMap(([page, link]) => wrongOf(page, link) ?? [])).toEqual([])
})

test('what leads nowhere is found', () => {
  expect(wrongOf('README.md', 'docs/none.md')).toBe('README.md: no docs/none.md')
  expect(wrongOf('README.md', '#see-it-run')).toBeUndefined()
  expect(wrongOf('README.md', 'docs/cli.md#none')).toContain('no heading for docs/cli.md#none')
  expect(wrongOf('docs/cli.md', '../packages/sources#none')).toContain('packages/sources/README.md')
})
