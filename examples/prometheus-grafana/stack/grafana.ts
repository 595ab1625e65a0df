import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { type Child, startProgram } from './child.ts'

export interface GrafanaOptions {
  /** Where its files go. */
  readonly folder: string
  readonly port: number
  /** `host:port` of the Prometheus that it asks. */
  readonly prometheus: string
}

const FILES = fileURLToPath(new URL('../grafana', import.meta.url))
/** Where the packages for Debian and Red Hat put it. */
const HOME = '/usr/share/grafana'

/** As in compose.yaml: visitors look, and there is no account. */
export function startGrafana(program: string, options: GrafanaOptions): Child {
  const { folder, port } = options
  const data = join(folder, 'grafana')
  const command = program.endsWith('grafana-server') ? [] : ['server']
  return startProgram('grafana', program, [...command, '--homepath', HOME], {
    GF_PATHS_DATA: data,
    GF_PATHS_LOGS: data,
    GF_PATHS_PROVISIONING: writeProvisioning(data, options),
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_SERVER_HTTP_PORT: String(port),
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_AUTH_DISABLE_LOGIN_FORM: 'true',
    GF_AUTH_BASIC_ENABLED: 'false',
    GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  })
}

/** The containers' provisioning, with this run's addresses. */
export function writeProvisioning(
  data: string,
  { prometheus }: Pick<GrafanaOptions, 'prometheus'>,
): string {
  mkdirSync(data, { recursive: true })
  cpSync(join(FILES, 'provisioning'), join(data, 'provisioning'), { recursive: true })
  const edit = (file: string, change: (content: ReturnType<typeof parse>) => void) => {
    const path = join(data, 'provisioning', file)
    const content = parse(readFileSync(path, 'utf8'))
    change(content)
    writeFileSync(path, stringify(content))
  }
  edit('datasources/prometheus.yml', ({ datasources }) => {
    datasources[0].url = `http://${prometheus}`
  })
  edit('dashboards/files.yml', ({ providers }) => {
    providers[0].options.path = join(FILES, 'dashboards')
  })
  return join(data, 'provisioning')
}
