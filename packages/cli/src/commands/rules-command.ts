import { parseProfile } from '@tidegauge/core'
import {
  BURN_RATE_WINDOWS,
  type DriftRulesOptions,
  inhibitRules,
  inhibitYaml,
  type LatencyDrift,
  prometheusRules,
  type RuleFile,
  rulesYaml,
  type SloRulesOptions,
} from '@tidegauge/mixin'
import { EXIT } from '../exit-code.ts'
import { parseCommandLine } from '../options/command-line.ts'
import { helpOf } from '../options/help.ts'
import { libraryOptions } from '../options/library-options.ts'
import type { OptionValues } from '../options/option-spec.ts'
import { inFlagsOf } from '../options/option-words.ts'
import { RULES_OPTIONS } from '../options/rules-options.ts'
import { saveFiles } from '../output/save-files.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { UsageError } from '../usage-error.ts'
import { readAs, readObjectives } from './objectives-file.ts'

type Values = OptionValues<typeof RULES_OPTIONS>

/** @returns the exit code */
export async function rulesCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals, help } = parseCommandLine('rules', args, RULES_OPTIONS)
  if (help) {
    terminal.out(helpOf('rules'))
    return EXIT.fine
  }
  if (positionals.length > 0) {
    throw new UsageError(
      `rules takes options alone, received ${positionals[0]} (see tidegauge rules --help)`,
    )
  }
  const drift = inFlagsOf('rules', RULES_OPTIONS, ['rules'], () =>
    prometheusRules(driftOptions(values)),
  )
  if (values['latency-reference'] !== undefined && values.select === undefined) {
    throw new UsageError(
      '--latency-reference is of one service, and every other would be held against it: say which, such as --select job=flights',
    )
  }
  const { out, inhibit, force = false, runbook, grafana } = values
  const links = {
    ...(runbook !== undefined && { runbookUrl: runbook }),
    ...(grafana !== undefined && { grafanaUrl: grafana }),
  }
  const slo = values.slo === undefined ? undefined : readObjectives(values.slo, links)
  const file: RuleFile = { groups: [...drift.groups, ...(slo?.rules.groups ?? [])] }
  const text = rulesYaml(file)
  const files = {
    ...(out !== undefined && { [out]: text }),
    ...(inhibit !== undefined && { [inhibit]: inhibitText(values, slo?.options) }),
  }
  saveFiles(files, force)
  const inhibitFile = inhibit === undefined ? '' : `inhibit=${inhibit}`
  if (out === undefined) {
    terminal.out(text)
    if (inhibitFile !== '' && !values.quiet) terminal.error(inhibitFile)
  } else if (!values.quiet) {
    const rules = file.groups.reduce((sum, group) => sum + group.rules.length, 0)
    const files = [`rules=${out}`, inhibitFile].filter((one) => one !== '').join(' ')
    terminal.out(`${files} groups=${file.groups.length} rules=${rules}\n`)
  }
  return EXIT.fine
}

/** What is muted has the labels by which either kind of rules tells things apart: one that an alert lacks is equal in both. */
function inhibitText({ by = [] }: Values, slo?: SloRulesOptions): string {
  const windows = slo?.objectives === undefined ? [] : (slo.windows ?? BURN_RATE_WINDOWS)
  const rules = inhibitRules({
    by: [...new Set([...by, ...(slo?.by ?? [])])],
    severities: [...new Set(windows.map(({ severity }) => severity))],
  })
  return `${INHIBIT_HEAD}${inhibitYaml(rules)}`
}

const INHIBIT_HEAD = `# While the graver alert of an incident fires, Alertmanager does not send the lesser ones.
# Alertmanager reads one file alone: copy these lines into alertmanager.yml. If it has inhibit_rules
# already, add the items below to that list.
`

function driftOptions(values: Values): DriftRulesOptions {
  const { latency: _, ...options } = libraryOptions<DriftRulesOptions>(
    'rules',
    RULES_OPTIONS,
    values,
  )
  const latency = latencyOptions(values)
  return { ...options, ...(latency !== undefined && { latency }) }
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
  const { latency: options } = libraryOptions<DriftRulesOptions>('rules', RULES_OPTIONS, values)
  return {
    ...options,
    ...(values['latency-native'] && { histogram: 'native' }),
    ...(file !== undefined && {
      reference: readAs(file, 'a stored profile', parseProfile) as NonNullable<
        LatencyDrift['reference']
      >,
    }),
  }
}
