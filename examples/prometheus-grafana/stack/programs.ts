import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface Program {
  /** The names that packages give it. */
  readonly names: readonly string[]
  readonly cure: string
  /** Not taken from the PATH where `TIDEGAUGE_PROMETHEUS` names a folder: its version is what that is for. */
  readonly ofNamedFolder?: boolean
}

export const PROGRAMS: Readonly<Record<'prometheus' | 'alertmanager' | 'grafana', Program>> = {
  prometheus: {
    names: ['prometheus'],
    ofNamedFolder: true,
    cure: 'Debian and Ubuntu: apt-get install prometheus; macOS: brew install prometheus; else https://prometheus.io/download/',
  },
  alertmanager: {
    names: ['prometheus-alertmanager', 'alertmanager'],
    cure: 'Debian and Ubuntu: apt-get install prometheus-alertmanager; else https://prometheus.io/download/#alertmanager',
  },
  grafana: {
    names: ['grafana-server', 'grafana'],
    cure: 'https://grafana.com/grafana/download',
  },
}

/**
 * Where a program is: in the folder that `TIDEGAUGE_PROMETHEUS` names, on the PATH; undefined where it is not. On Windows it
 * ends in `.exe`.
 */
export function findProgram(
  { names, ofNamedFolder = false }: Program,
  path: string = process.env.PATH ?? '',
  platform: NodeJS.Platform = process.platform,
  named: string = process.env.TIDEGAUGE_PROMETHEUS ?? '',
): string | undefined {
  const files = platform === 'win32' ? names.map((name) => `${name}.exe`) : names
  const onPath = path.split(delimiter)
  const folders = named === '' ? onPath : ofNamedFolder ? [named] : [named, ...onPath]
  return folders.flatMap((folder) => files.map((file) => join(folder, file))).find(isExecutable)
}

export function isExecutable(place: string): boolean {
  try {
    accessSync(place, constants.X_OK)
    return true
  } catch {
    return false
  }
}
