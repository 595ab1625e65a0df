import {
  createWriteStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DriftReport } from '@tidegauge/drift'
import { tableFromArrays, tableToIPC } from '@uwdata/flechette'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CommandOptions, runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()
const run = (args: readonly string[], options?: CommandOptions) =>
  runCommand(args, directory, options)

const numbers = Array.from({ length: 60 }, (_, i) => (i * 7) % 31)

beforeAll(() => {
  writeFileSync(file('a.csv'), `age,city\n${numbers.map((x) => `${x},c${x % 3}`).join('\n')}\n`)
  writeFileSync(file('secret.csv'), 'age\n1\n2\n')
})

/** Refused: exit code 2 and one line. */
async function refusal(args: readonly string[], options?: CommandOptions): Promise<string> {
  const { code, stdout, stderr } = await run(args, options)
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^tidegauge: [^\n]*\n$/),
  })
  return stderr
}

async function columnsOf(reference: string, current: string, ...more: string[]) {
  const { code, stdout, stderr } = await run(['drift', reference, current, '--json', ...more])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return (JSON.parse(stdout) as DriftReport).columns.map(({ name, type, statistic, verdict }) => {
    return { name, type, statistic, verdict }
  })
}

describe('--where is one condition and cannot leave its place', () => {
  test('neither from a config file nor for a stored profile', async () => {
    const where = "true)) LIMIT 0; COPY (SELECT 42) TO 'x.csv'; SELECT 1 FROM (SELECT 1 WHERE (true"
    expect(await refusal(['drift', 'a.csv', 'a.csv', '--where', where])).toMatch(/one condition/)
    const folder = mkdtempSync(join(directory, 'with-config-'))
    const config = { where, profile: { where } }
    writeFileSync(join(folder, 'tidegauge.config.json'), JSON.stringify(config))
    const paths = [file('a.csv'), file('a.csv')]
    const drift = await runCommand(['drift', ...paths], folder)
    const profile = await runCommand(['profile', file('a.csv')], folder)
    for (const { code, stdout, stderr } of [drift, profile]) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/^tidegauge: --where must be one condition on the columns: [^\n]*\n$/)
    }
    expect(readdirSync(folder)).toEqual(['tidegauge.config.json'])
    rmSync(folder, { recursive: true })
  })
})

test.each([
  ["age > '2,5'", "Conversion Error: Could not convert string '2,5' to INT64"],
  ["age > 'gzip'", "Conversion Error: Could not convert string 'gzip' to INT64"],
  ['sqrt(-age) > 1', 'Out of Range Error: cannot take square root of a negative number'],
])(
  '--where that fails on the cells is told of the condition, without a statement: %s',
  async (where, why) => {
    const paths = [file('a.csv'), file('a.csv')]
    expect(await refusal(['drift', ...paths, '--where', where])).toBe(
      `tidegauge: --where cannot be used on ${paths[0]}: ${why}\n`,
    )
  },
)

describe('JSON that is nested too deeply is refused', () => {
  const nested = (levels: number) => `{"age":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}\n`
  const lists = (levels: number) => `{"age":${'['.repeat(levels)}1${']'.repeat(levels)}}\n`
  test.each<[string, string | Buffer]>([
    ['deep.ndjson', nested(20_000).repeat(2)],
    ['deep.json', `[${nested(20_000)},${nested(20_000)}]`],
    ['lists.ndjson', lists(200_000).repeat(2)],
    ['costly.ndjson', nested(600).repeat(2)],
    ['deep.ndjson.gz', gzipSync(nested(20_000).repeat(2))],
    ['late.ndjson', `${'{"age":1}\n'.repeat(300_000)}${nested(20_000)}`],
    ['behind-a-broken-row.ndjson', `{"age": "\n${nested(20_000)}`],
    ['behind-too-many-ends.ndjson', `{"age": 1}${'}'.repeat(30_000)}\n${nested(20_000)}`],
  ])('%s', async (name, content) => {
    writeFileSync(file(name), content)
    expect(await refusal(['drift', name, name])).toBe(
      `tidegauge: cannot read ${name}: its values are nested deeper than 100 levels: flatten them first\n`,
    )
  })

  test('on standard input too, and under another ending', async () => {
    expect(await refusal(['drift', 'a.csv', '-'], { input: nested(20_000) })).toMatch(/deeper than/)
    writeFileSync(file('deep.data'), nested(20_000))
    expect(await refusal(['drift', 'a.csv', 'deep.data'])).toMatch(/deeper than/)
  })

  test('and not where it is flat, whatever its texts hold', async () => {
    const rows = numbers.map(
      (age) => `{"age":${age},"t":"${'[{\\"'.repeat(200)}","n":{"a":[${age}]}}`,
    )
    writeFileSync(file('flat.ndjson'), rows.join('\n'))
    const columns = await columnsOf('flat.ndjson', 'flat.ndjson')
    expect(columns.map(({ name, verdict }) => `${name} ${verdict}`)).toContain('age stable')
    writeFileSync(file('levels.ndjson'), nested(90).repeat(40))
    expect(await columnsOf('levels.ndjson', 'levels.ndjson')).toMatchObject([{ name: 'age' }])
  })

  test('a report and a config file of many levels end with 2', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    writeFileSync(file('deep-report.json'), deep)
    expect(await refusal(['report', 'deep-report.json'])).toMatch(/cannot read deep-report\.json/)
    writeFileSync(file('deep-config.json'), `{"share": ${deep}}`)
    const config = ['--config', 'deep-config.json']
    expect(await refusal(['drift', 'a.csv', 'a.csv', ...config])).toMatch(
      /"share" must be a number/,
    )
  })
})

