import ts from 'typescript'

/** The compiler's view of some of our sources and of all that they import, for tests that ask what there is. */
export function sourceProgram(rootNames: readonly string[]): ts.Program {
  return ts.createProgram({
    rootNames,
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
}
