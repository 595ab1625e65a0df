import { readFileSync } from 'node:fs'
import { parseProfile } from '@tidegauge/core'
import {
  type DriftRulesOptions,
  type LatencyDrift,
  prometheusRules,
  REQUEST_METRICS,
  type RequestMetricName,
  type RuleFile,
  rulesYaml,
  type SloRulesOptions,
  sloRules,
} from '@tidegauge/mixin'
import { EXIT } from '../exit-code.ts'
import { EVERY_COLUMN, type OptionValues, parseCommandLine } from '../options/command-line.ts'
import { saveFiles } from '../output/save-files.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'

const RULES_HELP = `Usage: tidegauge rules [options]

Writes Prometheus rules for the drift of a fleet: each replica exports the counters of its monitor,
Prometheus adds them up and holds them against their reference. Name the file under rule_files.

What is judged:
  --model <a,b>              only these models; default: all
  --select <label=value>     only replicas with this label, such as job=flights
  --by <namespace,job>       judge each value of these labels by itself; default: all replicas together
  --window <1h>              the traffic that is compared, at least 20 scrapes; lifetime: all of it
  --scrape-interval <15s>    how often Prometheus scrapes the replicas
  --interval <1m>            how often it evaluates the rules
  --max-bins <10>            the monitor's maxBins

When it drifted:
  --min-count <200>          fewer values of a feature are not judged
  --psi <0.2>                smallest population stability index that counts
  --alpha <0.0001>           largest chi-squared p-value that counts
  --share <0.3>              act from this share of drifted features on
  --act-on-target            act on a drifted target too
  --missing <0.1>            alert where the share of missing values rose by that much
  --for <10m>                how long an alert's condition must hold
  --not-evaluated-for <6h>   the same where too few features could be judged
  --severity <Alert=name>    the label of an alert, such as DriftAction=page; repeat it
  --label <name=value>       a label of every alert of drift, such as team=ml; repeat it
  --absent                   alert where nothing of a --model is there at all
  --runbook <url>            where the alerts say what to do

Latency and objectives:
  --latency <names>          hold p99 of each job and route against what it was; the names of the
                             request histogram: ${Object.keys(REQUEST_METRICS).join(', ')}
  --latency-reference <file> against a stored profile of durations, as JSON; needs --select, since it is
                             of one service
  --latency-offset <1w>      against the same window so long ago
  --latency-quantile <0.99>, --latency-factor <1.5>, --latency-window <window>
  --latency-by <job,route>   keep apart by these labels; default: job and that of the route
  --latency-native           Prometheus stores native histograms
  --slo <file.json>          add objectives: the options of sloRules

Where it goes:
  --out <file>               default: standard output
  --force                    replace the file if it exists
  --quiet                    say nothing about the files
  --help                     show this

Example:
  tidegauge rules --model flights --window 6h --latency opentelemetry --out drift.rules.yml
`

const OPTIONS = {
  model: { kind: 'list' },
  select: { kind: 'map' },
  by: { kind: 'list' },
  window: { kind: 'text' },
  'scrape-interval': { kind: 'text' },
  interval: { kind: 'text' },
  'max-bins': { kind: 'number' },
  'min-count': { kind: 'number' },
  psi: { kind: 'number' },
  alpha: { kind: 'number' },
  share: { kind: 'number' },
  'act-on-target': { kind: 'flag' },
  missing: { kind: 'number' },
  for: { kind: 'text' },
  'not-evaluated-for': { kind: 'text' },
  severity: { kind: 'map' },
  label: { kind: 'map' },
  absent: { kind: 'flag' },
  runbook: { kind: 'text' },
  latency: { kind: 'text', oneOf: Object.keys(REQUEST_METRICS) as RequestMetricName[] },
  'latency-reference': { kind: 'text' },
  'latency-offset': { kind: 'text' },
  'latency-quantile': { kind: 'number' },
  'latency-factor': { kind: 'number' },
  'latency-window': { kind: 'text' },
  'latency-by': { kind: 'list' },
  'latency-native': { kind: 'flag' },
  slo: { kind: 'text' },
  out: { kind: 'text' },
  force: { kind: 'flag' },
  quiet: { kind: 'flag' },
} as const

type Values = OptionValues<typeof OPTIONS>

