import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvalidArgumentError } from '@tidegauge/core'
import { afterAll, expect, test } from 'vitest'
import {
  decisionText,
  htmlReport,
  jsonReport,
  markdownReport,
  reportPolicy,
  summaryLine,
  textReport,
} from '../src/index.ts'
import { writeFiles, writeReports } from '../src/node/index.ts'
import { exampleReport } from './drift-report.fixture.ts'

const report = exampleReport()
const directory = mkdtempSync(join(tmpdir(), 'tidegauge-options-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** What is called with a misspelt option, and what was meant. */
const CALLS: [string, (misspelt: never) => unknown, object, string][] = [
  ['htmlReport', (o) => htmlReport(report, o), { titel: 'April' }, 'title'],
  ['its policy', (o) => htmlReport(report, o), { scripts: false }, 'script'],
  ['reportPolicy', reportPolicy, { nonse: 'secret' }, 'nonce'],
  ['decisionText', (o) => decisionText(report, o), { colour: true }, 'color'],
  ['textReport', (o) => textReport(report, o), { colour: true }, 'color'],
  ['summaryLine', (o) => summaryLine(report, o), { colour: true }, 'color'],
  ['markdownReport', (o) => markdownReport(report, o), { limits: 5000 }, 'limit'],
  [
    'writeFiles',
    (o) => writeFiles({ [join(directory, 'a.txt')]: '' }, o),
    { overwrit: true },
    'overwrite',
  ],
  [
    'writeReports',
    (o) => writeReports(report, o),
    { directory, reporters: { json: jsonReport }, overWrite: true },
    'overwrite',
  ],
]

test.each(CALLS)(
  '%s refuses what is no option, by the nearest name',
  (_, call, misspelt, meant) => {
    const misspell = () => call(misspelt as never)
    const name = Object.keys(misspelt).at(-1)
    expect(misspell).toThrow(InvalidArgumentError)
    expect(misspell).toThrow(`"${name}" must be an option: "${meant}", maybe`)
    expect(misspell).not.toThrow('secret')
    expect(readdirSync(directory)).toEqual([])
  },
)
