import { expect, test } from 'vitest'
import { compiledScript, hashOf } from '../browser/build.ts'
import { SCRIPT, SCRIPT_HASH, STYLE_HASH } from '../src/html/page-script.ts'
import { STYLE } from '../src/html/style.ts'

test('the embedded script is browser/page.ts (after a change: pnpm page-script)', () => {
  expect(SCRIPT).toBe(compiledScript())
  expect([SCRIPT_HASH, STYLE_HASH]).toEqual([hashOf(SCRIPT), hashOf(STYLE)])
})

test('the script cannot end its own element', () => {
  expect(SCRIPT).not.toMatch(/<\/script|<!--/i)
})
