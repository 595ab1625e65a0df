import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A Prometheus and the Alertmanager that is run with it. */
export interface ServerVersion {
  readonly prometheus: string
  readonly alertmanager: string
}

/** What the examples' Compose files start. Debian's, 2.42 with 0.25, is a package and needs no build. */
export const VERSIONS: readonly ServerVersion[] = [
  { prometheus: '2.55.1', alertmanager: '0.27.0' },
  { prometheus: '3.16.0', alertmanager: '0.35.0' },
]

export const PROGRAMS = ['prometheus', 'promtool', 'alertmanager'] as const

export type ProgramName = (typeof PROGRAMS)[number]

/** `3.16` and `3.16.0` are one version; throws where it is none of ours. */
export function versionNamed(text: string): ServerVersion {
  const found = VERSIONS.find(
    ({ prometheus }) => prometheus === text || prometheus.startsWith(`${text}.`),
  )
  if (found !== undefined) return found
  const known = VERSIONS.map(({ prometheus }) => prometheus).join(', ')
  throw new Error(`no such version: ${text} (${known})`)
}

/** The user's cache, or what `TIDEGAUGE_SERVERS_CACHE` names: they outlive a checkout. */
export function cacheFolder(): string {
  const { TIDEGAUGE_SERVERS_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (TIDEGAUGE_SERVERS_CACHE) return TIDEGAUGE_SERVERS_CACHE
  return join(userCache(XDG_CACHE_HOME, LOCALAPPDATA), 'tidegauge', 'servers')
}

function userCache(xdg: string | undefined, local: string | undefined): string {
  if (xdg) return xdg
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  return process.platform === 'win32' && local ? local : join(homedir(), '.cache')
}

/** What `TIDEGAUGE_PROMETHEUS` has to name for the tests to take this version. */
export function folderOf({ prometheus }: ServerVersion): string {
  return join(cacheFolder(), `prometheus-${prometheus}`)
}

export function fileOf(version: ServerVersion, program: ProgramName): string {
  return join(folderOf(version), process.platform === 'win32' ? `${program}.exe` : program)
}

/** The programs of a version that are not there yet. */
export function missingOf(version: ServerVersion): ProgramName[] {
  return PROGRAMS.filter((program) => !isExecutable(fileOf(version, program)))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
