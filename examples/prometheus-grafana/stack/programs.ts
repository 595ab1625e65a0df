import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface Program {
  /** The names that packages give it; the first that is found is taken. */
  readonly names: readonly string[]
  readonly cure: string
}

export const PROGRAMS: Readonly<Record<'prometheus' | 'alertmanager' | 'grafana', Program>> = {
  prometheus: {
    names: ['prometheus'],
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

/** Where on the PATH a program is; undefined where it is not. On Windows it ends in `.exe`. */
export function findProgram(
  { names }: Program,
  path: string = process.env.PATH ?? '',
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const files = platform === 'win32' ? names.map((name) => `${name}.exe`) : names
  const places = files.flatMap((file) => path.split(delimiter).map((folder) => join(folder, file)))
  return places.find(isExecutable)
}

function isExecutable(place: string): boolean {
  try {
    accessSync(place, constants.X_OK)
    return true
  } catch {
    return false
  }
}
