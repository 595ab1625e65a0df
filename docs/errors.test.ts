import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** docs/errors.md holds every code that a package throws, with the class that carries it. */
const root = fileURLToPath(new URL('..', import.meta.url))
const table = readFileSync(`${root}/docs/errors.md`, 'utf8')
const rows = [...table.matchAll(/^\| `(ERR_\w+)` +\| `(\w+)`/gm)].map(([, code, name]) => ({
  code: code!,
  name: name!,
}))

const sources = readdirSync(`${root}/packages`).flatMap((name) => {
  const folder = `${root}/packages/${name}/src`
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
    .map((path) => readFileSync(`${folder}/${path}`, 'utf8'))
})

/** A code is given to an error by its constructor's `super(…)`, by `new TidegaugeError(…)`, or as its field. */
const thrown = sources.flatMap((text) =>
  [...text.matchAll(/(?:super\(|TidegaugeError\(|\bcode = )\s*'(ERR_\w+)'/g)].map(
    ([, code]) => code!,
  ),
)

test('every code that is thrown stands in the table, once', () => {
  expect(thrown.length).toBeGreaterThan(10)
  expect(rows.map(({ code }) => code).sort()).toEqual([...new Set(thrown)].sort())
})

test('so does the class that carries it', () => {
  const classes = sources.flatMap((text) =>
    [...text.matchAll(/class (?!Tidegauge)(\w+Error) extends \w*Error \{[\s\S]*?'(ERR_\w+)'/g)].map(
      ([, name, code]) => `${code} ${name}`,
    ),
  )
  const listed = rows.map(({ code, name }) => `${code} ${name}`)
  expect(classes.length).toBeGreaterThan(10)
  expect(listed).toEqual(expect.arrayContaining(classes))
})

test('no other text that looks like a code of ours is anywhere in the sources', () => {
  const NODE = ['ERR_MODULE_NOT_FOUND']
  const known = new Set([...rows.map(({ code }) => code), ...NODE])
  const written = sources.flatMap((text) => text.match(/\bERR_[A-Z_]+\b/g) ?? [])
  expect(written.filter((code) => !known.has(code))).toEqual([])
})