describe('names that DuckDB knows not how to call', () => {
  const NAMES = ['a', 'A', '', 'nul\u0000l', 'd', 'b"c', 'c0']
  const tableOf = (shift: number) =>
    Object.fromEntries(NAMES.map((name, i) => [name, numbers.map((x) => x * (i + 1) + shift)]))

  test('are the names of columns, in Arrow', async () => {
    writeFileSync(file('names.arrow'), tableToIPC(tableFromArrays(tableOf(0)), { format: 'file' })!)
    writeFileSync(file('more.arrow'), tableToIPC(tableFromArrays(tableOf(9)), { format: 'file' })!)
    const columns = await columnsOf('names.arrow', 'more.arrow')
    expect(columns.map(({ name }) => name)).toEqual(NAMES)
    const statistics = columns.map(({ statistic }) => statistic!)
    // The same shift is the smaller the wider the column: each is read for itself.
    expect(statistics).toEqual([...statistics].sort((x, y) => y - x))
    expect(statistics[0]).toBeGreaterThan(statistics[6]!)

    const filtered = await run([
      'drift',
      'names.arrow',
      'more.arrow',
      '--where',
      'c0 > 50',
      '--json',
    ])
    expect((JSON.parse(filtered.stdout) as DriftReport).reference.rows).toBe(
      numbers.filter((x) => 7 * x > 50).length,
    )
  })

  test('a profile of them is read back', async () => {
    const stored = await run(['profile', 'names.arrow', '--out', 'names.profile.json'])
    expect(stored).toMatchObject({ code: 0, stderr: '' })
    const columns = await columnsOf('names.profile.json', 'names.arrow')
    expect(columns.map(({ name, statistic }) => [name, statistic])).toEqual(
      NAMES.map((name) => [name, 0]),
    )
  })

  test.each([
    ['csv', `a,A,nul\u0000l,b\n${numbers.map((x) => `${x},${2 * x},${3 * x},1`).join('\n')}\n`],
    [
      'ndjson',
      numbers.map((x) => `{"a":${x},"A":${2 * x},"nul\\u0000l":${3 * x},"":1}`).join('\n'),
    ],
  ])('cost no other column, in %s', async (ending, content) => {
    writeFileSync(file(`names.${ending}`), content)
    const columns = await columnsOf(`names.${ending}`, `names.${ending}`)
    expect(columns.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
      'a stable',
      'A stable',
      'nul\u0000l stable',
      expect.stringMatching(/ (stable|insufficient-data)$/),
    ])
  })

  test('are kept from a Parquet file too', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(
      `COPY (SELECT i AS city, {'lies': [i], 'in': 'Sea'} AS place, 2 * i AS town, 3 * i AS b FROM range(60) t(i)) TO '${file('names.parquet')}'`,
    )
    connection.closeSync()
    instance.closeSync()
    // Other programs write such names; DuckDB would write City_1.
    const bytes = readFileSync(file('names.parquet')).toString('latin1').replaceAll('town', 'City')
    writeFileSync(file('names.parquet'), bytes, 'latin1')
    const columns = await columnsOf('names.parquet', 'names.parquet')
    const found = columns.map(({ name, type }) => `${name} ${type}`).sort()
    expect(found).toEqual(['City numeric', 'b numeric', 'city numeric', 'place categorical'])
  })
})

