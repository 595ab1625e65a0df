import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type DefaultTheme, defineConfig, type UserConfig } from 'vitepress'
import { GITHUB, linkOf, pageOf, ROOT, slugOf } from './repository.ts'
import { sidebar } from './sidebar.ts'

const VITEPRESS = createRequire(import.meta.url).resolve('vitepress/package.json')

const POLICY = [
  "default-src 'self'",
  // vitepress writes a script into each page; a report has its own policy beside this one.
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
].join('; ')

const config: UserConfig<DefaultTheme.Config> = defineConfig({
  title: 'tidegauge',
  description: 'Latency histograms and data drift for Node APIs that serve models',
  lang: 'en',
  // As GitHub Pages serves it; `DOCS_BASE=/` for a host of its own.
  base: process.env.DOCS_BASE ?? '/tidegauge/',
  // Pages are the repository's own texts, where they stand.
  srcDir: '..',
  srcExclude: ['**/node_modules/**', '.*/**', 'docs/api/**', 'conformance/**', 'bench/**'],
  rewrites: (id) => pageOf(id) ?? id,
  outDir: './.vitepress/dist',
  cacheDir: './.vitepress/cache',
  // A link that leads nowhere ends the build; site/check-links.ts looks at the hashes too.
  ignoreDeadLinks: false,
  metaChunk: true,
  markdown: {
    anchor: { slugify: slugOf },
    // Code on both grounds with a contrast of 4.5 at least.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config(md) {
      md.core.ruler.push('links-of-the-repository', ({ tokens, env }) => {
        const file = fileOf(env.realPath ?? env.path)
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          if (token.type !== 'link_open') continue
          token.attrSet('href', linkOf(token.attrGet('href') ?? '', file))
        }
      })
      // A wide table scrolls inside of its frame, which the keyboard reaches too.
      md.renderer.rules.table_open = () => '<div class="wide-table" tabindex="0"><table>'
      md.renderer.rules.table_close = () => '</table></div>'
      // An empty cell heads nothing.
      md.core.ruler.push('empty-headers', ({ tokens }) => {
        for (const [i, token] of tokens.entries()) {
          if (token.type !== 'th_open' || tokens[i + 1]!.content !== '') continue
          token.tag = 'td'
          tokens[i + 2]!.tag = 'td'
        }
      })
    },
  },
  // What the page of two files promises, the browser holds it to: nothing is sent anywhere.
  transformHead: ({ siteConfig }) => [
    ['meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }],
    ['link', { rel: 'icon', href: `${siteConfig.site.base}favicon.svg` }],
  ],
  transformPageData(page) {
    // The report needs the room.
    if (page.relativePath === 'compare.md') page.frontmatter.aside = false
    // Release by release, every word of the pages comes again there.
    if (page.relativePath === 'reference/changes.md') page.frontmatter.search = false
  },
  themeConfig: {
    sidebar: sidebar(),
    nav: [
      { text: 'First ten minutes', link: '/first-ten-minutes' },
      { text: 'Compare two files', link: '/compare' },
      { text: 'Comparison', link: '/comparison' },
      { text: 'Changes', link: '/reference/changes' },
    ],
    outline: [2, 3],
    search: { provider: 'local', options: { detailedView: true } },
    socialLinks: [{ icon: 'github', link: GITHUB }],
    docFooter: { prev: false, next: false },
  },
  vite: {
    publicDir: fileURLToPath(new URL('../public', import.meta.url)),
    resolve: { conditions: ['tidegauge-source'] },
    worker: { format: 'es' },
    // The index of the search, which is loaded when somebody searches.
    build: { chunkSizeWarningLimit: 3000 },
    plugins: [
      {
        // Pages outside of docs/ have no Vue beside them: that of vitepress is meant.
        name: 'vue-of-vitepress',
        enforce: 'pre',
        resolveId(module) {
          if (module !== 'vue' && module !== 'vue/server-renderer') return null
          return this.resolve(module, VITEPRESS, { skipSelf: true })
        },
      },
    ],
  },
})

export default config

function fileOf(path: string): string {
  return path.slice(ROOT.length).replaceAll('\\', '/')
}
