import { join } from 'node:path'
import {
  dashboardJson,
  driftDashboard,
  provisioning,
  REQUEST_METRICS,
  type RequestMetric,
  type RequestMetricLabels,
  type RequestMetricName,
  serviceDashboard,
} from '@tidegauge/mixin'
import { EXIT } from '../exit-code.ts'
import { listed } from '../nearest.ts'
import { EVERY_COLUMN, type OptionValues, parseCommandLine } from '../options/command-line.ts'
import { saveFiles } from '../output/save-files.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'

const DASHBOARDS_HELP = `Usage: tidegauge dashboards --out <dir> [options]

Writes two Grafana dashboards, of a service's requests and of the drift of its data, and the files that
tell a Grafana at its start where they lie and where Prometheus is. All of them, or none.

The request histogram:
  --metric <names>           ${Object.keys(REQUEST_METRICS).join(', ')}, or your own
                             metric's name; default: opentelemetry
  --label <part=name>        your own label for method, route, statusCode or errorType; repeat it
  --histogram <kind>         classic (default) or native
  --active-requests <name>   the gauge of requests under way, or none
  --failures <5xx,429>       the statuses that are failures; default: 5xx
  --exclude-route <a,b>      routes that do not count, such as /metrics,/health
  --no-process               leave event-loop delay and memory out

Drift, as tidegauge rules was told:
  --psi <0.2>                the threshold of the population stability index
  --share <0.3>              the share of drifted features that asks for an action

Around them:
  --by <namespace,job>       choose these labels first, as tidegauge rules --by was told
  --prometheus <url>         as Grafana reaches it; default: http://127.0.0.1:9090
  --scrape-interval <15s>    how often it scrapes
  --dashboards-path <dir>    where Grafana will find them; default: /etc/grafana/dashboards
  --live-report <url>        link to the page that the monitor serves
  --refresh <30s>            how often an open page asks again

Where it goes:
  --out <dir>                service.json, drift.json, provisioning/
  --force                    replace files that exist
  --quiet                    say nothing about the files
  --help                     show this

Example:
  tidegauge dashboards --metric fastify-metrics --prometheus http://prometheus:9090 --out grafana
`

const OPTIONS = {
  metric: { kind: 'text' },
  label: { kind: 'map' },
  histogram: { kind: 'text', oneOf: ['classic', 'native'] },
  'active-requests': { kind: 'text' },
  failures: { kind: 'list' },
  'exclude-route': { kind: 'list' },
  'no-process': { kind: 'flag' },
  psi: { kind: 'number' },
  share: { kind: 'number' },
  by: { kind: 'list' },
  prometheus: { kind: 'text' },
  'scrape-interval': { kind: 'text' },
  'dashboards-path': { kind: 'text' },
  'live-report': { kind: 'text' },
  refresh: { kind: 'text' },
  out: { kind: 'text' },
  force: { kind: 'flag' },
  quiet: { kind: 'flag' },
} as const

type Values = OptionValues<typeof OPTIONS>

/** @returns the exit code */
export async function dashboardsCommand(
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const { values, positionals, help } = parseCommandLine('dashboards', args, OPTIONS, {
    takesConfig: false,
  })
  if (help) {
    terminal.out(DASHBOARDS_HELP)
    return EXIT.fine
  }
  if (positionals.length > 0) {
    throw new UsageError(
      `dashboards takes options alone, received ${positionals[0]} (see tidegauge dashboards --help)`,
    )
  }
  const { out, force = false } = values
  if (out === undefined) {
    throw new UsageError('--out <dir> is needed (see tidegauge dashboards --help)')
  }
  const files = byOption(() => dashboardFiles(values))
  const written = Object.entries(files).map(([path, text]) => [join(out, path), text])
  saveFiles(Object.fromEntries(written), force)
  if (values.quiet) return EXIT.fine
  for (const [path] of written) terminal.out(`${path}\n`)
  return EXIT.fine
}

function dashboardFiles(values: Values): Readonly<Record<string, string>> {
  const {
    'active-requests': active,
    'exclude-route': excluded,
    'live-report': liveReportUrl,
    histogram,
    failures,
    refresh,
  } = values
  const both = given({ liveReportUrl, refresh, by: values.by })
  const service = serviceDashboard({
    ...both,
    ...given({ histogram, failures }),
    metric: requestMetricOf(values),
    process: !values['no-process'],
    ...(active !== undefined && { activeRequests: active === 'none' ? null : active }),
    ...(excluded !== undefined && { exclude: { route: excluded } }),
  })
  const drift = driftDashboard({
    ...both,
    ...given({ psiThreshold: values.psi, shareThreshold: values.share }),
  })
  const provisioned = provisioning({
    prometheusUrl: values.prometheus ?? 'http://127.0.0.1:9090',
    ...given({
      scrapeInterval: values['scrape-interval'],
      dashboardsPath: values['dashboards-path'],
    }),
  })
  return {
    'service.json': dashboardJson(service),
    'drift.json': dashboardJson(drift),
    ...Object.fromEntries(provisioned.map(({ path, text }) => [`provisioning/${path}`, text])),
  }
}

/** A name that is none of ours is the user's own, with OpenTelemetry's labels unless others are given. */
function requestMetricOf({ metric = 'opentelemetry', label = {} }: Values): RequestMetric {
  const known = Object.hasOwn(REQUEST_METRICS, metric)
  const base = REQUEST_METRICS[known ? (metric as RequestMetricName) : 'opentelemetry']
  const parts = Object.keys(base.labels)
  const stray = Object.keys(label).find((part) => !parts.includes(part))
  if (stray !== undefined) {
    const received = stray === EVERY_COLUMN ? label[stray] : stray
    throw new UsageError(
      `--label must be part=name, part one of ${listed(parts)}, received ${received}`,
    )
  }
  const labels: RequestMetricLabels = { ...base.labels, ...label }
  return { ...base, name: known ? base.name : metric, labels }
}

/** The package's options that have another name here. */
const OPTION_OF: Readonly<Record<string, string>> = {
  'metric.name': '--metric',
  activeRequests: '--active-requests',
  'options.exclude.route': '--exclude-route',
  psiThreshold: '--psi',
  shareThreshold: '--share',
  prometheusUrl: '--prometheus',
  scrapeInterval: '--scrape-interval',
  dashboardsPath: '--dashboards-path',
  liveReportUrl: '--live-report',
  refresh: '--refresh',
  by: '--by',
}

/** Complaints by the names that were typed. */
function byOption<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_INVALID_ARGUMENT') throw error
    const named = (error as Error).message
      .replace(/"options\.failures\[\d+\]"/, '--failures')
      .replace(/"metric\.labels\.\w+"/, '--label')
      .replace(/"(\w[\w.]*)(?:\[\d+\])?"/, (quoted, argument: string) =>
        Object.hasOwn(OPTION_OF, argument) ? OPTION_OF[argument]! : quoted,
      )
    throw new UsageError(`${named} (see tidegauge dashboards --help)`)
  }
}

/** What was not said is left out, so that the defaults are those of the package. */
function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as never
}
