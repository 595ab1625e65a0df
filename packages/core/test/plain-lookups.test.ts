import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Look-ups by text that cannot find what every object inherits. */
const HARMLESS = new Map([
  ['drift/src/read/tally.ts', 'an object without a prototype'],
  ['drift/src/read/read-cells.ts', 'the tag of a typed array'],
  ['core/src/visible-text.ts', 'a single character'],
  ['reporters/src/junit.ts', 'a single character'],
  ['core/src/table.ts', 'a key that the object itself listed'],
  ['cli/src/output/report-formats.ts', 'an ending of our own'],
  ['cli/src/options/command-line.ts', 'an option of our own'],
  ['cli/src/options/config-file.ts', 'an option of our own'],
  ['cli/src/options/library-options.ts', 'an option of our own'],
  ['core/src/http-access.ts', 'a header that we ask for'],
  ['metrics/src/middleware/express/mount-pattern.ts', 'a key that the object itself listed'],
  [
    'metrics/src/middleware/express/express-app.ts',
    'a proxy that stands for the object with all it inherits',
  ],
  ['monitor/src/features/unheld-feature.ts', 'asks just whether the name is inherited'],
  ['monitor/src/features/categorical-feature.ts', 'asks just whether the name is inherited'],
  ['monitor/src/features/numeric-feature.ts', 'asks just whether the name is inherited'],
  ['monitor/src/features/row-counter.ts', 'after the question whether the row has it'],
])

test('no plain object is asked for a name from outside without asking whether it has it', () => {
  const config = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile)
  const { fileNames, options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root)
  const isOurs = (file: string) =>
    /packages\/[^/]+\/src\//.test(file) && !/\.test\.tsx?$/.test(file) && !/node_modules/.test(file)
  const program = ts.createProgram(fileNames.filter(isOurs), options)
  const found = program
    .getSourceFiles()
    .filter(({ fileName }) => isOurs(fileName))
    .flatMap((file) => lookupsIn(file, program.getTypeChecker()))
    .filter((place) => !HARMLESS.has(place.slice(0, place.indexOf(':'))))
  expect(found).toEqual([])
}, 240_000)

function lookupsIn(file: ts.SourceFile, checker: ts.TypeChecker): string[] {
  const places: string[] = []
  const visit = (node: ts.Node): void => {
    if (isLookup(node, checker) && !isGuarded(node) && !isWritten(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart())
      places.push(`${file.fileName.split('packages/')[1]}:${line + 1}: ${node.getText()}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return places
}

function isLookup(node: ts.Node, checker: ts.TypeChecker): boolean {
  if (ts.isElementAccessExpression(node)) {
    const object = checker.getTypeAtLocation(node.expression)
    return isText(checker.getTypeAtLocation(node.argumentExpression)) && isRecord(object, checker)
  }
  const isIn = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword
  return isIn && !ts.isStringLiteral(node.left) && isText(checker.getTypeAtLocation(node.left))
}

/** Any text, and not one of a few. */
function isText(type: ts.Type): boolean {
  return type.isUnion() ? type.types.some(isText) : (type.flags & ts.TypeFlags.String) !== 0
}

function isRecord(type: ts.Type, checker: ts.TypeChecker): boolean {
  const object = checker.getNonNullableType(type)
  if (object.isUnion()) return object.types.some((part) => isRecord(part, checker))
  return checker.getIndexInfoOfType(object, ts.IndexKind.String) !== undefined
}

/** Stands in an expression that asks `Object.hasOwn` for the same. */
function isGuarded(node: ts.Node): boolean {
  if (!ts.isElementAccessExpression(node)) return false
  const object = node.expression.getText().replace(/^\((\w+) as .*\)$/s, '$1')
  const question = `Object.hasOwn(${object}, ${node.argumentExpression.getText()})`
  let parent: ts.Node = node
  while (!ts.isFunctionLike(parent) && !ts.isSourceFile(parent)) {
    if (parent.getText().includes(question)) return true
    parent = parent.parent
  }
  return parent.getText().includes(question) && !ts.isSourceFile(parent)
}

function isWritten({ parent, ...node }: ts.Node): boolean {
  return (
    ts.isBinaryExpression(parent) &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    parent.left.pos === node.pos
  )
}