/** @returns the exit code */
export async function rulesCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals, help } = parseCommandLine('rules', args, OPTIONS, {
    takesConfig: false,
  })
  if (help) {
    terminal.out(RULES_HELP)
    return EXIT.fine
  }
  if (positionals.length > 0) {
    throw new UsageError(
      `rules takes options alone, received ${positionals[0]} (see tidegauge rules --help)`,
    )
  }
  const drift = byOption(() => prometheusRules(driftOptions(values)))
  if (values['latency-reference'] !== undefined && values.select === undefined) {
    throw new UsageError(
      '--latency-reference is of one service, and every other would be held against it: say which, such as --select job=flights',
    )
  }
  const slo = values.slo === undefined ? { groups: [] } : objectives(values.slo)
  const file: RuleFile = { groups: [...drift.groups, ...slo.groups] }
  const text = rulesYaml(file)
  const { out, force = false } = values
  if (out === undefined) terminal.out(text)
  else {
    saveFiles({ [out]: text }, force)
    const rules = file.groups.reduce((sum, group) => sum + group.rules.length, 0)
    if (!values.quiet) terminal.out(`rules=${out} groups=${file.groups.length} rules=${rules}\n`)
  }
  return EXIT.fine
}

function driftOptions(values: Values): DriftRulesOptions {
  return given<DriftRulesOptions>({
    models: values.model,
    select: pairs('--select', 'label=value', values.select),
    by: values.by,
    window: values.window,
    scrapeInterval: values['scrape-interval'],
    interval: values.interval,
    maxBins: values['max-bins'],
    minimumCount: values['min-count'],
    psiThreshold: values.psi,
    alpha: values.alpha,
    shareThreshold: values.share,
    actOnTargetDrift: values['act-on-target'],
    missingIncrease: values.missing,
    for: values.for,
    notEvaluatedFor: values['not-evaluated-for'],
    severities: pairs('--severity', 'Alert=name', values.severity),
    labels: pairs('--label', 'name=value', values.label),
    absent: values.absent,
    runbookUrl: values.runbook,
    latency: latencyOptions(values),
  })
}

/** The options of `prometheusRules` that have another name here. */
const OPTION_OF: Readonly<Record<string, string>> = {
  models: '--model',
  select: '--select',
  by: '--by',
  window: '--window',
  scrapeInterval: '--scrape-interval',
  interval: '--interval',
  maxBins: '--max-bins',
  minimumCount: '--min-count',
  psiThreshold: '--psi',
  alpha: '--alpha',
  shareThreshold: '--share',
  missingIncrease: '--missing',
  for: '--for',
  notEvaluatedFor: '--not-evaluated-for',
  severities: '--severity',
  absent: '--absent',
  'latency.reference': '--latency-reference',
  'latency.reference.offset': '--latency-offset',
  'latency.by': '--latency-by',
  'latency.quantile': '--latency-quantile',
  'latency.factor': '--latency-factor',
  'latency.window': '--latency-window',
}

/** Complaints by the names that were typed. */
function byOption<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_INVALID_ARGUMENT') throw error
    const named = (error as Error).message.replace(
      /"(\w[\w.]*)(\[\d+\])?"/g,
      (quoted, argument: string) =>
        Object.hasOwn(OPTION_OF, argument) ? OPTION_OF[argument]! : quoted,
    )
    throw new UsageError(`${named} (see tidegauge rules --help)`)
  }
}

function latencyOptions(values: Values): LatencyDrift | undefined {
  const { latency, 'latency-reference': file, 'latency-offset': offset } = values
  if (latency === undefined) {
    const stray = Object.keys(values).find((option) => option.startsWith('latency-'))
    if (stray === undefined) return undefined
    throw new UsageError(`--${stray} needs --latency <names>, such as --latency opentelemetry`)
  }
  if (file !== undefined && offset !== undefined) {
    throw new UsageError(
      '--latency-reference and --latency-offset are two answers to one question: give one',
    )
  }
  return given<LatencyDrift>({
    metric: latency,
    histogram: values['latency-native'] ? 'native' : undefined,
    reference:
      file === undefined
        ? offset === undefined
          ? undefined
          : { offset }
        : (readAs(file, 'a stored profile', parseProfile) as LatencyDrift['reference']),
    by: values['latency-by'],
    quantile: values['latency-quantile'],
    factor: values['latency-factor'],
    window: values['latency-window'],
  })
}

function objectives(path: string): RuleFile {
  return readAs(path, 'options of sloRules', (text) =>
    sloRules(JSON.parse(text) as SloRulesOptions),
  )
}

/** What a file holds; what is wrong with it is said with its name. */
function readAs<T>(path: string, what: string, read: (text: string) => T): T {
  const text = readFileSync(path, 'utf8')
  try {
    return read(text)
  } catch (error) {
    throw new UsageError(`${path}: it must hold ${what}: ${(error as Error).message}`)
  }
}

function pairs(
  option: string,
  form: string,
  map: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> | undefined {
  if (map !== undefined && Object.hasOwn(map, EVERY_COLUMN)) {
    throw new UsageError(`${option} must be ${form}, received "${map[EVERY_COLUMN]}"`)
  }
  return map
}

/** What was not said is left out, so that the defaults are those of the package. */
function given<T>(options: { readonly [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}
