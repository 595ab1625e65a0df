import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type DetectDriftOptions, detectDrift } from '@tidegauge/drift'
import {
  type DriftDashboardOptions,
  type DriftRulesOptions,
  driftDashboard,
  type ProvisioningOptions,
  prometheusRules,
  provisioning,
  REQUEST_METRICS,
  type ServiceDashboardOptions,
  type SloDashboardOptions,
  serviceDashboard,
  sloDashboard,
} from '@tidegauge/mixin'
import * as reporters from '@tidegauge/reporters'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { withOptions } from '../../../scripts/cli-options.ts'
import { sourceProgram } from '../../../scripts/source-program.ts'
import { COMMAND_NAMES, COMMANDS, LEFT_OUT } from '../src/options/commands.ts'
import { DASHBOARDS_OPTIONS } from '../src/options/dashboards-options.ts'
import { DRIFT_OPTIONS } from '../src/options/drift-options.ts'
import { helpOf, mainHelp, usageOf } from '../src/options/help.ts'
import { libraryOptions } from '../src/options/library-options.ts'
import { librariesOf, type OptionSpec, type OptionSpecs } from '../src/options/option-spec.ts'
import { PROFILE_OPTIONS } from '../src/options/profile-options.ts'
import { REPORT_OPTIONS } from '../src/options/report-options.ts'
import { RULES_OPTIONS } from '../src/options/rules-options.ts'
import { FORMAT_NAMES } from '../src/output/format-names.ts'

const root = new URL('../../../', import.meta.url)
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8')
const allOptions = COMMAND_NAMES.flatMap((command) =>
  Object.entries(COMMANDS[command].options).map(
    ([name, option]): readonly [string, string, OptionSpec] => [command, name, option],
  ),
)

/** What the first parts of the paths in the table are types of. */
const TYPES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  drift: ['packages/drift/src/index.ts', 'DetectDriftOptions'],
  'drift.policy': ['packages/core/src/index.ts', 'DecisionPolicy'],
  profile: ['packages/drift/src/index.ts', 'ProfileOptions'],
  html: ['packages/reporters/src/index.ts', 'HtmlReportOptions'],
  markdown: ['packages/reporters/src/index.ts', 'MarkdownReportOptions'],
  text: ['packages/reporters/src/index.ts', 'TextReportOptions'],
  files: ['packages/reporters/src/node/index.ts', 'WriteReportsOptions'],
  rules: ['packages/mixin/src/index.ts', 'DriftRulesOptions'],
  'rules.latency': ['packages/mixin/src/index.ts', 'LatencyDrift'],
  service: ['packages/mixin/src/index.ts', 'ServiceDashboardOptions'],
  dashboard: ['packages/mixin/src/index.ts', 'DriftDashboardOptions'],
  slo: ['packages/mixin/src/index.ts', 'SloDashboardOptions'],
  provisioning: ['packages/mixin/src/index.ts', 'ProvisioningOptions'],
}

function keysOfTypes(): ReadonlyMap<string, readonly string[]> {
  const fileOf = (path: string) => fileURLToPath(new URL(path, root))
  const program = sourceProgram([...new Set(Object.values(TYPES).map(([file]) => fileOf(file)))])
  const checker = program.getTypeChecker()
  const keysOf = (file: string, type: string) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(fileOf(file))!)!
    const found = checker.getExportsOfModule(module).find(({ name }) => name === type)!
    const own = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found
    return checker
      .getDeclaredTypeOfSymbol(own)
      .getProperties()
      .map(({ name }) => name)
  }
  return new Map(
    Object.entries(TYPES).map(([library, [file, type]]) => [library, keysOf(file, type)]),
  )
}

test('what the library can, the command can, or it is said why not', { timeout: 120_000 }, () => {
  const keys = keysOfTypes()
  const taken = allOptions.flatMap(([, , option]) => librariesOf(option))
  const isTaken = (path: string) =>
    [...taken, ...Object.keys(LEFT_OUT)].some((own) => own === path || own.startsWith(`${path}.`))
  const paths = [...keys].flatMap(([library, names]) => names.map((name) => `${library}.${name}`))
  expect(paths.length).toBeGreaterThan(70)
  expect(paths.filter((path) => !isTaken(path))).toEqual([])
  // And what the table names is there, of the innermost type that it is in.
  const isKnown = (path: string) => {
    const library = [...keys.keys()]
      .filter((one) => path.startsWith(`${one}.`))
      .sort((a, b) => b.length - a.length)[0]
    const [key] = path.slice((library ?? '').length + 1).split('.')
    return library !== undefined && keys.get(library)!.includes(key!)
  }
  expect([...taken, ...Object.keys(LEFT_OUT)].filter((path) => !isKnown(path))).toEqual([])
  expect(Object.keys(LEFT_OUT).filter((path) => taken.includes(path))).toEqual([])
})

