import { readFileSync, writeFileSync } from 'node:fs'
import { type DriftReport, parseTableProfile, profile } from '@tidegauge/drift'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CommandOptions, type Outcome, runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const KEY = 'correct horse battery staple'
const NAMES = /Ghent|Malm|Porto|Secret/
const WITH_KEY = { env: { TIDEGAUGE_REDACTION_KEY: KEY } }

const { directory, file } = workFolder()
const run = (args: string, options?: CommandOptions) =>
  runCommand(args.split(' '), directory, options)

const citiesOf = (names: readonly string[]) =>
  Array.from({ length: 400 }, (_, i) => names[i % names.length]!)
const csvOf = (names: readonly string[]) =>
  `age,city\n${citiesOf(names)
    .map((city, i) => `${i % 60},${city}`)
    .join('\n')}\n`
const BEFORE = ['Ghent', 'Ghent', 'Malm', 'Porto']
const AFTER = ['Ghent', 'Malm', 'Malm', 'Secret']

beforeAll(async () => {
  writeFileSync(file('old.csv'), csvOf(BEFORE))
  writeFileSync(file('new.csv'), csvOf(AFTER))
  writeFileSync(file('key'), `${KEY}\n`)
  writeFileSync(file('short'), 'short\n')
  await run('profile old.csv --out plain.json')
  await run('profile old.csv --redact --out redacted.json', WITH_KEY)
})

const cityOf = ({ stdout }: Outcome) => {
  const { columns, settings } = JSON.parse(stdout) as DriftReport
  const { statistic, verdict, newCategories } = columns.find(({ name }) => name === 'city')!
  return { redacted: settings.redacted, statistic, verdict, newCategories }
}

describe('drift', () => {
  test('--redact keeps the names of categories out of every format, and changes no number', async () => {
    const plain = cityOf(await run('drift old.csv new.csv --json'))
    const redacted = await run('drift old.csv new.csv --json --redact')
    expect(cityOf(redacted)).toEqual({
      ...plain,
      redacted: true,
      newCategories: ['category 4'],
    })
    expect(plain.newCategories).toEqual(['Secret'])
    for (const format of ['html', 'md', 'junit', 'json']) {
      const { stdout } = await run(`drift old.csv new.csv --redact --format ${format}`)
      expect(stdout).not.toMatch(NAMES)
    }
    expect((await run('drift old.csv new.csv --redact')).stdout).not.toMatch(NAMES)
  })

  test('compares a reference that was stored redacted, by the key of the environment or of a file', async () => {
    const plain = cityOf(await run('drift old.csv new.csv --json --redact'))
    const byEnvironment = await run('drift redacted.json new.csv --json', WITH_KEY)
    expect(cityOf(byEnvironment)).toEqual(plain)
    expect(await run('drift redacted.json new.csv --json --redact-key-file key')).toEqual(
      byEnvironment,
    )
    expect(byEnvironment.stdout).not.toMatch(NAMES)
    expect(byEnvironment.stdout).not.toContain(KEY)
  })

  test('a key alone asks for it: the names of a plain reference stay out too', async () => {
    const report = await run('drift plain.json new.csv --json', WITH_KEY)
    expect(cityOf(report)).toMatchObject({ redacted: true, newCategories: ['category 4'] })
    expect(report.stdout).not.toMatch(NAMES)
  })
})

describe('profile', () => {
  test('stores codes, as the library does with the same key', async () => {
    const text = readFileSync(file('redacted.json'), 'utf8')
    const age = Array.from({ length: 400 }, (_, i) => i % 60)
    const expected = profile({ age, city: citiesOf(BEFORE) }, { redact: KEY })
    const { origin, reading, ...stored } = parseTableProfile(text)
    expect(reading).toEqual({ format: 'csv', delimiter: ',', header: true })
    expect(stored).toEqual(JSON.parse(JSON.stringify(expected)))
    expect(origin).toMatchObject({ source: 'old.csv' })
    expect(text).not.toMatch(NAMES)
    expect(text).not.toContain(KEY)
  })

  test('says that it did', async () => {
    const { stdout } = await run('profile old.csv --redact-key-file key --out again.json')
    expect(stdout).toBe('profile=again.json rows=400 columns=2, categories redacted\n')
    expect(readFileSync(file('again.json'))).toEqual(readFileSync(file('redacted.json')))
  })

  test('finds the file of the key in the config, in its own part', async () => {
    writeFileSync(file('config.json'), '{"profile": {"data": "old.csv", "redactKeyFile": "key"}}')
    const { stdout } = await run('profile --config config.json')
    expect(stdout).toBe(readFileSync(file('redacted.json'), 'utf8'))
  })
})

describe('mistakes end with 2, name the cure and never the key', () => {
  const other = { env: { TIDEGAUGE_REDACTION_KEY: 'another key' } }
  test.each<[string, string, CommandOptions, RegExp]>([
    [
      'no key for a reference that was stored redacted',
      'drift redacted.json new.csv --redact',
      {},
      /redacted\.json was stored redacted: set TIDEGAUGE_REDACTION_KEY to its key, or name a file with --redact-key-file$/,
    ],
    [
      'another key',
      'drift redacted.json new.csv',
      other,
      /redacted\.json was stored redacted with another key$/,
    ],
    [
      'no key to store',
      'profile old.csv --redact',
      {},
      /--redact needs a key to store a profile: set TIDEGAUGE/,
    ],
    [
      'an empty key is none',
      'profile old.csv --redact',
      { env: { TIDEGAUGE_REDACTION_KEY: '' } },
      /--redact needs a key/,
    ],
    [
      'a short key',
      'drift old.csv new.csv --redact-key-file short',
      {},
      /the key in short must have at least 8 characters, it has 5$/,
    ],
    [
      'a short key in the environment',
      'drift old.csv new.csv',
      { env: { TIDEGAUGE_REDACTION_KEY: 'secret' } },
      /the key in TIDEGAUGE_REDACTION_KEY must have at least 8 characters, it has 6$/,
    ],
    [
      'no such file',
      'profile old.csv --redact-key-file none',
      {},
      /cannot read the key in none: there is no such file$/,
    ],
    [
      'a key as an argument',
      `drift old.csv new.csv --redact=secret-key`,
      {},
      /--redact' does not take an argument/,
    ],
  ])('%s', async (_, args, options, message) => {
    const { code, stdout, stderr } = await run(args, options)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trimEnd()).toMatch(message)
    expect(stderr).toMatch(/^tidegauge: [^\n]*\n$/)
    expect(stderr).not.toMatch(/another key'|secret-key|: short$/)
  })
})
