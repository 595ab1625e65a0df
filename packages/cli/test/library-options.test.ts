import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type DetectDriftOptions,
  type DriftReport,
  detectDrift,
  withReportId,
} from '@tidegauge/drift'
import { driftDashboard, prometheusRules, rulesYaml, serviceDashboard } from '@tidegauge/mixin'
import { evidentlyReport, htmlReport, markdownReport } from '@tidegauge/reporters'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from './command.ts'

/** Options that the library had first: the command hands them on, from its words and from a config file. */
const directory = mkdtempSync(join(tmpdir(), 'tidegauge-library-options-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const run = (...args: string[]) => runCommand(args, directory)
const file = (name: string) => join(directory, name)

const rows = Array.from({ length: 400 }, (_, i) => i)
const before = {
  age: rows.map((i) => (i * 7) % 100),
  city: rows.map((i) => `c${i % 5}`),
  __proto__x: rows.map((i) => i % 11),
  late: rows.map((i) => ['punctual', 'late'][i % 2]!),
}
const after = {
  age: rows.map((i) => ((i * 7) % 100) + 40),
  city: rows.map((i) => `c${i % 5}`),
  __proto__x: rows.map((i) => i % 11),
  late: rows.map((i) => (i % 10 === 0 ? 'late' : 'punctual')),
}

function write(name: string, columns: Readonly<Record<string, readonly unknown[]>>): void {
  const lines = rows.map((i) => Object.values(columns).map((cells) => cells[i]))
  writeFileSync(file(name), [Object.keys(columns), ...lines].map((one) => one.join()).join('\n'))
}

beforeAll(() => {
  // What is called as the prototype is called is a column like any other.
  const named = (columns: typeof before) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, cells]) => [
        name === '__proto__x' ? '__proto__' : name,
        cells,
      ]),
    )
  write('old.csv', named(before))
  write('new.csv', named(after))
})

const PAIR = ['drift', 'old.csv', 'new.csv', '--json']

test.each<
  [
    args: readonly string[],
    config: Readonly<Record<string, unknown>>,
    options: DetectDriftOptions,
    show: (report: DriftReport) => unknown,
    shown: unknown,
  ]
>([
  [
    ['--correction', 'bonferroni'],
    { correction: 'bonferroni' },
    { correction: 'bonferroni' },
    ({ settings }) => settings.correction,
    'bonferroni',
  ],
  [
    ['--minimum-values', '401'],
    { minimumValues: 401 },
    { minimumValues: 401 },
    ({ columns }) => columns.map(({ verdict }) => verdict),
    Array(4).fill('insufficient-data'),
  ],
  [
    ['--max-categories', '2'],
    { maxCategories: 2 },
    { maxCategories: 2 },
    ({ columns }) =>
      columns.map(
        ({ reference }) => reference?.kind === 'categorical' && reference.categories.length,
      ),
    [false, 2, false, 2],
  ],
  [
    ['--weight', 'age=2', '--weight', '__proto__=0.5'],
    { weight: JSON.parse('{"age": 2, "__proto__": 0.5}') },
    { weights: JSON.parse('{"age": 2, "__proto__": 0.5}') },
    ({ shareOfDriftedColumns }) => shareOfDriftedColumns,
    3 / 4.5,
  ],
  [
    ['--act-on-target-drift', '--target', 'late', '--share', '0.9'],
    { actOnTargetDrift: true, target: 'late', share: 0.9 },
    { policy: { actOnTargetDrift: true, shareThreshold: 0.9 }, target: 'late' },
    ({ decision: { action, cause } }) => [action, cause],
    ['ACTION', 'target'],
  ],
  [
    ['--type-method', 'numeric=psi:0.5', '--type-method', 'categorical=js'],
    { typeMethod: { numeric: 'psi:0.5', categorical: 'js' } },
    { method: { numeric: { method: 'psi', threshold: 0.5 }, categorical: 'js' } },
    ({ columns }) => columns.map(({ method }) => method),
    [
      'population-stability-index',
      'jensen-shannon',
      'population-stability-index',
      'jensen-shannon',
    ],
  ],
  [
    ['--reference-name', 'january', '--current-name', 'a "b" <c>'],
    { referenceName: 'january', currentName: 'a "b" <c>' },
    { names: { reference: 'january', current: 'a "b" <c>' } },
    ({ reference, current }) => [reference.name, current.name],
    ['january', 'a "b" <c>'],
  ],
])("%j and %j are detectDrift's", async (args, config, options, show, shown) => {
  const line = await run(...PAIR, ...args)
  expect(line).toMatchObject({ code: 0, stderr: '' })
  const report = JSON.parse(line.stdout) as DriftReport
  expect(show(report)).toEqual(shown)
  writeFileSync(file('options.json'), JSON.stringify(config))
  const byFile = await run(...PAIR, '--config', 'options.json')
  expect(JSON.parse(byFile.stdout)).toEqual(report)
  const named = (columns: typeof before) =>
    JSON.parse(JSON.stringify(columns).replace('__proto__x', '__proto__'))
  const names = { reference: 'old', current: 'new', ...options.names }
  const expected = detectDrift(named(before), named(after), { ...options, names })
  // That it was a file, the report says too.
  const { reading, ...reference } = report.reference
  const { reading: _, ...current } = report.current
  expect(reading).toEqual({ format: 'csv', delimiter: ',', header: true })
  expect(withReportId({ ...report, reference, current })).toEqual(
    JSON.parse(JSON.stringify(expected)),
  )
})

