import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application } from 'typedoc'
import { type PublicEntry, publicEntries } from '../../scripts/public-entries.ts'
import { changesPage } from './changes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const REFERENCE = join(root, 'docs/reference')
const API = join(REFERENCE, 'api')

const OPTIONS: Record<string, unknown> = {
  tsconfig: join(root, 'tsconfig.json'),
  // `pnpm typecheck` does that.
  skipErrorChecking: true,
  plugin: ['typedoc-plugin-markdown'],
  outputs: [{ name: 'markdown', path: API }],
  // A comment may name, as code, what its package keeps to itself.
  validation: false,
  logLevel: 'Warn',
  name: 'Functions and types',
  readme: 'none',
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  disableSources: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  outputFileStrategy: 'modules',
  entryFileName: 'index',
  useHTMLAnchors: true,
  useHTMLEncodedBrackets: true,
  sanitizeComments: true,
}

/**
 * Writes what the site shows beside the pages that are kept, into docs/reference: the functions and types of each entry
 * of each package, from their comments, and what has changed.
 */
export async function writeReference(): Promise<void> {
  rmSync(REFERENCE, { recursive: true, force: true })
  await writeApi()
  writeFileSync(join(REFERENCE, 'changes.md'), changesPage(root))
}

async function writeApi(): Promise<void> {
  const entries = publicEntries()
  const app = await Application.bootstrapWithPlugins(OPTIONS)
  app.options.setValue(
    'entryPoints',
    entries.map(({ source }) => source),
  )
  const points = (app.getEntryPoints() ?? []).map((point) => {
    const { specifier } = entries.find(({ source }) => source === point.sourceFile.fileName)!
    return { ...point, displayName: specifier }
  })
  if (points.length !== entries.length) throw new Error('typedoc does not read all entries')
  await app.generateOutputs(app.converter.convert(points))
  const list = readFileSync(join(API, 'index.md'), 'utf8').matchAll(/^- \[(.+)\]\((.+)\.md\)$/gm)
  const pages = new Map([...list].map(([, name, path]) => [name!, path!]))
  writeFileSync(join(API, 'pages.json'), JSON.stringify(itemsOf(entries, pages)))
}

/** For the sidebar: a package that has several entries folds them in. */
function itemsOf(entries: readonly PublicEntry[], pages: ReadonlyMap<string, string>) {
  const packages = [...new Set(entries.map(({ folder }) => folder))]
  return packages.map((folder) => {
    const own = entries
      .filter((entry) => entry.folder === folder)
      .map(({ specifier }) => ({ text: specifier, link: `/reference/api/${pages.get(specifier)}` }))
    const [first, ...others] = own
    return others.length === 0 ? first : { ...first, collapsed: true, items: others }
  })
}