describe('what is no file is named as such', () => {
  test.each([
    's3://bucket/*.parquet',
    'http://127.0.0.1:1/a.csv',
    'https://x/*.csv',
    'file:///a.csv',
    'gs://b/c',
  ])('%s', async (url) => {
    const message = await refusal(['drift', url, 'a.csv'])
    expect(message).toBe(
      `tidegauge: cannot read ${url}: it is a URL, and only files are read: download it first\n`,
    )
  })
})

describe('a stored profile is recognised', () => {
  let profile: Buffer
  let expected: Awaited<ReturnType<typeof columnsOf>>
  beforeAll(async () => {
    await run(['profile', 'a.csv', '--out', 'a.profile.json'])
    profile = readFileSync(file('a.profile.json'))
    expected = await columnsOf('a.profile.json', 'a.csv')
    expect(expected.map(({ name }) => name)).toEqual(['age', 'city'])
  })

  test('on standard input, packed or not', async () => {
    for (const input of [profile, gzipSync(profile)]) {
      const { code, stdout, stderr } = await run(['drift', '-', 'a.csv', '--json'], { input })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect((JSON.parse(stdout) as DriftReport).columns).toMatchObject(expected)
    }
  })

  test.each(['a.profile.json.gz', 'a.reference', 'a.profile.csv', 'a-*.profile'])(
    'as %s',
    async (name) => {
      writeFileSync(
        file(name.replace('*', 'b')),
        name.endsWith('.gz') ? gzipSync(profile) : profile,
      )
      expect(await columnsOf(name, 'a.csv')).toEqual(expected)
    },
  )

  test('and refused as data to store', async () => {
    expect(await refusal(['profile', 'a.profile.json'])).toContain('is a stored profile already')
  })
})

describe('what is packed', () => {
  test('is refused where it unpacks to far more than a table', async () => {
    const rows = function* () {
      yield 'x\n'
      for (let i = 0; i < 300; i++) yield '1\n'.repeat(2 ** 19)
    }
    await pipeline(Readable.from(rows()), createGzip(), createWriteStream(file('bomb.csv.gz')))
    const temporary = mkdtempSync(join(directory, 'temporary-'))
    const message = await refusal(['drift', 'bomb.csv.gz', 'a.csv'], { env: { TMPDIR: temporary } })
    expect(message).toContain('it unpacks to more than 200 times its size')
    expect(readdirSync(temporary)).toEqual([])
  }, 120_000)

  test.each<[string, string | Buffer, RegExp]>([
    ['cut.csv.gz', gzipSync(`x\n${numbers.join('\n')}`).subarray(0, 60), /no whole gzip file/],
    ['plain.csv.gz', 'x\n1\n', /it is not packed, whatever its name says/],
    ['empty.csv.gz', gzipSync(''), /it is empty/],
  ])('%s is refused', async (name, content, message) => {
    writeFileSync(file(name), content)
    expect(await refusal(['drift', name, 'a.csv'])).toMatch(message)
  })
})

describe('an Arrow file', () => {
  test('with one wrong byte is refused, whatever it claims', async () => {
    const whole = tableToIPC(tableFromArrays({ age: Float64Array.from(numbers) }), {
      format: 'stream',
    })!
    writeFileSync(file('whole.arrows'), whole)
    // The length of the batch, then of its column: 60 rows turn into millions.
    const places = [...whole.keys()].filter((i) => whole[i] === 60 && whole[i + 1] === 0)
    expect(places.length).toBeGreaterThan(1)
    for (const at of places) {
      const wrong = Uint8Array.from(whole)
      wrong[at + 3] = 0x40
      writeFileSync(file('wrong.arrows'), wrong)
      expect(await refusal(['drift', 'whole.arrows', 'wrong.arrows'])).toMatch(
        /^tidegauge: cannot read wrong\.arrows: it is no Arrow file or stream: /,
      )
    }
  })

  test('holds whole numbers beyond 2 ** 53, as doubles', async () => {
    const ids = BigInt64Array.from(numbers, (x) => BigInt(x) * 2n ** 55n)
    writeFileSync(file('ids.arrow'), tableToIPC(tableFromArrays({ id: ids }), { format: 'file' })!)
    writeFileSync(file('ids.csv'), `id\n${[...ids].map(Number).join('\n')}\n`)
    const [fromArrow] = await columnsOf('ids.arrow', 'ids.csv')
    expect(fromArrow).toMatchObject({ name: 'id', type: 'numeric', statistic: 0 })
  })
})