test("the title, the limit and the format of Evidently are the reporters'", async () => {
  const { stdout } = await run(...PAIR)
  writeFileSync(file('report.json'), stdout)
  const report = JSON.parse(stdout) as DriftReport
  const shown = async (...args: string[]) => (await run('report', 'report.json', ...args)).stdout
  expect(await shown('--format', 'html', '--title', 'May & <June>')).toBe(
    htmlReport(report, { title: 'May & <June>' }),
  )
  const limit = 4000
  expect(await shown('--format', 'md', '--md-limit', `${limit}`)).toBe(
    markdownReport(report, { limit }),
  )
  expect(await shown('--format', 'evidently')).toBe(evidentlyReport(report))
  const written = await run(
    'drift',
    'old.csv',
    'new.csv',
    '--out',
    'out',
    '--format',
    'evidently,html',
    '--title',
    'May',
  )
  expect(written.stdout).toContain('report_evidently=out/drift_old_vs_new.evidently.json')
  expect(readdirSync(file('out')).sort()).toEqual([
    'drift_old_vs_new.evidently.json',
    'drift_old_vs_new.html',
  ])
  expect(readFileSync(file('out/drift_old_vs_new.html'), 'utf8')).toContain('<title>May</title>')
})

test('rules and dashboards take what their functions take', async () => {
  const latency = ['--latency', 'opentelemetry', '--latency-minimum-values', '50']
  const scope = ['--latency-exclude-route', '/metrics,/health', '--latency-failures', '5xx,429']
  expect((await run('rules', '--minimum-judged', '0.8', ...latency, ...scope)).stdout).toBe(
    rulesYaml(
      prometheusRules({
        minimumJudged: 0.8,
        latency: {
          metric: 'opentelemetry',
          minimumValues: 50,
          exclude: { route: ['/metrics', '/health'] },
          failures: ['5xx', '429'],
        },
      }),
    ),
  )
  const shared = ['--time-range', '2d', '--error-ratio', '0.05', '--select', 'job=flights']
  const service = ['--service-title', 'Flights', '--service-uid', 'flights']
  const drift = ['--drift-title', 'Drift of flights', '--drift-uid', 'flights-drift']
  const made = await run('dashboards', '--out', 'grafana', ...shared, ...service, ...drift)
  expect(made).toMatchObject({ code: 0, stderr: '' })
  const read = (name: string) => JSON.parse(readFileSync(file(`grafana/${name}.json`), 'utf8'))
  expect(read('service')).toEqual(
    JSON.parse(
      JSON.stringify(
        serviceDashboard({
          timeRange: '2d',
          errorRatio: 0.05,
          select: { labels: { job: 'flights' } },
          title: 'Flights',
          uid: 'flights',
        }),
      ),
    ),
  )
  expect(read('drift')).toEqual(
    JSON.parse(
      JSON.stringify(
        driftDashboard({ timeRange: '2d', title: 'Drift of flights', uid: 'flights-drift' }),
      ),
    ),
  )
})

test.each<[args: readonly string[], message: string]>([
  [['--min-values', '3'], "Unknown option '--min-values'; did you mean --minimum-values?"],
  [['--minimumValues', '3'], "Unknown option '--minimumValues'; did you mean --minimum-values?"],
  [['--weights', 'age=2'], "Unknown option '--weights'; did you mean --weight?"],
  [['--bins', '20'], "Unknown option '--bins'; it is an option of tidegauge profile"],
  [['--constructor'], "Unknown option '--constructor' (see"],
  [['--weight', '3'], '--weight must be column=number, received "3"'],
  [['--weight', 'age=much'], '--weight age must be a number, received "much"'],
  [['--weight', 'age=-1'], '--weight age must be a non-negative number, received -1'],
  [['--weight', 'aeg=1'], '--weight aeg is not a column of old, which has'],
  [['--correction', 'holms'], '--correction must be one of'],
  [['--minimum-values', '0'], '--minimum-values must be a positive integer, received 0'],
  [['--type-method', 'psi'], '--type-method must be type=name, received "psi"'],
  [['--type-method', 'number=psi'], 'the type in --type-method must be one of numeric,'],
  [
    ['--type-method', 'numeric=pis'],
    '--type-method: there is no method pis; did you mean psi? (known:',
  ],
  [['--type-method', 'numeric=psi:x'], '--type-method psi:x: the threshold must be a number'],
  [['--type-method', 'numeric=psi', '--method', 'js'], '--method js is of every type'],
  [['--type-method', 'text=js', '--preset', 'evidently'], 'left out beside a --preset'],
  [
    ['--md-limit', '5', '--format', 'md'],
    '--md-limit must be a whole number of at least 4000, received 5',
  ],
])('%j ends with 2 and says why', async (args, message) => {
  const outcome = await run('drift', 'old.csv', 'new.csv', ...args)
  expect(outcome.stderr).toContain(message)
  expect(outcome).toMatchObject({ code: 2, stdout: '' })
})

test.each<[config: string, message: string]>([
  ['{"minimum-values": 3}', 'there is no option "minimum-values"; did you mean minimumValues?'],
  ['{"bins": 3}', 'there is no option "bins"; it belongs to "profile"'],
  ['{"help": true}', 'there is no option "help"'],
  ['{"share": 3}', 'wrong.json: "share" must lie above 0 and be at most 1, received 3'],
  ['{"weight": {"age": "much"}}', '"weight" age must be a number, received "much"'],
  ['{"weight": 2}', '"weight" must be column=number, received 2'],
  ['{"profile": {"bins": 1}}', '"profile.bins" must be a whole number of at least 2, received 1'],
])('a config file with %s ends with 2 and says why', async (config, message) => {
  writeFileSync(file('wrong.json'), config)
  const command = config.includes('profile')
    ? ['profile', 'old.csv']
    : ['drift', 'old.csv', 'new.csv']
  const outcome = await run(...command, '--config', 'wrong.json')
  expect(outcome.stderr).toContain(message)
  expect(outcome).toMatchObject({ code: 2, stdout: '' })
})
