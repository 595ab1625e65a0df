import { join } from 'node:path'
import { isExecutable } from '../../examples/prometheus-grafana/stack/programs.ts'
import { cacheFolder } from '../../examples/streamflow/stack/cached.ts'

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

/** What `TIDEGAUGE_PROMETHEUS` has to name for the tests to take this version; it outlives a checkout. */
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