describe('the defaults in the table are those of the library', () => {
  /** As if each default had been typed; in words (`all`, `its file's name`) they are none. */
  function typed(specs: OptionSpecs): Record<string, unknown> {
    const said = Object.entries(specs).flatMap(
      ([name, spec]): Array<readonly [string, unknown]> => {
        const { kind, default: otherwise } = spec
        const isOne = 'oneOf' in spec && spec.oneOf?.includes(`${otherwise}`)
        const isTime = spec.value === '<time>' && !/[ -]/.test(`${otherwise}`)
        const isWord = name.endsWith('-uid') || name === 'dashboards-path' || isOne || isTime
        if (typeof otherwise === 'number' || (isWord && otherwise !== undefined)) {
          return [[name, otherwise]]
        }
        return kind === 'list' && otherwise === '5xx' ? [[name, [otherwise]]] : []
      },
    )
    return Object.fromEntries(said)
  }

  const table = { a: [1, 2, 3], b: ['x', 'y', 'x'] }

  test('of drift', () => {
    const values = typed(DRIFT_OPTIONS)
    expect(Object.keys(values)).toEqual([
      'time-limit',
      'alpha',
      'correction',
      'tolerance',
      'minimum-values',
      'exact-rows',
      'share',
      'minimum-judged',
      'on-missing-column',
      'on-changed-type',
      'md-limit',
      'max-categories',
      'fail-on',
    ])
    const options = libraryOptions<DetectDriftOptions>('drift', DRIFT_OPTIONS, values)
    expect(options.policy).toMatchObject({ shareThreshold: 0.3, minimumJudged: 0.5 })
    expect(detectDrift(table, table, options)).toEqual(detectDrift(table, table))
  })

  test('of the Markdown', () => {
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`column ${i}`, [i]]))
    const report = detectDrift(many, many)
    for (const specs of [DRIFT_OPTIONS, REPORT_OPTIONS]) {
      const options = libraryOptions<object>('markdown', specs, typed(specs))
      expect(options).toEqual({ limit: 65_536 })
      const text = reporters.markdownReport(report, options)
      expect(text).toBe(reporters.markdownReport(report))
      expect(text.length).toBeGreaterThan(60_000)
    }
  })

  test('of rules', () => {
    const values = { ...typed(RULES_OPTIONS), latency: 'opentelemetry' }
    expect(Object.keys(values)).toHaveLength(18)
    const options = libraryOptions<DriftRulesOptions>('rules', RULES_OPTIONS, values)
    expect(prometheusRules(options)).toEqual(
      prometheusRules({ latency: { metric: 'opentelemetry' } }),
    )
  })

  test('of dashboards', () => {
    const values = typed(DASHBOARDS_OPTIONS)
    const optionsOf = <Options extends object>(library: string) =>
      libraryOptions<Options>(library, DASHBOARDS_OPTIONS, values)
    const service = optionsOf<ServiceDashboardOptions>('service')
    expect(Object.keys(service).sort()).toEqual([
      'errorRatio',
      'failures',
      'histogram',
      'refresh',
      'uid',
    ])
    expect(serviceDashboard(service)).toEqual(serviceDashboard())
    expect(driftDashboard(optionsOf<DriftDashboardOptions>('dashboard'))).toEqual(driftDashboard())
    expect(sloDashboard(optionsOf<SloDashboardOptions>('slo'))).toEqual(sloDashboard())
    const prometheusUrl = DASHBOARDS_OPTIONS.prometheus.default
    const options = { ...optionsOf<ProvisioningOptions>('provisioning'), prometheusUrl }
    expect(Object.keys(options)).toHaveLength(3)
    expect(provisioning(options)).toEqual(provisioning({ prometheusUrl }))
    const titles = { service: serviceDashboard(), drift: driftDashboard(), slo: sloDashboard() }
    for (const part of ['service', 'drift', 'slo'] as const) {
      expect(DASHBOARDS_OPTIONS[`${part}-title`].default).toBe(titles[part].title)
    }
  })
})

