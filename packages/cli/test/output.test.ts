import { execFileSync, spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { DriftReport, TableProfile } from '@tidegauge/drift'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildCommand, COMMAND, ENVIRONMENT, runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

const { directory, file } = workFolder()
const run = (...args: string[]) => runCommand(args, directory)

const csvOf = (shift: number) =>
  `age,city,score\n${Array.from({ length: 400 }, (_, i) => `${(i % 60) + shift},c${i % 4},${i % 2}`).join('\n')}\n`

beforeAll(() => {
  writeFileSync(file('old.csv'), csvOf(0))
  writeFileSync(file('new.csv'), csvOf(40))
})

/** macOS has no /dev/full and no `timeout`. */
const onLinux = test.skipIf(process.platform !== 'linux')

describe('where results go', () => {
  test('--json is the report and nothing else', async () => {
    const { code, stdout, stderr } = await run('drift', 'old.csv', 'new.csv', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const report = JSON.parse(stdout) as DriftReport
    expect(report.columns.map(({ name, drifted }) => [name, drifted])).toEqual([
      ['age', true],
      ['city', false],
      ['score', false],
    ])
  })

  test('--quiet says the verdict alone, and what was asked for as it is', async () => {
    const args = ['drift', 'old.csv', 'new.csv', '--quiet', '--fail-on', 'drift', '--out', 'quiet']
    expect(await run(...args)).toEqual({
      code: 1,
      stdout: expect.stringMatching(
        /^report_html=\S+ report_json=\S+ drift_share=0\.33 -> ACTION [^\n]*\n$/,
      ),
      stderr: 'tidegauge: failed by --fail-on drift: 1 column drifted: age\n',
    })
    expect(readdirSync(file('quiet'))).toHaveLength(2)
    const { stdout } = await run('drift', 'old.csv', 'new.csv', '--quiet', '--json')
    expect((JSON.parse(stdout) as DriftReport).columns).toHaveLength(3)
    writeFileSync(file('quiet.json'), stdout)
    expect((await run('report', 'quiet.json', '--quiet')).stdout).toMatch(/^drift_share=[^\n]*\n$/)
    const stored = ['profile', 'old.csv', '--quiet', '--out', 'quiet.profile.json']
    expect(await run(...stored)).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test.each([
    ['html', /^<!doctype html>/i],
    ['md', /^#+ /m],
    ['junit', /<testsuites?[\s>]/],
    ['json', /"tidegauge\.drift-report"/],
  ])('--format %s without --out goes to stdout', async (format, pattern) => {
    const { stdout, stderr } = await run('drift', 'old.csv', 'new.csv', '--format', format)
    expect(stderr).toBe('')
    expect(stdout).toMatch(pattern)
  })

  test('--format with --out writes those, and says where', async () => {
    const { stdout } = await run(
      ...['drift', 'old.csv', 'new.csv', '--format', 'md,junit', '--out', 'formats'],
    )
    expect(readdirSync(file('formats')).sort()).toEqual([
      'drift_old_vs_new.junit.xml',
      'drift_old_vs_new.md',
    ])
    expect(stdout).toContain(`report_md=${join('formats', 'drift_old_vs_new.md')}`)
  })

  test('GITHUB_STEP_SUMMARY gets the report as Markdown, behind what is there', async () => {
    writeFileSync(file('summary.md'), 'before\n')
    const env = { GITHUB_STEP_SUMMARY: file('summary.md') }
    const { code } = await runCommand(['drift', 'old.csv', 'new.csv'], directory, { env })
    expect(code).toBe(0)
    expect(readFileSync(file('summary.md'), 'utf8')).toMatch(/^before\n[\s\S]*age/)
  })

  onLinux('a full disk ends with 2 and says so', () => {
    const full = openSync('/dev/full', 'w')
    const args = [...COMMAND.slice(1), 'drift', 'old.csv', 'new.csv', '--json']
    const { status, stderr } = spawnSync(COMMAND[0]!, args, {
      cwd: directory,
      env: ENVIRONMENT,
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    })
    closeSync(full)
    expect(stderr).toMatch(/^tidegauge: cannot write to standard output: ENOSPC.*\n$/)
    expect(status).toBe(2)
  })
})

describe('tidegauge profile', () => {
  test('stores a reference that drift takes in place of the data', async () => {
    const stored = await run('profile', 'old.csv', '--out', 'old.profile.json')
    expect(stored).toEqual({
      code: 0,
      stdout: 'profile=old.profile.json rows=400 columns=3\n',
      stderr: '',
    })
    const direct = JSON.parse((await run('drift', 'old.csv', 'new.csv', '--json')).stdout)
    const { stdout } = await run('drift', 'old.profile.json', 'new.csv', '--json')
    const report = JSON.parse(stdout) as DriftReport
    // 60 distinct ages fall into bins of their own, so that nothing is lost.
    expect(report.columns.map(({ statistic }) => statistic)).toEqual(
      (direct as DriftReport).columns.map(({ statistic }) => statistic),
    )
    const { id: profileId } = JSON.parse(readFileSync(file('old.profile.json'), 'utf8'))
    expect(report.reference).toEqual({
      name: 'old.profile',
      rows: 400,
      profileId,
      reading: { format: 'csv', delimiter: ',', header: true },
    })
    expect(report.producer).toMatch(/^@tidegauge\/drift \d+\.\d+\.\d+/)
  })

  test('keeps where it is from, and when its rows came to be', async () => {
    writeFileSync(
      file('two.csv'),
      'born,made,x\n1980-01-01,2026-01-02,1\n1990-05-05,2026-01-31,2\n',
    )
    const timesOf = async (...more: string[]) => {
      const stored = JSON.parse((await run('profile', 'two.csv', ...more)).stdout) as TableProfile
      expect(stored.origin).toEqual({ source: 'two.csv', at: expect.any(Number) })
      return stored.timeRange?.map((time) => new Date(time).toISOString().slice(0, 10))
    }
    expect(await timesOf()).toBeUndefined()
    expect(await timesOf('--columns', 'x,born')).toEqual(['1980-01-01', '1990-05-05'])
    expect(await timesOf('--time', 'made')).toEqual(['2026-01-02', '2026-01-31'])
    expect(await timesOf('--time', 'made', '--columns', 'x')).toEqual(['2026-01-02', '2026-01-31'])
    const refused = await run('profile', 'old.csv', '--time', 'city')
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--time city: it holds neither'),
    })
  })

  test('goes to stdout without --out, with the sample where it is asked for', async () => {
    const { stdout } = await run('profile', 'old.csv', '--keep-sample', '--columns', 'age')
    const profile = JSON.parse(stdout) as TableProfile
    expect(profile.columns).toHaveLength(1)
    expect(profile.columns[0]!.sample).toHaveLength(400)
  })

  test('replaces a file only with --force', async () => {
    writeFileSync(file('taken.json'), 'mine')
    const refused = await run('profile', 'old.csv', '--out', 'taken.json')
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already') })
    expect(readFileSync(file('taken.json'), 'utf8')).toBe('mine')
    expect((await run('profile', 'old.csv', '--out', 'taken.json', '--force')).code).toBe(0)
    expect(readFileSync(file('taken.json'), 'utf8')).toContain('tidegauge.table-profile')
  })
})

describe('tidegauge report', () => {
  beforeAll(async () => {
    writeFileSync(file('r.json'), (await run('drift', 'old.csv', 'new.csv', '--json')).stdout)
  })

  test('shows a report again as drift did', async () => {
    const drift = await run('drift', 'old.csv', 'new.csv')
    expect(await run('report', 'r.json')).toEqual(drift)
    expect((await run('report', 'r.json', '--fail-on', 'drift')).code).toBe(1)
  })

  test('renders every format, from standard input too', async () => {
    const { stdout } = await run('drift', 'old.csv', 'new.csv', '--format', 'html')
    const input = readFileSync(file('r.json'))
    const again = await runCommand(['report', '-', '--format', 'html'], directory, { input })
    expect(again).toEqual({ code: 0, stdout, stderr: '' })
  })

  test.each([
    ['none.json', /there is no such file/],
    ['old.csv', /report/],
    ['.', /directory/],
  ])('%s ends with 2', async (path, message) => {
    const { code, stdout, stderr } = await run('report', path)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^tidegauge: [^\n]*\n$/)
    expect(stderr).toMatch(message)
  })

  test('a report is no reference', async () => {
    const { code, stderr } = await run('drift', 'r.json', 'new.csv')
    expect(code).toBe(2)
    expect(stderr).toContain('is a report, not a reference')
  })
})

describe('a config file', () => {
  test('brings options and paths; the command line goes before it', async () => {
    const config = {
      reference: 'old.csv',
      current: 'new.csv',
      target: 'score',
      method: { age: 'psi', city: 'js' },
      failOn: 'drift',
      json: true,
    }
    writeFileSync(file('nightly.json'), JSON.stringify(config))
    const nightly = await run('drift', '--config', 'nightly.json', '--method', 'age=wasserstein')
    expect(nightly).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^tidegauge: failed by /),
    })
    const { columns } = JSON.parse(nightly.stdout) as DriftReport
    expect(columns.map(({ method, role }) => `${method} ${role}`)).toEqual(
      ['wasserstein feature', 'jensen-shannon feature', 'chi-squared target'].map((text, i) =>
        i === 2 ? expect.stringMatching(/ target$/) : text,
      ),
    )
    expect((await run('drift', '--config', 'nightly.json', '--fail-on', 'never')).code).toBe(0)
  })

  test('is found where the command starts, as a module too', async () => {
    const folder = mkdtempSync(join(directory, 'with-config-'))
    writeFileSync(join(folder, 'tidegauge.config.mjs'), 'export default { columns: ["age"] }')
    const paths = [file('old.csv'), file('new.csv')]
    const { stdout } = await runCommand(['drift', ...paths, '--json'], folder)
    expect((JSON.parse(stdout) as DriftReport).columns.map(({ name }) => name)).toEqual(['age'])
  })

  test('has a part for profile and one for report, and their command lines go before it', async () => {
    const config = {
      target: 'score',
      profile: { data: 'old.csv', columns: ['age', 'city'], type: { age: 'categorical' }, bins: 8 },
      report: { path: 'parts.json', format: ['md'], failOn: 'drift' },
    }
    writeFileSync(file('parts.config.json'), JSON.stringify(config))
    const named = ['--config', 'parts.config.json']
    const typesOf = ({ stdout }: { readonly stdout: string }) =>
      (JSON.parse(stdout) as TableProfile).columns.map(({ name, type }) => `${name} ${type}`)
    expect(typesOf(await run('profile', ...named))).toEqual(['age categorical', 'city categorical'])
    const line = ['new.csv', '--columns', 'age,score', '--type', 'score=categorical']
    expect(typesOf(await run('profile', ...line, ...named))).toEqual([
      'age categorical',
      'score categorical',
    ])

    const drift = await run('drift', 'old.csv', 'new.csv', '--json', ...named)
    expect((JSON.parse(drift.stdout) as DriftReport).targetDrift).toBe(0)
    writeFileSync(file('parts.json'), drift.stdout)
    const report = await run('report', ...named)
    expect(report).toMatchObject({ code: 1, stdout: expect.stringMatching(/^#+ /m) })
    expect((await run('report', ...named, '--fail-on', 'never')).code).toBe(0)
  })

  test.each<[string, string[], RegExp]>([
    [
      '{"profile": {"bin": 4}}',
      ['profile', 'old.csv'],
      /wrong\.json: "profile": there is no option "bin"; did you mean bins\?/,
    ],
    ['{"profile": {"bins": "x"}}', ['profile', 'old.csv'], /"profile\.bins" must be a number/],
    ['{"profile": {"data": 3}}', ['profile'], /"profile\.data" must be a path, received 3/],
    ['{"profile": "old.csv"}', ['profile'], /"profile" must be an object of options/],
    ['{"bins": 4}', ['profile', 'old.csv'], /wrong\.json: there is no option "bins"/],
    ['{"report": {"path": []}}', ['report'], /"report\.path" must be a path/],
    ['{}', ['report'], /report takes one report, received 0/],
  ])('%s for %j ends with 2', async (text, args, message) => {
    writeFileSync(file('wrong.json'), text)
    const { code, stderr } = await run(...args, '--config', 'wrong.json')
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })

  test.each<[string, string, RegExp]>([
    ['no JSON', '{', /bad\.json: it is no JSON/],
    [
      'a key that does not exist',
      '{"traget": "x"}',
      /there is no option "traget"; did you mean target\?/,
    ],
    ['a wrong value', '{"share": "much"}', /bad\.json: "share" must be a number, received "much"/],
    ['a list', '[]', /it must hold an object of options/],
  ])('%s ends with 2', async (_, text, message) => {
    writeFileSync(file('bad.json'), text)
    const { code, stderr } = await run('drift', 'old.csv', 'new.csv', '--config', 'bad.json')
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})

describe('which columns and which side', () => {
  const named = ({ stdout }: { readonly stdout: string }) => {
    const { reference, current, columns } = JSON.parse(stdout) as DriftReport
    return [reference.name, current.name, columns.map(({ name }) => name).join()]
  }

  test('--exclude leaves columns out of drift and profile, by a config file too', async () => {
    const pair = ['drift', 'old.csv', 'new.csv', '--json']
    expect(named(await run(...pair, '--exclude', 'age,score'))[2]).toBe('city')
    writeFileSync(
      file('exclude.json'),
      '{"exclude": ["age"], "profile": {"exclude": ["city", "score"]}}',
    )
    expect(named(await run(...pair, '--config', 'exclude.json'))[2]).toBe('city,score')
    const stored = await run('profile', 'old.csv', '--config', 'exclude.json')
    const { columns } = JSON.parse(stored.stdout) as TableProfile
    expect(columns.map(({ name }) => name)).toEqual(['age'])
    const wrong = await run(...pair, '--exclude', 'agee')
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr).toMatch(/--exclude agee is not a column of old.*did you mean age\?/)
    for (const option of ['target', 'prediction', 'time']) {
      const both = await run(...pair, '--exclude', 'score', `--${option}`, 'score')
      expect(both).toMatchObject({
        code: 2,
        stderr: `tidegauge: --exclude score is what --${option} names: leave it out of one of them\n`,
      })
    }
  })

  test('what --columns leaves out may be named all the same', async () => {
    const pair = ['drift', 'old.csv', 'new.csv', '--json', '--columns', 'age', '--target', 'score']
    expect(named(await run(...pair, '--exclude', 'city'))[2]).toBe('age,score')
    expect(named(await run(...pair, '--type', 'city=text', '--method', 'city=js'))[2]).toBe(
      'age,score',
    )
    writeFileSync(file('columns.json'), '{"columns": ["age"], "profile": {"columns": ["age"]}}')
    const config = ['--exclude', 'city', '--config', 'columns.json']
    expect(named(await run('drift', 'old.csv', 'new.csv', '--json', ...config))[2]).toBe('age')
    const stored = await run('profile', 'old.csv', ...config)
    expect(stored).toMatchObject({ code: 0, stderr: '' })
    expect((JSON.parse(stored.stdout) as TableProfile).columns).toHaveLength(1)
    const wrong = await run(...pair, '--exclude', 'cty')
    expect(wrong.stderr).toBe(
      'tidegauge: --exclude cty is not a column of old, which has age, city, score; did you mean city?\n',
    )
  })

  test('an argument alone is the side that nothing else names', async () => {
    writeFileSync(file('ref.json'), '{"reference": "old.csv", "json": true}')
    writeFileSync(file('cur.json'), '{"current": "old.csv", "json": true}')
    writeFileSync(file('both.json'), '{"reference": "old.csv", "current": "old.csv", "json": true}')
    const sides = async (...args: string[]) => named(await run('drift', ...args)).slice(0, 2)
    expect(await sides('new.csv', '--config', 'ref.json')).toEqual(['old', 'new'])
    expect(await sides('new.csv', '--config', 'cur.json')).toEqual(['new', 'old'])
    expect(await sides('--config', 'both.json')).toEqual(['old', 'old'])
    expect(await sides('new.csv', 'old.csv', '--config', 'both.json')).toEqual(['new', 'old'])
    expect(await sides('--reference', 'new.csv', '--config', 'both.json')).toEqual(['new', 'old'])
    const both = ['--current', 'new.csv', 'new.csv', '--config', 'both.json']
    expect(await sides(...both)).toEqual(['new', 'new'])
    expect(await sides('--current', 'new.csv', 'old.csv', '--json')).toEqual(['old', 'new'])
    expect(await sides('--reference=old.csv', '--current=new.csv', '--json')).toEqual([
      'old',
      'new',
    ])
    for (const args of [
      ['new.csv', '--config', 'both.json'],
      ['--reference', 'old.csv', 'old.csv', 'new.csv'],
      ['--reference', 'old.csv'],
    ]) {
      const { code, stdout, stderr } = await run('drift', ...args)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/--reference or --current|takes a reference and a current file/)
    }
  }, 180_000)
})

describe('mistakes are named with their cure', () => {
  beforeAll(() => {
    writeFileSync(file('other.csv'), `x,y\n${'1,2\n'.repeat(40)}`)
    writeFileSync(file('headless.csv'), '1,2\n3,4\n5,6\n'.repeat(20))
    writeFileSync(file('latin.csv'), Buffer.from(`town\n${'K\xf6ln\n'.repeat(40)}`, 'latin1'))
    writeFileSync(file('cut.json'), '[{"a": 1}, {"a":')
    writeFileSync(file('text.arrow'), 'no arrow at all, whatever its name says')
  })
  const pair = ['old.csv', 'new.csv']
  test.each<[string, string[], RegExp]>([
    [
      'no common column',
      ['old.csv', 'other.csv'],
      /no column is on both sides: .*age, city, score.*x, y$/m,
    ],
    [
      'a side without a header',
      ['old.csv', 'headless.csv'],
      /has column0, column1; headless\.csv was read as one without a header: say --header yes where/,
    ],
    [
      'a target with a slip',
      [...pair, '--target', 'scor'],
      /--target scor is not a column.*did you mean score\?/,
    ],
    ['a file with a slip', ['old.csv', 'nwe.csv'], /no such file; did you mean new\.csv\?/],
    ['a pattern for nothing', ['old.csv', 'no*.parquet'], /no file matches the pattern/],
    ['an option with a slip', [...pair, '--traget', 'x'], /'--traget'; did you mean --target\?/],
    [
      'no such method',
      [...pair, '--method', 'age=wassersten'],
      /no method wassersten; did you mean wasserstein\?/,
    ],
    ['no such preset', [...pair, '--preset', 'evidentl'], /--preset must be one of/],
    [
      'a level of the library',
      [...pair, '--alpha', '2'],
      /^tidegauge: --alpha must be a number in \(0, 1\), received 2$/m,
    ],
    [
      'a method beside a preset',
      [...pair, '--preset', 'evidently', '--method', 'age=psi'],
      /^tidegauge: --method must be left out beside a preset, received an object/m,
    ],
    [
      'a file for a folder',
      [...pair, '--out', 'out/report.html'],
      /--out out\/report\.html must be a folder, not a file: say --out out --format html; /,
    ],
    [
      'a file that is there for a folder',
      [...pair, '--out', 'cut.json'],
      /--out cut\.json must be a folder, not a file: say --out \. --format json; /,
    ],
    ['a share above 1', [...pair, '--share', '30'], /--share must lie above 0/],
    ['formats for one stdout', [...pair, '--format', 'md,html'], /needs --out/],
    [
      'a condition that is no SQL',
      [...pair, '--where', 'agee > 1'],
      /--where cannot be used on old\.csv: there is no column "agee"; did you mean age\?$/m,
    ],
    [
      'a condition on what nobody has',
      [...pair, '--where', 'salary > 1'],
      /old\.csv: there is no column "salary" \(it has age, city, score\)$/m,
    ],
    [
      'a condition with a text in double quotes',
      [...pair, '--where', 'city = "Kiel"'],
      /there is no column "Kiel" \(it has age, city, score\); a text stands in single quotes: 'Kiel'$/m,
    ],
    [
      'a condition on a name that is nearly one',
      [...pair, '--where', '"agee" > 1'],
      /there is no column "agee"; did you mean age\?$/m,
    ],
    [
      'a condition on a name with a blank',
      [...pair, '--where', 'unit price > 5'],
      /syntax error at or near "price"; a name with blanks or signs stands in double quotes \("unit price" > 5\)/,
    ],
    [
      'a condition that cannot be worked out',
      [...pair, '--where', 'nofunction(age)'],
      /old\.csv: Catalog Error: Scalar Function with name nofunction does not exist!$/m,
    ],
    ['a file like no other', ['mad.csv', 'new.csv'], /mad\.csv: there is no such file$/m],
    [
      'a condition that closes its bracket',
      [...pair, '--where', '1) OR (1'],
      /--where must be one condition on the columns: syntax error/,
    ],
    ['a condition for nothing', [...pair, '--where', 'age > 1000'], /--where leaves no row/],
    ['text that is no UTF-8', ['latin.csv', 'latin.csv'], /latin\.csv: .*--encoding/],
    ['JSON that is cut off', ['cut.json', 'cut.json'], /cannot read cut\.json: .*JSON/],
    ['no Arrow', ['text.arrow', 'old.csv'], /text\.arrow: it is no Arrow file or stream/],
    ['two standard inputs', ['-', '-'], /only one of the two/],
    ['nothing on standard input', ['old.csv', '-'], /standard input: it is empty/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await run('drift', ...args)
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^tidegauge: [^\n]*\n$/)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  test('no DuckDB', async () => {
    const elsewhere = await buildCommand(file('without-duckdb'))
    const start = (...args: string[]) =>
      spawnSync(process.execPath, [elsewhere.bin, ...args], { cwd: directory, encoding: 'utf8' })
    const { status, stderr } = start('drift', 'old.csv', 'new.csv')
    expect(stderr).toBe(
      'tidegauge: files are read through DuckDB, which is not installed: npm install @duckdb/node-api\n',
    )
    expect(status).toBe(2)
    expect(start('report', '--help').status).toBe(0)
    elsewhere.remove()
  })
})

onLinux(
  'an interrupt while data comes in leaves nothing behind',
  async () => {
    const temporary = mkdtempSync(join(directory, 'temporary-'))
    const script = `(sleep 0.1; cat old.csv; sleep 3) | timeout -s INT -k 5 2 ${COMMAND.join(' ')} drift old.csv - --out half; echo "code $?"`
    const output = execFileSync('bash', ['-c', script], {
      cwd: directory,
      env: { ...ENVIRONMENT, TMPDIR: temporary },
      encoding: 'utf8',
    })
    expect(output).toBe('code 124\n') // timeout's own: the command ended by the signal, and was not killed
    expect(readdirSync(temporary)).toEqual([])
    expect(existsSync(file('half'))).toBe(false)
  },
  120_000,
)
