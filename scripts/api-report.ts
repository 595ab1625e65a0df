import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { publicEntries } from './public-entries.ts'

/**
 * The public API as text, one file an entry, kept in docs/api: what a change does to it is read in the diff.
 *
 * Of each source file the declarations are made as the build makes them (`isolatedDeclarations`: no type checker), without
 * comments. What an entry exports comes first, by name; then what its declarations mention and nobody can import.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const FOLDER = 'docs/api'

/** Every report, by its path in the repository. */
function apiReports(): Map<string, string> {
  const reports = new Map<string, string>()
  for (const { folder, specifier, subpath, source } of publicEntries()) {
    const file = subpath === '.' ? 'index' : subpath.slice(2)
    reports.set(`${FOLDER}/${folder}/${file}.api.md`, reportOf(specifier, source))
  }
  return reports
}

/** Where a name is declared: in a file of ours, or in another package. */
type Origin =
  | { readonly file: string; readonly name: string }
  | { readonly specifier: string; readonly name: string }

function reportOf(specifier: string, entry: string): string {
  const exported = exportsOf(entry)
  const ours = new Map<string, string>()
  const foreign = new Map<string, string[]>()
  const seen = new Set<string>()
  const queue: { readonly file: string; readonly name: string }[] = []
  for (const [name, origin] of [...exported].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const alias = origin.name === name ? name : `${origin.name} as ${name}`
    if ('specifier' in origin) {
      foreign.set(origin.specifier, [...(foreign.get(origin.specifier) ?? []), alias])
      continue
    }
    seen.add(keyOf(origin))
    ours.set(alias, declarationsText(origin.file, origin.name))
    queue.push(origin)
  }
  const mentioned = new Map<string, string>()
  for (let origin = queue.shift(); origin !== undefined; origin = queue.shift()) {
    for (const used of mentionedBy(origin.file, origin.name)) {
      if ('specifier' in used || seen.has(keyOf(used))) continue
      seen.add(keyOf(used))
      queue.push(used)
      const text = declarationsText(used.file, used.name)
      if (text !== '') mentioned.set(keyOf(used), text)
    }
  }
  const others = [...mentioned].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
  const reexports = [...foreign]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([from, names]) => `export { ${names.join(', ')} } from '${from}'`)
  return [
    `# ${specifier}`,
    'Written by `pnpm api`: a change of the public API is a change of this file, and is told in a changeset.',
    ...fenced([...reexports, ...ours.values()]),
    ...(others.length === 0 ? [] : ['Mentioned by these, not exported:', ...fenced(others)]),
  ]
    .join('\n\n')
    .concat('\n')
}

function fenced(declarations: readonly string[]): string[] {
  return [['```ts', declarations.join('\n\n'), '```'].join('\n')]
}

function keyOf({ file, name }: { readonly file: string; readonly name: string }): string {
  return `${name} ${relative(root, file).replaceAll('\\', '/')}`
}

const parsed = new Map<string, ts.SourceFile>()

/** The declarations of a source file, as the build writes them. */
function declarationFile(path: string): ts.SourceFile {
  const known = parsed.get(path)
  if (known !== undefined) return known
  const { outputText } = ts.transpileDeclaration(readFileSync(path, 'utf8'), {
    fileName: path,
    reportDiagnostics: false,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      jsx: ts.JsxEmit.Preserve,
      isolatedDeclarations: true,
      declaration: true,
      removeComments: true,
      newLine: ts.NewLineKind.LineFeed,
      strict: true,
    },
  })
  const file = ts.createSourceFile(path, outputText, ts.ScriptTarget.ES2023, true)
  parsed.set(path, file)
  return file
}

