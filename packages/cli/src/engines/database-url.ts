import { UsageError } from '../usage-error.ts'
import type { ClientEngine } from './engine-names.ts'

const EXAMPLES: Readonly<Record<ClientEngine, string>> = {
  postgres: 'postgres://user:password@host/database',
  clickhouse: 'http://user:password@host:8123/database',
  trino: 'http://user@host:8080/catalog/schema',
  duckdb: 'the path of its file',
}

export const URL_VARIABLE = 'TIDEGAUGE_DATABASE_URL'

/** Where a database is, and who says so. */
export interface Database {
  readonly url: string
  /** What the environment holds besides (`PGPASSWORD`) is for the host that the environment names, and for no other. */
  readonly isOfEnvironment: boolean
  /** What an error calls it. */
  readonly label: string
}

/**
 * The environment goes before the config file: a file that somebody else wrote in the working folder sends nobody's
 * credentials anywhere.
 *
 * @throws UsageError where neither says it
 */
export function databaseOf(
  engine: ClientEngine,
  inConfig: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Database {
  const named = env[URL_VARIABLE]
  if (named) return { url: named, isOfEnvironment: true, label: URL_VARIABLE }
  if (inConfig !== undefined) {
    return { url: inConfig, isOfEnvironment: false, label: '"url" in the config file' }
  }
  throw new UsageError(
    `where is the database? Set ${URL_VARIABLE} (${EXAMPLES[engine]}), or "url" in the config file`,
  )
}

/** @throws UsageError that does not quote it: it may hold a password */
export function parsedUrl({ url, label }: Database, schemes: readonly string[]): URL {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase()
  if (scheme === undefined || !schemes.includes(scheme)) {
    throw new UsageError(
      `${label} must begin with ${schemes.map((one) => `${one}://`).join(' or ')}`,
    )
  }
  try {
    return new URL(url)
  } catch {
    throw new UsageError(
      `${label} is no URL: write signs in a password as %23, %2F … (encodeURIComponent)`,
    )
  }
}

/** What must not be read in any message: passwords as they are written in a URL, and as they are. */
export function secretsIn(
  { url }: Database,
  env: NodeJS.ProcessEnv = process.env,
): readonly string[] {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/(.*)@/is.exec(url)?.[1]
  const password = authority?.replace(/^[^:]*:?/s, '')
  const inQuery = Array.from(url.matchAll(/[?&]([^=&]*)=([^&#]*)/g))
    .filter(([, name]) => SECRET_NAME.test(name!))
    .map(([, , value]) => value!)
  const written = [password, ...inQuery, env.PGPASSWORD].filter((one) => one !== undefined)
  const forms = written.flatMap((one) => {
    const plain = decoded(one)
    return [one, plain, encodeURIComponent(plain), encodeURI(plain)]
  })
  return [...new Set(forms)].filter((one) => one !== '').sort((a, b) => b.length - a.length)
}

const SECRET_NAME = /pass|secret|token|key/i

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A message without them. */
export function withoutSecrets(message: string, secrets: readonly string[]): string {
  let text = message
  for (const secret of secrets) {
    // A password such as `a` is in every word.
    const isShort = secret.length < 4
    const quoted = secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    const pattern = isShort ? `(?<![\\p{L}\\p{N}])${quoted}(?![\\p{L}\\p{N}])` : quoted
    text = text.replace(new RegExp(pattern, 'gu'), '…')
  }
  return text
}
