import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { provisioning } from '@tidegauge/mixin'
import { type Child, startProgram } from './child.ts'

export interface GrafanaOptions {
  /** Where its files go. */
  readonly folder: string
  readonly port: number
  /** `host:port` of the Prometheus that it asks. */
  readonly prometheus: string
  /** How often that one scrapes. */
  readonly scrapeSeconds: number
}

const DASHBOARDS = fileURLToPath(new URL('../grafana/dashboards', import.meta.url))

/** As in compose.yaml: visitors look, and there is no account. */
export function startGrafana(program: string, options: GrafanaOptions): Child {
  const { folder, port } = options
  const data = join(folder, 'grafana')
  const command = program.endsWith('grafana-server') ? [] : ['server']
  return startProgram('grafana', program, [...command, '--homepath', homeOf(program)], {
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
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: join(DASHBOARDS, 'service.json'),
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  })
}

/** Where the packages for Debian and Red Hat put what Grafana reads at its start. */
const PACKAGED = '/usr/share/grafana'

/** Its archive has it beside the program's folder, Homebrew below `share`. */
export function homeOf(program: string, packaged: string = PACKAGED): string {
  const root = dirname(dirname(realpathSync(program)))
  const homes = [root, join(root, 'share/grafana')]
  return homes.find((home) => existsSync(join(home, 'conf/defaults.ini'))) ?? packaged
}

export interface ProvisioningPlaces extends Pick<GrafanaOptions, 'prometheus' | 'scrapeSeconds'> {
  /** Where the dashboards' JSON lies. */
  readonly dashboards?: string
}

/** @returns the folder of the provisioning, with this run's addresses */
export function writeProvisioning(
  data: string,
  { prometheus, scrapeSeconds, dashboards = DASHBOARDS }: ProvisioningPlaces,
): string {
  const folder = join(data, 'provisioning')
  const files = provisioning({
    prometheusUrl: `http://${prometheus}`,
    scrapeInterval: `${scrapeSeconds}s`,
    dashboardsPath: dashboards,
  })
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}
