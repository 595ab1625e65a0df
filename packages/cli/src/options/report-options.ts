import { FAIL_ON } from '../output/fail-on.ts'
import { FORMAT_NAMES } from '../output/format-names.ts'
import type { CommandSpec } from './option-spec.ts'

export const REPORT_OPTIONS = {
  format: {
    kind: 'list',
    oneOf: FORMAT_NAMES as typeof FORMAT_NAMES,
    group: 'Options',
    value: '<a,b>',
    text: 'html, json, md, junit, evidently (JSON as Evidently 0.4 writes it); without --out, one of them goes to standard output',
    default: 'a table on standard output, with --out html',
    feeds: 'files.reporters',
  },
  out: {
    kind: 'text',
    group: 'Options',
    value: '<dir>',
    text: 'write the reports there',
    feeds: 'files.directory',
  },
  title: {
    kind: 'text',
    group: 'Options',
    value: '<text>',
    text: 'heading of the HTML page',
    default: 'the names of the two tables',
    fills: 'html.title',
  },
  'made-at': {
    kind: 'text',
    group: 'Options',
    value: '<time>',
    text: 'when the report was made, for the HTML page to say: now, or a time such as 2026-04-02T07:30Z',
    default: 'none: the same data gives the same page',
    feeds: 'html.madeAt',
  },
  'md-limit': {
    kind: 'number',
    whole: true,
    least: 4000,
    group: 'Options',
    value: '<n>',
    text: 'most characters of the Markdown; the default is what a comment on GitHub may have',
    default: 65_536,
    fills: 'markdown.limit',
  },
  force: {
    kind: 'flag',
    group: 'Options',
    text: 'replace reports that exist',
    feeds: 'files.overwrite',
  },
  json: {
    kind: 'flag',
    group: 'Options',
    text: 'the report as JSON on standard output, and nothing else',
  },
  quiet: {
    kind: 'flag',
    group: 'Options',
    text: 'the line with the verdict alone, without the table',
  },
  all: {
    kind: 'flag',
    group: 'Options',
    text: 'each column a line of the table; by default the first thirty of those without drift',
    feeds: 'text.all',
  },
  'fail-on': {
    kind: 'list',
    oneOf: FAIL_ON as typeof FAIL_ON,
    group: 'Options',
    value: '<a,b>',
    text: "exit with 1 on: action (the report's decision is ACTION), drift (any column drifted), undecided, never. Each of the first three also fails where too little could be judged to decide, and where features are gone or changed their type; standard error says why",
    default: 'never',
  },
  config: {
    kind: 'text',
    group: 'Options',
    value: '<file>',
    text: 'options from the part "report" of a config file',
    default: 'tidegauge.config.json, .js or .mjs',
    lineOnly: true,
  },
  help: { kind: 'flag', group: 'Options', text: 'show this', short: 'h', lineOnly: true },
} as const

export const REPORT: CommandSpec = {
  summary: 'show a report again',
  usage: '<report.json> [options]',
  about: 'Shows a report again that tidegauge drift wrote as JSON, without the data.',
  arguments: [['<report.json>', 'a report, or - for standard input']],
  options: REPORT_OPTIONS,
  config: 'part',
  paths: ['path'],
  examples: ['tidegauge report reports/drift_january_vs_february.json --format md'],
}
