import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { sourceProgram } from '../scripts/source-program.ts'

/** What the packages export for others, as the compiler sees it from their sources. */
const root = fileURLToPath(new URL('..', import.meta.url))

/** What they share among themselves; others are told to leave it alone. */
const INTERNAL = '/internal'

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>
}

export interface Entry {
  /** As it is imported: `@tidegauge/drift/evidently`. */
  readonly specifier: string
  readonly source: string
}

export interface Package {
  readonly folder: string
  readonly name: string
  readonly entries: readonly Entry[]
}

export const packages: readonly Package[] = readdirSync(join(root, 'packages')).flatMap(
  (folder) => {
    const path = join(root, 'packages', folder, 'package.json')
    if (!existsSync(path)) return []
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
    const entries = Object.entries(manifest.exports ?? {}).flatMap(([subpath, entry]) => {
      const source = typeof entry === 'string' ? undefined : entry['tidegauge-source']
      if (typeof source !== 'string' || subpath.endsWith(INTERNAL)) return []
      const specifier = `${manifest.name}${subpath.slice(1)}`
      return [{ specifier, source: join(root, 'packages', folder, source) }]
    })
    return [{ folder, name: manifest.name, entries }]
  },
)

const program = sourceProgram(
  packages.flatMap(({ entries }) => entries.map(({ source }) => source)),
)
const checker = program.getTypeChecker()

export interface Export {
  readonly name: string
  /** Of each parameter that is an object of options. */
  readonly options: readonly Options[]
}

export interface Options {
  readonly keys: readonly string[]
  /** Options that hold options of their own, in an object or a list of objects, with the keys of those. */
  readonly nested: Readonly<Record<string, readonly string[]>>
}

/** The functions, classes and constants of an entry. */
export function exportsOf({ source }: Entry): Export[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(source)!)!
  return checker.getExportsOfModule(module).flatMap((symbol) => {
    const own = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    if (!(own.flags & ts.SymbolFlags.Value)) return []
    return [{ name: symbol.name, options: optionsOf(own) }]
  })
}

function optionsOf(symbol: ts.Symbol): Options[] {
  const declaration = symbol.valueDeclaration
  if (declaration === undefined || !ts.isFunctionDeclaration(declaration)) return []
  const type = checker.getTypeOfSymbolAtLocation(symbol, declaration)
  return type.getCallSignatures().flatMap((signature) =>
    signature.getParameters().flatMap((parameter) => {
      const given = checker.getNonNullableType(
        checker.getTypeOfSymbolAtLocation(parameter, parameter.valueDeclaration ?? declaration),
      )
      if (!isOptions(parameter, given.aliasSymbol ?? given.getSymbol())) return []
      const properties = given.getProperties()
      const nested = properties.flatMap((property) =>
        keysWithin(checker.getTypeOfSymbolAtLocation(property, declaration)).map(
          (keys) => [property.name, keys] as const,
        ),
      )
      return [{ keys: properties.map(({ name }) => name), nested: Object.fromEntries(nested) }]
    }),
  )
}

/** By its type's name, or its own: a `Pick` of a type of options has no name. */
function isOptions(parameter: ts.Symbol, type: ts.Symbol | undefined): boolean {
  return /Options$/.test(type?.name ?? '') || /^(options|limits|policy)$/.test(parameter.name)
}

/** The keys of the objects that a value of the type may be, or be a list of, where all of them are known. */
function keysWithin(type: ts.Type): string[][] {
  const whole = checker.getNonNullableType(type)
  return (whole.isUnion() ? whole.types : [whole]).flatMap((part): string[][] => {
    const item = checker.isArrayLikeType(part)
      ? checker.getIndexTypeOfType(part, ts.IndexKind.Number)
      : undefined
    if (item !== undefined) return keysWithin(item)
    const isObject = (part.flags & ts.TypeFlags.Object) !== 0 || part.isIntersection()
    if (!isObject || part.getCallSignatures().length > 0) return []
    if (part.getStringIndexType() !== undefined) return []
    return [part.getProperties().map(({ name }) => name)]
  })
}