describe('the help', () => {
  test.each(COMMAND_NAMES)('of %s names every option, within 80 columns', (command) => {
    const help = helpOf(command)
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([])
    for (const [name, option] of Object.entries(COMMANDS[command].options)) {
      expect(help).toContain(`\n  ${usageOf(name, option)}`)
      const flowing = help.replace(/\s+/g, ' ')
      if (option.default !== undefined) expect(flowing).toContain(`default: ${option.default}`)
      expect(flowing).toContain(option.text)
    }
  })

  test('of all names every command, within 80 columns', () => {
    expect(
      mainHelp()
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([])
    for (const command of COMMAND_NAMES)
      expect(mainHelp()).toMatch(new RegExp(`^ {2}${command} `, 'm'))
  })

  test('says what an option that is one of a few can be', () => {
    for (const [command, name, option] of allOptions) {
      for (const choice of ('oneOf' in option && option.oneOf) || []) {
        expect(`${command} --${name} ${option.text}`).toContain(choice)
      }
    }
  })
})

describe('what an option can be is what the library takes', () => {
  const table = { a: [1, 2, 3] }
  /** As the library lists them where it refuses another. */
  function choicesOf(wrong: object): readonly string[] {
    try {
      detectDrift(table, table, wrong)
    } catch (error) {
      const [, list] = /must be one of (.*), received/.exec((error as Error).message)!
      return list!.split(', ')
    }
    throw new Error('the library refuses nothing')
  }

  test.each([
    ['type', { types: { a: 'x' } }],
    ['preset', { preset: 'x' }],
    ['correction', { correction: 'x' }],
    ['on-missing-column', { policy: { onMissingColumn: 'x' } }],
    ['on-changed-type', { policy: { onChangedType: 'x' } }],
  ] as const)('--%s', (name, wrong) => {
    expect(DRIFT_OPTIONS[name].oneOf).toEqual(choicesOf(wrong))
  })

  test('--type-method and --type of profile too', () => {
    const types = choicesOf({ types: { a: 'x' } })
    expect(DRIFT_OPTIONS['type-method'].keys).toEqual(types)
    expect(PROFILE_OPTIONS.type.oneOf).toEqual(types)
  })

  test('every reporter of the library is a format, but for the one of terminals', () => {
    const names = Object.keys(reporters).filter(
      (name) => name.endsWith('Report') && name !== 'parseReport',
    )
    const formatOf = (name: string) => name.replace(/Report$/, '').replace('markdown', 'md')
    expect(names.map(formatOf).sort()).toEqual([...FORMAT_NAMES, 'text'].sort())
  })
})

test('an option says what stands behind it, unless it is a flag', () => {
  for (const [command, name, { kind, value }] of allOptions) {
    expect([command, name, value === undefined]).toEqual([command, name, kind === 'flag'])
  }
})

test('--latency and --metric know the names that the rules know', () => {
  expect(RULES_OPTIONS.latency.oneOf).toEqual(Object.keys(REQUEST_METRICS))
  for (const name of Object.keys(REQUEST_METRICS)) {
    expect(DASHBOARDS_OPTIONS.metric.text).toContain(name)
  }
})

describe('the docs', () => {
  test('docs/cli.md has the options as they are (else: pnpm docs:options)', () => {
    const page = textOf('docs/cli.md')
    expect(withOptions(page)).toBe(page)
    expect(page).toContain('`--minimum-values <n>`')
  })

  test.each(['docs/cli.md', 'packages/cli/README.md', 'docs/drift-rules.md', 'docs/dashboards.md'])(
    '%s names no option that does not exist',
    (path) => {
      const known = new Set(allOptions.map(([, name]) => name))
      const lines = textOf(path)
        .split('\n')
        .filter(
          (line) => !/pnpm@|docker|prometheus --/.test(line) && !line.includes('Unknown option'),
        )
      const named = lines.flatMap((line) => [...line.matchAll(/(?<=[\s`(])--([a-z][\w-]*)/g)])
      expect(named.length).toBeGreaterThan(0)
      expect(named.map(([, name]) => name!).filter((name) => !known.has(name))).toEqual([])
    },
  )
})
