import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/**
 * Every exported function, class and constant of every package, and every option that a function takes, stands in
 * code in the package's README or in a page of these docs.
 */
const root = fileURLToPath(new URL('..', import.meta.url))

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>
}

const packages = readdirSync(join(root, 'packages')).flatMap((folder) => {
  const path = join(root, 'packages', folder, 'package.json')
  if (!existsSync(path)) return []
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  const entries = Object.values(manifest.exports ?? {}).flatMap((entry) => {
    const source = typeof entry === 'string' ? undefined : entry['tidegauge-source']
    return typeof source === 'string' ? [join(root, 'packages', folder, source)] : []
  })
  return [{ folder, name: manifest.name, entries }]
})

const program = ts.createProgram({
  rootNames: packages.flatMap(({ entries }) => entries),
  options: {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ['tidegauge-source'],
    allowImportingTsExtensions: true,
    noEmit: true,
    jsx: ts.JsxEmit.Preserve,
    strict: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
  },
})
const checker = program.getTypeChecker()

interface Export {
  readonly name: string
  readonly options: readonly string[]
}

function exportsOf(entry: string): Export[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!
  return checker.getExportsOfModule(module).flatMap((symbol) => {
    const own = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    if (!(own.flags & ts.SymbolFlags.Value)) return []
    return [{ name: symbol.name, options: optionsOf(own) }]
  })
}

/** The keys of each parameter that is an object of options: a type of ours, declared as one. */
function optionsOf(symbol: ts.Symbol): string[] {
  const declaration = symbol.valueDeclaration
  if (declaration === undefined || !ts.isFunctionDeclaration(declaration)) return []
  const type = checker.getTypeOfSymbolAtLocation(symbol, declaration)
  return type.getCallSignatures().flatMap((signature) =>
    signature.getParameters().flatMap((parameter) => {
      const given = checker.getNonNullableType(
        checker.getTypeOfSymbolAtLocation(parameter, parameter.valueDeclaration ?? declaration),
      )
      const named = given.aliasSymbol ?? given.getSymbol()
      if (!/Options$/.test(named?.name ?? '')) return []
      return given.getProperties().map(({ name }) => name)
    }),
  )
}

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
      options.filter((option) => !words.has(option)).map((option) => `${name}: ${option}`),
    )
    expect([...new Set(missing)]).toEqual([])
  })
})
