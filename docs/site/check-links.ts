import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The links, pictures and scripts of a built site that lead nowhere, those of the sidebar among them, and hashes that no
 * element has. vitepress looks at neither.
 *
 * @param folder - the site
 * @param base - where it is served: `/tidegauge/`
 */
export function deadLinks(folder: string, base: string): string[] {
  const pages = new Map(
    filesIn(folder)
      .filter((path) => path.endsWith('.html'))
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')] as const),
  )
  const ids = new Map([...pages].map(([path, html]) => [path, idsOf(html)]))
  return [...pages].flatMap(([path, html]) => {
    const links = new Set([...html.matchAll(/\b(?:href|src)="([^"]*)"/g)].map(([, to]) => to!))
    const dead = [...links].filter((link) => !leadsSomewhere(link.replaceAll('&amp;', '&'), path))
    return dead.map((link) => `${path}: ${link}`)
  })

  function leadsSomewhere(link: string, from: string): boolean {
    const own = new URL(`${base}${from}`, 'http://site')
    const { origin, pathname, hash } = new URL(link, own)
    if (origin !== own.origin) return true
    if (!pathname.startsWith(base)) return false
    const file = fileOf(decodeURIComponent(pathname.slice(base.length)))
    if (file === undefined) return false
    return hash === '' || (ids.get(file)?.has(decodeURIComponent(hash.slice(1))) ?? false)
  }

  function fileOf(path: string): string | undefined {
    const candidates = path === '' || path.endsWith('/') ? [`${path}index.html`] : [path]
    return candidates.find(
      (one) => existsSync(join(folder, one)) && statSync(join(folder, one)).isFile(),
    )
  }
}

function idsOf(html: string): Set<string> {
  return new Set([...html.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id!))
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) =>
    path.replaceAll('\\', '/'),
  )
}
