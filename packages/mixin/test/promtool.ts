import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prometheusIs, promtool } from '../../../vitest.servers.ts'
import { type RuleFile, rulesYaml } from '../src/index.ts'

export interface Outcome {
  readonly ok: boolean
  readonly output: string
}

/** What `promtool check rules` says to these rules, as they are written. */
export function checkRules(rules: RuleFile): Outcome {
  return inDirectory({ 'rules.yml': rulesYaml(rules) }, ['check', 'rules', 'rules.yml'])
}

export interface Series {
  /** Such as `up{job="api"}`. */
  readonly series: string
  /** promtool's notation: `0+1x10` starts at 0 and adds 1 ten times. */
  readonly values: string
}

export interface Expectation {
  readonly time: string
  readonly expr: string
  readonly samples: readonly { readonly labels: string; readonly value: number }[]
}

/** Plays the series to the rules, one sample a minute, and holds what comes of them against the expectations. */
export function testRules(
  rules: RuleFile,
  interval: string,
  series: readonly Series[],
  expected: readonly Expectation[],
  alerts: readonly object[] = [],
): Outcome {
  const test = {
    interval: '1m',
    input_series: series,
    alert_rule_test: alerts,
    promql_expr_test: expected.map(({ time, expr, samples }) => ({
      eval_time: time,
      expr,
      exp_samples: samples,
    })),
  }
  const tests = { rule_files: ['rules.yml'], evaluation_interval: interval, tests: [test] }
  const files = { 'rules.yml': rulesYaml(rules), 'tests.yml': JSON.stringify(tests) }
  const { ok, output } = inDirectory(files, ['test', 'rules', 'tests.yml'])
  return { ok, output: output.replace(ANY_RUN, '') }
}

/** What `testRules` says of rules that do as expected. */
export const passed: Outcome = { ok: true, output: '' }

/** What promtool 2.42, 2.55 and 3.16 say of every file, each in its own way. */
const ANY_RUN = /^(?:Unit Testing: .*|Processing test file: .*| *SUCCESS)?\n/gm

/**
 * How many minutes lie between the first sample and the last of a window of so many. Prometheus 3 leaves out the one at its
 * very start, and takes the others for all of it.
 */
export function minutesSeenOf(window: number): number {
  return prometheusIs('3.0') ? window - 1 : window
}

/** The value is there, alone, and equal, by default but for rounding. */
export function near(time: string, expr: string, value: number, tolerance = 1e-9): Expectation {
  const within = `count(abs((${expr}) - ${value}) < ${tolerance})`
  return { time, expr: within, samples: [{ labels: '{}', value: 1 }] }
}

export function absent(time: string, expr: string): Expectation {
  return { time, expr, samples: [] }
}

function inDirectory(files: Record<string, string>, args: string[]): Outcome {
  const directory = mkdtempSync(join(tmpdir(), 'tidegauge-promtool-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
    const { status, output } = promtool(args, { cwd: directory })
    return { ok: status === 0, output }
  } finally {
    rmSync(directory, { recursive: true })
  }
}
