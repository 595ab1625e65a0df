import { existsSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url))
export const GITHUB = 'https://github.com/tidegauge/tidegauge'

/**
 * The page of the site that a file of the repository is, or undefined: what people read beside docs/ is shown too,
 * so that no text has to stand twice.
 */
export function pageOf(file: string): string | undefined {
  if (file === 'README.md') return 'index.md'
  if (file === 'CONTRIBUTING.md' || file === 'SECURITY.md') return file.toLowerCase()
  const readme = /^((?:packages|examples)\/[^/]+)\/README\.md$/.exec(file)
  if (readme !== null) return `${readme[1]}.md`
  const page = /^docs\/(?!api\/)(.+\.md)$/.exec(file)
  return page?.[1]
}

/**
 * Where a link of a page leads on the site. Relative links are those that GitHub follows; what is no page of the site is
 * shown there.
 *
 * @param file - the page that has the link, from the root of the repository
 * @throws Error where there is no such file
 */
export function linkOf(href: string, file: string): string {
  if (href.startsWith('#')) return href
  const [path, hash] = onSite(href).split('#') as [string, string?]
  if (/^[a-z]+:/i.test(path)) return href
  const base = path.startsWith('/') ? ROOT : dirname(join(ROOT, file))
  const target = resolve(base, path.replace(/^\//, ''))
  const inside = relative(ROOT, target).split(sep).join('/')
  if (inside.startsWith('..') || !existsSync(target)) {
    throw new Error(`${file}: its link ${href} leads nowhere`)
  }
  const isFolder = statSync(target).isDirectory()
  const readme = isFolder && existsSync(join(target, 'README.md')) ? `${inside}/README.md` : inside
  const anchor = hash === undefined ? '' : `#${hash}`
  const page = pageOf(readme)
  if (page !== undefined) return `/${page}${anchor}`
  // Served beside the pages.
  if (inside.startsWith('docs/public/')) return inside.slice('docs/public'.length)
  return `${GITHUB}/${isFolder ? 'tree' : 'blob'}/main/${inside}${anchor}`
}

/** The READMEs of packages stand on npm too, and name pages of docs/ by their whole address. */
function onSite(href: string): string {
  const own = `${GITHUB}/blob/main/`
  return href.startsWith(own) ? `/${href.slice(own.length)}` : href
}

/** An id of a heading, as GitHub makes it: links with a hash work here and there. */
export function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}
