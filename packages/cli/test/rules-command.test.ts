import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { numericProfile } from '@tidegauge/core'
import {
  type InhibitRulesOptions,
  inhibitRules,
  inhibitYaml,
  prometheusRules,
  rulesYaml,
  sloRules,
} from '@tidegauge/mixin'
import { beforeAll, describe, expect, test } from 'vitest'
import { describeWithServer, promtool } from '../../../vitest.servers.ts'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const slo = { objectives: [{ kind: 'availability', name: 'up', target: 0.999 }] } as const
const reference = numericProfile(
  [...Array(99).fill(0.003), 0.2],
  [0, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
)
const { directory, file } = workFolder()
const run = (...args: string[]) => runCommand(['rules', ...args], directory)

beforeAll(() => {
  writeFileSync(file('slo.json'), JSON.stringify(slo))
  writeFileSync(file('latency.json'), JSON.stringify(reference))
  writeFileSync(file('broken.json'), '{')
  writeFileSync(file('list.json'), '[]')
  writeFileSync(file('typo.json'), '{"objektives":[]}')
})

describe('tidegauge rules', () => {
  test('writes the rules of the package to standard output', async () => {
    const stdout = rulesYaml(prometheusRules())
    expect(await run()).toEqual({ code: 0, stdout, stderr: '' })
  })

  test('hands every option on', async () => {
    const { stdout, stderr } = await run(
      ...['--model', 'fl,other', '--select', 'job=flights', '--window', '6h'],
      ...['--by', 'namespace,job', '--latency-by', 'cluster', '--label', 'team=ml', '--absent'],
      ...['--scrape-interval', '30s', '--interval', '2m', '--max-bins', '20'],
      ...['--minimum-values', '500', '--psi', '0.25', '--alpha', '0.001', '--share', '0.5'],
      ...['--act-on-target-drift', '--missing', '0.05', '--for', '1h', '--not-evaluated-for', '1d'],
      ...['--severity', 'DriftAction=critical', '--severity', 'FeatureDrift=none'],
      ...['--runbook', 'https://example.org', '--latency', 'fastify-metrics'],
      ...['--grafana', 'https://grafana.example.org'],
      ...['--latency-reference', 'latency.json', '--latency-quantile', '0.9'],
      ...['--latency-factor', '2', '--latency-window', '5m', '--slo', 'slo.json'],
    )
    expect(stderr).toBe('')
    const links = { runbookUrl: 'https://example.org', grafanaUrl: 'https://grafana.example.org' }
    const drift = prometheusRules({
      ...links,
      models: ['fl', 'other'],
      select: { job: 'flights' },
      by: ['namespace', 'job'],
      window: '6h',
      scrapeInterval: '30s',
      interval: '2m',
      maxBins: 20,
      minimumValues: 500,
      psiThreshold: 0.25,
      alpha: 0.001,
      shareThreshold: 0.5,
      actOnTargetDrift: true,
      missingIncrease: 0.05,
      for: '1h',
      notEvaluatedFor: '1d',
      severities: { DriftAction: 'critical', FeatureDrift: 'none' },
      labels: { team: 'ml' },
      absent: true,
      latency: {
        metric: 'fastify-metrics',
        reference,
        by: ['cluster'],
        quantile: 0.9,
        factor: 2,
        window: '5m',
      },
    })
    const objectives = sloRules({ ...slo, ...links })
    expect(stdout).toBe(rulesYaml({ groups: [...drift.groups, ...objectives.groups] }))
    // What the file of objectives says of them itself is nearer.
    const own = { ...slo, runbookUrl: 'https://example.org/slo' }
    writeFileSync(file('own.json'), JSON.stringify(own))
    const { stdout: text } = await run('--slo', 'own.json', '--runbook', 'https://example.org')
    expect(text.endsWith(rulesYaml(sloRules(own)).slice('groups:\n'.length))).toBe(true)
  })

  test('compares latency with itself so long ago, of native histograms too', async () => {
    const args = ['--latency', 'opentelemetry', '--latency-native', '--latency-offset', '1d']
    const rules = prometheusRules({ latency: { histogram: 'native', reference: { offset: '1d' } } })
    expect((await run(...args)).stdout).toBe(rulesYaml(rules))
  })

  test('writes a whole file, and replaces none unless told', async () => {
    const written = await run('--out', 'rules/drift.yml')
    const count = prometheusRules().groups[0]!.rules.length
    expect(written).toEqual({
      code: 0,
      stdout: `rules=rules/drift.yml groups=1 rules=${count}\n`,
      stderr: '',
    })
    const before = readFileSync(file('rules/drift.yml'), 'utf8')
    expect(before).toBe(rulesYaml(prometheusRules()))
    const again = await run('--out', 'rules/drift.yml', '--psi', '0.1')
    expect(again).toEqual({
      code: 2,
      stdout: '',
      stderr: 'tidegauge: rules/drift.yml exists already: remove it, or say --force\n',
    })
    expect(readFileSync(file('rules/drift.yml'), 'utf8')).toBe(before)
    const forced = await run('--out', 'rules/drift.yml', '--psi', '0.1', '--force', '--quiet')
    expect(forced).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(file('rules/drift.yml'), 'utf8')).toBe(
      rulesYaml(prometheusRules({ psiThreshold: 0.1 })),
    )
  })

  test('writes what Alertmanager mutes, as both kinds of rules were told, and both files or none', async () => {
    const windows = [
      { long: '1h', short: '5m', budget: 0.02, severity: 'page' },
      { long: '1d', short: '2h', budget: 0.1, severity: 'ticket' },
    ]
    writeFileSync(file('apart.json'), JSON.stringify({ ...slo, by: ['job', 'cluster'], windows }))
    const args = ['--by', 'namespace,job', '--slo', 'apart.json', '--inhibit', 'inhibit.yml']
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'tidegauge: inhibit=inhibit.yml\n' })
    expect(stdout).toContain('groups:')
    const written = () => readFileSync(file('inhibit.yml'), 'utf8').replace(/^(#.*\n)+/, '')
    const muted = (options: InhibitRulesOptions) => inhibitYaml(inhibitRules(options))
    const told = { by: ['namespace', 'job', 'cluster'], severities: ['page', 'ticket'] }
    expect(written()).toBe(muted(told))
    const again = await run(...args, '--out', 'muted.rules.yml')
    expect(again.stderr).toBe('tidegauge: inhibit.yml exists already: remove it, or say --force\n')
    expect(existsSync(file('muted.rules.yml'))).toBe(false)
    const quiet = await run('--slo', 'slo.json', '--inhibit', 'inhibit.yml', '--force', '--quiet')
    expect({ code: quiet.code, stderr: quiet.stderr }).toEqual({ code: 0, stderr: '' })
    expect(written()).toBe(muted({}))
    // Without objectives there is no alert of theirs to name.
    const both = ['--out', 'muted.rules.yml', '--inhibit', 'inhibit.yml', '--force']
    expect((await run(...both)).stdout).toMatch(
      /^rules=muted.rules.yml inhibit=inhibit.yml groups=1 rules=\d+\n$/,
    )
    expect(written()).toBe(muted({ severities: [] }))
    expect(written()).not.toContain('Slo')
  })

  test('shows its help, with an example that works', async () => {
    const { code, stdout } = await run('--help')
    expect(code).toBe(0)
    const [, example] = /^Example:\n {2}tidegauge rules (.*)$/m.exec(stdout)!
    expect(await run(...example!.split(' '))).toMatchObject({ code: 0, stderr: '' })
    const [objectives] = /^\{.*\}$/m.exec(stdout)!
    writeFileSync(file('shown.json'), objectives)
    expect((await run('--slo', 'shown.json')).stdout).toContain('alert: "SloErrorBudgetBurn"')
    expect((await runCommand(['--help'], directory)).stdout).toContain('  rules  ')
  })

  test.each([
    [['--windo', '6h'], /Unknown option '--windo'; did you mean --window\?/],
    [['--config', 'slo.json'], /Unknown option '--config'/],
    [['surplus'], /rules takes options alone, received surplus/],
    [['--window', '1m'], /--window must be 'lifetime' or at least 20 times --scrape-interval, 5m/],
    [['--psi', '0'], /--psi must be a finite number above 0, received 0/],
    [['--psi', 'much'], /--psi must be a number, received "much"/],
    [['--share', '30'], /--share must be a number above 0 and at most 1, received 30/],
    [['--select', 'job'], /--select must be label=value, received "job"/],
    [['--absent'], /--model must be named, so that --absent knows/],
    [['--label', 'team'], /--label must be name=value, received "team"/],
    [['--by', 'a-b'], /--by must be a Prometheus label name/],
    [['--by', 'job,model'], /--by must be another label/],
    [
      ['--latency', 'fastify-metrics', '--latency-reference', 'latency.json'],
      /--latency-reference is of one service.* --select job=flights/,
    ],
    [['--severity', 'Drift=page'], /--severity Drift must be an option: one of FeatureDrift,/],
    [['--latency', 'nginx'], /--latency must be one of opentelemetry/],
    [['--latency-offset', '1d'], /--latency-offset needs --latency <names>/],
    [
      ['--latency', 'opentelemetry', '--latency-offset', '1d', '--latency-reference', 'x'],
      /give one/,
    ],
    [
      ['--latency', 'opentelemetry', '--latency-reference', 'latency.json'],
      /--latency-reference must be counted at the histogram's bounds, 0.075 among them/,
    ],
    [
      ['--latency', 'opentelemetry', '--latency-reference', 'slo.json'],
      /slo.json: it must hold a stored profile/,
    ],
    [['--slo', 'none.json'], /there is no none.json: check the path \(ENOENT\)/],
    [
      ['--slo', 'broken.json'],
      /broken.json: it must hold objectives as in the example of .*help: /,
    ],
    [['--slo', 'list.json'], /list.json: .*"options" must be an object, received an array of 0/],
    [['--grafana', 'grafana'], /--grafana must be an address that begins with http/],
    [
      ['--grafana', 'http://g/?orgId=1'],
      /--grafana must be Grafana's own address, without \? and #/,
    ],
    [['--slo', 'typo.json'], /typo.json: .*"objektives" must be an option: "objectives", maybe/],
  ])('%j ends with 2 and one line that says why', async (args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd()).not.toContain('\n')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})

describeWithServer('prometheus', 'what tidegauge rules writes', () => {
  test('is accepted by promtool', async () => {
    await run('--slo', 'slo.json', '--latency', 'opentelemetry', '--out', 'all.yml')
    const { status, output } = promtool(['check', 'rules', file('all.yml')])
    expect(output).toContain('SUCCESS')
    expect(status).toBe(0)
  })
})
