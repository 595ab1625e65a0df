/**
 * Writes src/html/page-script.ts: the page's script as a string, and the hashes of script and style sheet
 * that its Content-Security-Policy names.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { STYLE } from '../src/html/style.ts'

const source = new URL('page.ts', import.meta.url)
const target = new URL('../src/html/page-script.ts', import.meta.url)

/** The types are taken out, comments and indentation too. */
export function compiledScript(): string {
  const { outputText } = ts.transpileModule(readFileSync(source, 'utf8'), {
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(target, moduleText(compiledScript()))
}
