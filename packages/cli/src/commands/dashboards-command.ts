import { join } from 'node:path'
import { listed } from '@tidegauge/core/options'
import {
  dashboardJson,
  driftDashboard,
  type ProvisioningOptions,
  provisioning,
  REQUEST_METRICS,
  type RequestMetric,
  type RequestMetricLabels,
  type RequestMetricName,
  type SloDashboardOptions,
  type SloRulesOptions,
  serviceDashboard,
  sloDashboard,
} from '@tidegauge/mixin'
import { EXIT } from '../exit-code.ts'
import { parseCommandLine } from '../options/command-line.ts'
import { DASHBOARDS_OPTIONS } from '../options/dashboards-options.ts'
import { helpOf } from '../options/help.ts'
import { libraryOptions } from '../options/library-options.ts'
import type { OptionValues } from '../options/option-spec.ts'
import { inFlagsOf } from '../options/option-words.ts'
import { saveFiles } from '../output/save-files.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'
import { readObjectives } from './objectives-file.ts'

type Values = OptionValues<typeof DASHBOARDS_OPTIONS>

/** @returns the exit code */
export async function dashboardsCommand(
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const { values, positionals, help } = parseCommandLine('dashboards', args, DASHBOARDS_OPTIONS)
  if (help) {
    terminal.out(helpOf('dashboards'))
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
  const files = inFlagsOf(
    'dashboards',
    DASHBOARDS_OPTIONS,
    ['service', 'dashboard', 'slo', 'provisioning'],
    () => dashboardFiles(values),
  )
  const written = Object.entries(files).map(([path, text]) => [join(out, path), text])
  saveFiles(Object.fromEntries(written), force)
  if (values.quiet) return EXIT.fine
  for (const [path] of written) terminal.out(`${path}\n`)
  return EXIT.fine
}

function dashboardFiles(values: Values): Readonly<Record<string, string>> {
  const optionsOf = <Options extends object>(library: string) =>
    libraryOptions<Options>(library, DASHBOARDS_OPTIONS, values)
  const { 'active-requests': active } = values
  const service = serviceDashboard({
    ...optionsOf('service'),
    metric: requestMetricOf(values),
    process: !values['no-process'],
    ...(active !== undefined && { activeRequests: active === 'none' ? null : active }),
  })
  const drift = driftDashboard(optionsOf('dashboard'))
  const objectives = values.slo === undefined ? undefined : readObjectives(values.slo).options
  const provisioned = provisioning({
    ...optionsOf<ProvisioningOptions>('provisioning'),
    prometheusUrl: values.prometheus ?? DASHBOARDS_OPTIONS.prometheus.default,
  })
  return {
    'service.json': dashboardJson(service),
    'drift.json': dashboardJson(drift),
    ...(objectives !== undefined && {
      'slo.json': dashboardJson(sloDashboard(sloOptions(optionsOf('slo'), objectives))),
    }),
    ...Object.fromEntries(provisioned.map(({ path, text }) => [`provisioning/${path}`, text])),
  }
}

/** As the rules were told, in the very same file. */
function sloOptions(
  own: SloDashboardOptions,
  { period, windows, by, apdex = [] }: SloRulesOptions,
): SloDashboardOptions {
  return {
    ...own,
    ...(period !== undefined && { period }),
    ...(windows !== undefined && { windows }),
    ...(by !== undefined && { by }),
    apdex: apdex.length > 0,
  }
}

/** A name that is none of ours is the user's own, with OpenTelemetry's labels (with dots where it has some) unless others are given. */
function requestMetricOf({ metric = 'opentelemetry', label = {} }: Values): RequestMetric {
  const known = Object.hasOwn(REQUEST_METRICS, metric)
  const own = metric.includes('.') ? 'opentelemetry-dots' : 'opentelemetry'
  const base = REQUEST_METRICS[known ? (metric as RequestMetricName) : own]
  const parts = Object.keys(base.labels)
  const stray = Object.keys(label).find((part) => !parts.includes(part))
  if (stray !== undefined) {
    throw new UsageError(
      `--label must be part=name, part one of ${listed(parts)}, received ${stray}`,
    )
  }
  const labels: RequestMetricLabels = { ...base.labels, ...label }
  return { ...base, name: known ? base.name : metric, labels }
}
