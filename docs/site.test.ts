import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { linkOf, pageOf, ROOT, slugOf } from './.vitepress/repository.ts'
import { sidebar } from './.vitepress/sidebar.ts'
import { changeOf, changesPage } from './site/changes.ts'
import { deadLinks } from './site/check-links.ts'

/** Texts that are kept, and shown on the site. */
function pages(): string[] {
  const inFolder = (folder: string) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => (folder === '.' ? name : `${folder}/${name}`))
  const readmes = ['packages', 'examples'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}/README.md`),
  )
  const files = [...inFolder('.'), ...inFolder('docs'), ...inFolder('docs/decisions'), ...readmes]
  return files.flatMap((file) => pageOf(file) ?? [])
}

type Items = ReturnType<typeof sidebar>

function linksOf(items: Items): string[] {
  return items.flatMap(({ link, items = [] }) => [...(link ? [link] : []), ...linksOf(items)])
}

test('each page has a place in the sidebar, and each place there a page', () => {
  const places = linksOf(sidebar())
    .map((link) => (link === '/' ? 'index.md' : `${link.slice(1).replace(/#.*/, '')}.md`))
    .filter((page) => !page.startsWith('reference/'))
  expect([...new Set(places)].sort()).toEqual(pages().sort())
})

test.each([
  ['metrics.md#names', 'docs/alerts.md', '/metrics.md#names'],
  ['../packages/mixin', 'docs/alerts.md', '/packages/mixin.md'],
  ['../../docs/cli.md#options', 'packages/cli/README.md', '/cli.md#options'],
  ['docs/report.md', 'README.md', '/report.md'],
  ['public/january.csv', 'docs/report.md', '/january.csv'],
  ['#limits', 'docs/report.md', '#limits'],
  ['https://example.org/a.md', 'docs/report.md', 'https://example.org/a.md'],
  [
    'https://github.com/tidegauge/tidegauge/blob/main/docs/engines.md',
    'packages/sources/README.md',
    '/engines.md',
  ],
  ['api', 'docs/STYLE.md', 'https://github.com/tidegauge/tidegauge/tree/main/docs/api'],
  [
    '../package.json',
    'docs/STYLE.md',
    'https://github.com/tidegauge/tidegauge/blob/main/package.json',
  ],
])('%s of %s is %s on the site', (href, file, link) => {
  expect(linkOf(href, file)).toBe(link)
})

test.each(['no-such-page.md', '../../elsewhere.md'])('%s ends the build', (href) => {
  expect(() => linkOf(href, 'docs/report.md')).toThrow(
    `docs/report.md: its link ${href} leads nowhere`,
  )
})

test('a heading has the id that GitHub gives it', () => {
  expect(slugOf('Tables in a database')).toBe('tables-in-a-database')
  expect(slugOf('`--where`, and “more”: Next.js')).toBe('--where-and-more-nextjs')
})

test('of a built site, links and hashes that lead nowhere are told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegauge-site-'))
  try {
    writeFileSync(join(folder, 'b.html'), '<h2 id="here">')
    const links = ['b.html#here', '/base/', 'b.html#gone', '/b.html', 'c.html', 'https://x.org/']
    const html = links.map((link) => `<a href="${link}">`).join('')
    writeFileSync(join(folder, 'index.html'), `${html}<img src="/base/p.png">`)
    expect(deadLinks(folder, '/base/')).toEqual([
      'index.html: b.html#gone',
      'index.html: /b.html',
      'index.html: c.html',
      'index.html: /base/p.png',
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a changeset names its packages and says what changed', () => {
  const source =
    '---\n"@tidegauge/drift": minor\n\'tidegauge\': patch\n---\n\nOne thing.\n\nMore.\n'
  expect(changeOf(source, 'a.md')).toEqual({
    packages: ['@tidegauge/drift', 'tidegauge'],
    text: 'One thing.\n\nMore.',
  })
  expect(() => changeOf('One thing.', 'a.md')).toThrow('.changeset/a.md is no changeset')
})

test('changesets name packages that there are', () => {
  const manifest = (folder: string): { readonly name: string } =>
    JSON.parse(readFileSync(join(ROOT, 'packages', folder, 'package.json'), 'utf8'))
  const names = new Set(readdirSync(join(ROOT, 'packages')).map((one) => manifest(one).name))
  const folder = join(ROOT, '.changeset')
  const unknown = readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => changeOf(readFileSync(join(folder, name), 'utf8'), name).packages)
    .filter((name) => !names.has(name))
  expect(unknown).toEqual([])
})

test('the page of changes has every changeset that waits', () => {
  const page = changesPage(ROOT)
  const waiting = readdirSync(join(ROOT, '.changeset')).filter((name) => name.endsWith('.md'))
  expect(page.match(/^- /gm)?.length).toBeGreaterThanOrEqual(waiting.length)
  expect(page).toContain('### @tidegauge/metrics')
})