/** What a file exports, followed to where it is declared. */
function exportsOf(path: string): Map<string, Origin> {
  const found = new Map<string, Origin>()
  for (const statement of declarationFile(path).statements) {
    if (ts.isExportDeclaration(statement)) {
      const from = statement.moduleSpecifier && textOf(statement.moduleSpecifier)
      const { exportClause } = statement
      if (exportClause !== undefined && ts.isNamedExports(exportClause)) {
        for (const { name, propertyName } of exportClause.elements) {
          const original = (propertyName ?? name).text
          found.set(
            name.text,
            from === undefined ? originOf(path, original) : resolved(path, from, original),
          )
        }
      } else if (from !== undefined) {
        for (const [name, origin] of exportsOf(join(dirname(path), from))) found.set(name, origin)
      }
    } else if (isExported(statement)) {
      for (const name of namesOf(statement)) found.set(name, { file: path, name })
    }
  }
  return found
}

function resolved(path: string, from: string, name: string): Origin {
  if (!from.startsWith('.')) return { specifier: from, name }
  const origin = exportsOf(join(dirname(path), from)).get(name)
  if (origin === undefined) throw new Error(`${path}: ${from} exports no ${name}`)
  return origin
}

/** Where a name that a file uses comes from. */
function originOf(path: string, name: string): Origin {
  for (const statement of declarationFile(path).statements) {
    if (!ts.isImportDeclaration(statement)) continue
    const bindings = statement.importClause?.namedBindings
    const from = textOf(statement.moduleSpecifier)
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue
    const element = bindings.elements.find((one) => one.name.text === name)
    if (element !== undefined)
      return resolved(path, from, (element.propertyName ?? element.name).text)
  }
  return { file: path, name }
}

function declarationsOf(path: string, name: string): ts.Statement[] {
  return declarationFile(path).statements.filter((one) => namesOf(one).includes(name))
}

const printer = ts.createPrinter({
  removeComments: true,
  newLine: ts.NewLineKind.LineFeed,
})

function declarationsText(path: string, name: string): string {
  return declarationsOf(path, name)
    .map((one) => printer.printNode(ts.EmitHint.Unspecified, one, declarationFile(path)))
    .map((text) => text.replace(/^export (declare )?/, '').replace(/^declare /, ''))
    .join('\n')
}

/** The names in the types of a declaration. */
function mentionedBy(path: string, name: string): Origin[] {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text)
    else ts.forEachChild(node, visit)
  }
  for (const statement of declarationsOf(path, name)) visit(statement)
  names.delete(name)
  const file = declarationFile(path)
  const imported = file.statements.flatMap((statement) => {
    const bindings = ts.isImportDeclaration(statement) && statement.importClause?.namedBindings
    return bindings && ts.isNamedImports(bindings)
      ? bindings.elements.map((one) => one.name.text)
      : []
  })
  const known = new Set([...imported, ...file.statements.flatMap(namesOf)])
  return [...names].filter((one) => known.has(one)).map((one) => originOf(path, one))
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText())
  }
  const named =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
  return named && statement.name !== undefined ? [statement.name.text] : []
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  )
}

function textOf(node: ts.Expression): string {
  return (node as ts.StringLiteral).text
}

function main(args: readonly string[]): number {
  const reports = apiReports()
  if (args.includes('--check')) {
    const stale = [...reports]
      .filter(([path, text]) => !isWritten(path, text))
      .map(([path]) => path)
    const surplus = writtenReports().filter((path) => !reports.has(path))
    for (const path of [...stale, ...surplus])
      console.error(`${path} is not what the sources export`)
    if (stale.length + surplus.length === 0) return 0
    console.error('run npx -y pnpm@10 api, read the diff, and tell it in a changeset')
    return 1
  }
  rmSync(join(root, FOLDER), { recursive: true, force: true })
  for (const [path, text] of reports) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return 0
}

function isWritten(path: string, text: string): boolean {
  return existsSync(join(root, path)) && readFileSync(join(root, path), 'utf8') === text
}

/** Those that are kept, of entries that may be gone. */
function writtenReports(): string[] {
  const folder = join(root, FOLDER)
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.api.md'))
    .map((path) => `${FOLDER}/${path.replaceAll('\\', '/')}`)
    .sort()
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = main(process.argv.slice(2))
