import { readFileSync } from 'node:fs'
import { mergeProfiles, numericProfile, rebin } from '@tidegauge/core'
import { detectDrift, mergeTableProfiles, parseTableProfile, profile } from '@tidegauge/drift'
import { latencyMiddleware } from '@tidegauge/metrics/express'
import { htmlReport } from '@tidegauge/reporters'
import { writeReports } from '@tidegauge/reporters/node'
import { expect, test } from 'vitest'
import { type Entry, packages } from './public-api.ts'

/**
 * What is no argument of a function is refused in our words: no TypeError names a field that the caller never wrote.
 * Every exported function is called with nothing, with something else, and with what another of them would take.
 */
const table = { age: Array.from({ length: 60 }, (_, i) => i) }
const reference = profile(table)
const report = detectDrift(reference, table)

const GIVEN: Readonly<Record<string, readonly unknown[]>> = {
  nothing: [],
  undefined: fourTimes(undefined),
  null: fourTimes(null),
  objects: fourTimes({}),
  lists: fourTimes([]),
  numbers: fourTimes(7),
  texts: fourTimes('text'),
  'a report alone': [report],
  'the JSON of a report': [JSON.stringify(report)],
  'the profile of a table': [reference],
  'the profile of a table and edges': [reference, [0, 1]],
  'the profile of a column': [numericProfile([1, 2], [0, 1, 2])],
  'a table': [table],
  'a promise': [Promise.resolve(report)],
}

function fourTimes(value: unknown): unknown[] {
  return [value, value, value, value]
}

/** Those of docs/errors.md: Node's own are not ours. */
const errors = readFileSync(new URL('./errors.md', import.meta.url), 'utf8')
const CODES = new Set([...errors.matchAll(/^\| `(ERR_\w+)`/gm)].map(([, code]) => code!))

/** No public API: the README of core says so. */
const INTERNAL = new Set(
  ['options', 'hashes', 'http-access', 'http-exchange'].map((name) => `@tidegauge/core/${name}`),
)

/** Called with a request that their framework has made, for each one: they check nothing. */
const ROUTES = new Set(['expressRoute', 'fastifyRoute', 'koaRoute', 'honoRoute'])

const entries = packages
  .filter(({ name }) => name.startsWith('@tidegauge/'))
  .flatMap(({ entries }) => entries)
  .filter(({ specifier }) => !INTERNAL.has(specifier))

test.each(entries)('$specifier refuses what it cannot take in its own words', async (entry) => {
  const raw: string[] = []
  for (const [name, call] of await functionsOf(entry)) {
    for (const [what, given] of Object.entries(GIVEN)) {
      const error = await thrownBy(() => call(...given))
      if (error === null || CODES.has(String(error.code))) continue
      raw.push(`${name} given ${what}: ${error}`)
    }
  }
  expect(raw).toEqual([])
})

const NOTHING = undefined as never

/** An option that is not what it must be. */
test.each<[string, unknown]>([
  ['columns', 'age'],
  ['exclude', 'age'],
  ['target', 7],
  ['prediction', null],
  ['types', null],
  ['types', ['age']],
  ['methods', 'ks'],
  ['method', null],
  ['method', 7],
  ['weights', 7],
  ['policy', 'strict'],
  ['names', null],
  ['onProgress', 7],
])('detectDrift names its option %s where it is %o', (name, value) => {
  expect(() => detectDrift(table, table, { [name]: value })).toThrow(
    expect.objectContaining({
      code: 'ERR_INVALID_ARGUMENT',
      message: expect.stringMatching(new RegExp(`^"${name}" must be `)),
    }),
  )
})

test.each<[string, object, string]>([
  ['a column that is none', { columns: [null] }, '"reference.columns[0]" must be an object'],
  ['no counts', { columns: [{ name: 'age' }] }, '"reference.columns[0].profile" must be a numeric'],
])('detectDrift refuses a profile with %s', (_, changed, message) => {
  expect(() => detectDrift({ ...reference, ...changed }, table)).toThrow(message)
})

test.each<[string, () => unknown, string]>([
  [
    'rebin of a table',
    () => rebin(reference as never, [0, 1]),
    '"profile" must be a numeric profile, of one column: a table has one in each of its "columns"',
  ],
  [
    'mergeTableProfiles of one',
    () => mergeTableProfiles(reference, NOTHING),
    '"b" must be a table profile, as profile() makes it, received undefined',
  ],
  [
    'mergeTableProfiles of a list',
    () => mergeTableProfiles([reference, reference] as never, NOTHING),
    'list.reduce((a, b) => mergeTableProfiles(a, b)), received an array of 2',
  ],
  ['htmlReport of {}', () => htmlReport({} as never), '"report.columns" must be the columns'],
  [
    'htmlReport of JSON',
    () => htmlReport(JSON.stringify(report) as never),
    '"report" must be a report, as detectDrift returns it: parseReport reads its JSON',
  ],
  [
    'htmlReport of a promise',
    () => htmlReport(Promise.resolve(report) as never),
    '"report" must be a report, as detectDrift returns it: await it, received a promise',
  ],
  [
    'detectDrift of JSON',
    () => detectDrift(JSON.stringify(reference) as never, table),
    '"reference" must be a table, or a stored profile: parseTableProfile reads its JSON',
  ],
  [
    'parseTableProfile of what is parsed',
    () => parseTableProfile(reference as never),
    '"json" must be a text (one that is parsed already is a profile',
  ],
  [
    'writeReports without reporters',
    () => writeReports(report, { directory: 'reports', reporters: NOTHING }),
    '"reporters" must be functions of a report by file extension: { html: htmlReport }',
  ],
  [
    'writeReports by what is no function',
    () => writeReports(report, { directory: 'reports', reporters: { html: 7 as never } }),
    '"reporters.html" must be a function of a report, received 7',
  ],
  [
    'mergeProfiles of a profile without counts',
    () => mergeProfiles(reference.columns[0]!.profile, { kind: 'numeric' } as never),
    '"b" must be a numeric or categorical profile, received one without counts',
  ],
  [
    'latencyMiddleware of nothing',
    () => latencyMiddleware(NOTHING),
    '"options" must be an object with a recorder: { recorder: latencyRecorder() }',
  ],
])('%s is told the cure', (_, call, message) => {
  expect(call).toThrow(message)
})

type AnyFunction = (...given: unknown[]) => unknown

async function functionsOf({ source }: Entry): Promise<Array<[string, AnyFunction]>> {
  const module = (await import(source)) as Record<string, unknown>
  return Object.entries(module).filter(
    (entry): entry is [string, AnyFunction] =>
      typeof entry[1] === 'function' &&
      !String(entry[1]).startsWith('class ') &&
      !ROUTES.has(entry[0]),
  )
}

async function thrownBy(call: () => unknown): Promise<(Error & { code?: unknown }) | null> {
  try {
    await call()
    return null
  } catch (error) {
    return error as Error & { code?: unknown }
  }
}
