/**
 * Writes src/html/page-script.ts and src/html/live/live-script.ts: the scripts of a page and of a live one as strings, and
 * the hashes of scripts and style sheets that its Content-Security-Policy names.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { LIVE_STYLE } from '../src/html/live/live-style.ts'
import { STYLE } from '../src/html/style.ts'

/** The types are taken out, comments and indentation too. */
export function compiledScript(name: 'page' | 'live' = 'page'): string {
  const source = readFileSync(new URL(`${name}.ts`, import.meta.url), 'utf8')
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      removeComments: true,
    },
  })
  return outputText.replace(/^ +/gm, '')
}

export function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function moduleText(script: string): string {
  const escaped = script.replaceAll(/[\\`]|\$\{/g, '\\$&')
  return `// Made by \`pnpm page-script\` of browser/page.ts and style.ts; not edited by hand.

/** The page's script. */
export const SCRIPT = \`${escaped}\`

/** Of the script and of the style sheet, as sources of the Content-Security-Policy. */
export const SCRIPT_HASH = '${hashOf(script)}'
export const STYLE_HASH = '${hashOf(STYLE)}'
`
}

function liveModuleText(script: string): string {
  const escaped = script.replaceAll(/[\\`]|\$\{/g, '\\$&')
  return `// Made by \`pnpm page-script\` of browser/live.ts and live-style.ts; not edited by hand.

/** What the script of a live page does besides. */
export const LIVE_SCRIPT = \`${escaped}\`

/** Of that script and of its style sheet, as sources of the Content-Security-Policy. */
export const LIVE_SCRIPT_HASH = '${hashOf(script)}'
export const LIVE_STYLE_HASH = '${hashOf(LIVE_STYLE)}'
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = (path: string) => new URL(`../src/html/${path}`, import.meta.url)
  writeFileSync(target('page-script.ts'), moduleText(compiledScript()))
  writeFileSync(target('live/live-script.ts'), liveModuleText(compiledScript('live')))
}
