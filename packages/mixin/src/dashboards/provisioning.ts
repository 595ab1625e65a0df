import { InvalidArgumentError } from '@tidegauge/core'
import { duration } from '../duration.ts'
import { onlyKeys } from '../only-keys.ts'
import { utf8Text } from '../promql.ts'
import { webAddress } from './dashboard-options.ts'

export interface ProvisioningOptions {
  /** The Prometheus, as Grafana reaches it. */
  readonly prometheusUrl: string
  /** How often it scrapes; `$__rate_interval` spans four of them. `'15s'` by default. */
  readonly scrapeInterval?: string
  /**
   * Where a trace is seen, as the reader's browser reaches it, with `{traceId}` where its id stands: the points of
   * exemplars lead there. None by default.
   */
  readonly traceUrl?: string
  /** Where the dashboards' JSON lies, as Grafana sees it; `'/etc/grafana/dashboards'` by default. */
  readonly dashboardsPath?: string
}

export interface ProvisioningFile {
  /** Below Grafana's folder `provisioning`. */
  readonly path: 'datasources/prometheus.yml' | 'dashboards/files.yml'
  readonly text: string
}

/**
 * The files that tell a Grafana, at its start, where Prometheus is and where the dashboards lie.
 *
 * @returns one file for the data source, one for the dashboards
 * @throws InvalidArgumentError on the first option that cannot be worked with, unknown ones included
 * @see https://grafana.com/docs/grafana/v11.2/administration/provisioning/
 * @example
 * for (const { path, text } of provisioning({ prometheusUrl: 'http://prometheus:9090' })) {
 *   writeFileSync(join('provisioning', path), text)
 * }
 */
export function provisioning(options: ProvisioningOptions): readonly ProvisioningFile[] {
  const given = onlyKeys<ProvisioningOptions>('options', options, {
    prometheusUrl: true,
    scrapeInterval: true,
    traceUrl: true,
    dashboardsPath: true,
  })
  const url = webAddress('prometheusUrl', given.prometheusUrl).replace(/\/$/, '')
  const interval = duration('scrapeInterval', given.scrapeInterval ?? '15s').text
  const path = utf8Text('dashboardsPath', given.dashboardsPath ?? '/etc/grafana/dashboards')
  if (!path.startsWith('/')) {
    throw new InvalidArgumentError('dashboardsPath', 'a path from the root on', path)
  }
  return [
    {
      path: 'datasources/prometheus.yml',
      text: `apiVersion: 1

datasources:
  - name: Prometheus
    uid: prometheus
    type: prometheus
    access: proxy
    url: ${value(url)}
    isDefault: true
    editable: false
    jsonData:
      timeInterval: ${interval} # the scrape interval: a rate needs two scrapes, and $__rate_interval spans four
      httpMethod: POST
${exemplars(given.traceUrl)}`,
    },
    {
      path: 'dashboards/files.yml',
      text: `apiVersion: 1

providers:
  - name: tidegauge
    type: file
    disableDeletion: true
    allowUiUpdates: false
    options:
      path: ${value(path)}
`,
    },
  ]
}

/** The label by which our recorder names the trace of a request, and where a click on it leads. */
function exemplars(traceUrl: unknown): string {
  if (traceUrl === undefined) return ''
  const parts = typeof traceUrl === 'string' ? traceUrl.split(TRACE_ID) : []
  if (parts.length !== 2) {
    const expected = `an address that has ${TRACE_ID} once, such as https://jaeger.example.org/trace/${TRACE_ID}`
    throw new InvalidArgumentError('traceUrl', expected, traceUrl)
  }
  const url = webAddress('traceUrl', parts.join(STANDS_FOR_IT)).replace(
    STANDS_FOR_IT,
    () => TRACE_VALUE,
  )
  return `      exemplarTraceIdDestinations:
        - name: trace_id
          url: ${value(url)}
          urlDisplayLabel: Trace
`
}

const TRACE_ID = '{traceId}'
const TRACE_VALUE = `\${__value.raw}`
/** While the rest of the address is checked and encoded. */
const STANDS_FOR_IT = 'tidegauge-trace-id'

/** A quoted scalar. Grafana fills in environment variables wherever one `$` stands. */
function value(text: string): string {
  return JSON.stringify(text.replaceAll('$', '$$$$')).replace(
    /[^\x20-\x7e]/gu,
    (c) => `\\U${c.codePointAt(0)!.toString(16).padStart(8, '0')}`,
  )
}
