import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Change {
  readonly packages: readonly string[]
  readonly text: string
}

/** What a user sees of each release, and of the next one: the changelogs of the packages, and what waits in .changeset. */
export function changesPage(root: string): string {
  const waiting = changesIn(join(root, '.changeset'))
  const released = readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name, 'CHANGELOG.md'))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8').replace(/^#/gm, '##'))
  return [
    '# Changes',
    'What a user of the packages notices, in the words of the changesets.',
    ...(waiting.length === 0 ? [] : ['## Not released yet', ...byPackage(waiting)]),
    ...released,
  ]
    .join('\n\n')
    .concat('\n')
}

function changesIn(folder: string): Change[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map((name) => changeOf(readFileSync(join(folder, name), 'utf8'), name))
}

/** A changeset: the packages and how much each changes, then the text. */
export function changeOf(source: string, name: string): Change {
  const match = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(source.replaceAll('\r\n', '\n'))
  if (match === null) throw new Error(`.changeset/${name} is no changeset`)
  const packages = [...match[1]!.matchAll(/^["']?([^"':]+)["']?:/gm)].map(([, one]) => one!)
  return { packages, text: match[2]!.trim() }
}

/** Each change once, under the first package that it names. */
function byPackage(changes: readonly Change[]): string[] {
  const names = [...new Set(changes.map(({ packages }) => packages[0]!))].sort()
  return names.flatMap((name) => [
    `### ${name}`,
    changes
      .filter(({ packages }) => packages[0] === name)
      .map(({ packages, text }) => item(packages.slice(1), text))
      .join('\n'),
  ])
}

function item(others: readonly string[], text: string): string {
  const also = others.length === 0 ? '' : ` (also ${others.join(', ')})`
  const [first, ...rest] = `${text}${also}`.split('\n')
  return [`- ${first}`, ...rest.map((line) => (line === '' ? '' : `  ${line}`))].join('\n')
}
