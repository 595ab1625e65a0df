import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, freePorts } from '../stack/ports.ts'
import { findProgram, PROGRAMS } from '../stack/programs.ts'
import { until } from '../stack/until.ts'
import { describeWithServer, prometheusProgram } from './server.ts'

const main = fileURLToPath(new URL('../stack/main.ts', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegauge-stack-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs it as `pnpm stack` does; `watch` sees what it has printed so far. */
function stack(
  args: readonly string[],
  env: Record<string, string>,
  watch?: (stdout: string, stop: () => void) => void,
): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    ['--conditions=tidegauge-source', '--import', tsx, main, ...args],
    {
      cwd: root,
      env: { ...process.env, TIDEGAUGE_PROMETHEUS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  return new Promise((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
      watch?.(stdout, () => child.kill('SIGINT'))
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** tsx keeps a cache there too. */
function oursIn(scratch: string): string[] {
  return readdirSync(scratch).filter((name) => name.startsWith('tidegauge-'))
}

describe('without its programs', { timeout: 120_000 }, () => {
  const nothing = { PATH: '', TIDEGAUGE_REQUIRE_SERVERS: '' }

  test('it says how to get them, and ends with 1', async () => {
    const { code, stdout, stderr } = await stack([], nothing)
    expect(stdout).toMatch(/no prometheus on the PATH.*apt-get install prometheus;/)
    expect(stdout).toMatch(/no alertmanager on the PATH.*apt-get install prometheus-alertmanager;/)
    expect(stderr).toContain('it cannot do without prometheus')
    expect(code).toBe(1)
  })

  test('--check says that it checked nothing', async () => {
    const { code, stdout } = await stack(['--check'], nothing)
    expect(stdout.trimEnd().split('\n').slice(-2)).toEqual([
      'The story was not checked.',
      '0 passed, 0 failed',
    ])
    expect(code).toBe(0)
  })

  test('it takes none from the PATH where a folder is named that has none, and names that', async () => {
    const { code, stdout } = await stack([], { ...nothing, TIDEGAUGE_PROMETHEUS: folder })
    expect(stdout).toContain(`no prometheus in TIDEGAUGE_PROMETHEUS, ${folder}. `)
    expect(stdout).toContain('no alertmanager on the PATH')
    expect(code).toBe(1)
  })

  test('--check fails where they are required', async () => {
    const { code, stderr } = await stack(['--check'], { PATH: '', TIDEGAUGE_REQUIRE_SERVERS: '1' })
    expect(stderr).toContain('it cannot do without prometheus and alertmanager')
    expect(code).toBe(1)
  })
})

test.each([
  [['--rate', 'fast'], /--rate must be above 0 and at most 1000/],
  [['--colour'], /Unknown option '--colour'/],
])('%j ends with 1 and says what is wrong', { timeout: 120_000 }, async (args, message) => {
  const { code, stderr } = await stack(args, {})
  expect(code).toBe(1)
  expect(stderr).toMatch(message)
})

/** Of the player, a replica, and Prometheus where there is no Alertmanager. */
const EVENTS = [
  /^ {2}\d\d:\d\d:\d\d {2}player {8}plays shift flights$/m,
  /^ {2}\d\d:\d\d:\d\d {2}service-[ab] {5}NO_ACTION -> ACTION: drift_share=.*$/m,
  /^ {2}\d\d:\d\d:\d\d {2}alert {9}DriftAction \(reference \w{12}\) fires$/m,
]

/** Windows has no interrupt that one process sends another, and links for administrators alone. */
const onUnix = test.skipIf(process.platform === 'win32')

describeWithServer('prometheus', 'with Prometheus alone', () => {
  onUnix(
    'it runs without the rest, and Ctrl-C leaves no process and no file',
    async () => {
      const path = mkdtempSync(join(folder, 'path-'))
      symlinkSync(prometheusProgram('prometheus'), join(path, 'prometheus'))
      const scratch = mkdtempSync(join(folder, 'scratch-'))
      let predictions: Promise<number> | undefined
      let happened: (text: string) => boolean = () => false
      const { code, stdout, stderr } = await stack(
        ['--quick'],
        { PATH: path, TMPDIR: scratch },
        (text, stop) => {
          if (happened(text)) stop()
          if (!text.includes('Running until Ctrl-C') || predictions !== undefined) return
          const [url] = /http:\S+(?=\/metrics)/.exec(text)!
          predictions = until(
            async () => {
              const page = await (await fetch(`${url}/metrics`)).text()
              return page.includes('drift_feature_bin_total{') ? 1 : undefined
            },
            { seconds: 60, what: 'the metrics' },
          )
          // The data drifts: what happens is told when it does.
          const [player] = /http:\S+(?= +POST)/.exec(text)!
          void predictions.then(() => fetch(`${player}/shift`, { method: 'POST' }))
          happened = (told) => EVENTS.every((event) => event.test(told))
        },
      )
      for (const event of EVENTS) expect(stdout).toMatch(event)
      expect(stderr).toBe('')
      expect(code).toBe(0)
      expect(await predictions).toBe(1)
      expect(stdout).not.toMatch(/Alertmanager +http/)
      expect(stdout.trimEnd().endsWith('Everything has ended.')).toBe(true)
      expect(oursIn(scratch)).toEqual([])
      const addresses = [...stdout.matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].map(([url]) => url)
      expect(new Set(addresses).size).toBe(4)
      for (const url of addresses) await expect(fetch(url)).rejects.toThrow()
    },
    180_000,
  )

  onUnix(
    'Ctrl-C in the middle of the start, again and again, leaves no file either',
    async () => {
      const path = mkdtempSync(join(folder, 'path-'))
      symlinkSync(prometheusProgram('prometheus'), join(path, 'prometheus'))
      const scratch = mkdtempSync(join(folder, 'scratch-'))
      let impatience: NodeJS.Timeout | undefined
      const { code, stdout, stderr } = await stack(
        ['--quick'],
        { PATH: path, TMPDIR: scratch },
        (_, stop) => {
          impatience ??= setInterval(() => oursIn(scratch).length > 0 && stop(), 50)
        },
      ).finally(() => clearInterval(impatience))
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).not.toContain('Where to look')
      expect(oursIn(scratch)).toEqual([])
    },
    180_000,
  )
})

test('a program is found by any of its names, and on Windows with its ending', () => {
  const path = mkdtempSync(join(folder, 'programs-'))
  for (const file of ['alertmanager', 'prometheus.exe']) {
    writeFileSync(join(path, file), '', { mode: 0o755 })
  }
  const { prometheus, alertmanager } = PROGRAMS
  expect(findProgram(alertmanager, path, 'linux', '')).toBe(join(path, 'alertmanager'))
  expect(findProgram(prometheus, path, 'linux', '')).toBeUndefined()
  expect(findProgram(prometheus, path, 'win32', '')).toBe(join(path, 'prometheus.exe'))
})

test('a folder that is named comes before the PATH, and for Prometheus in its place', () => {
  const [path, named] = [mkdtempSync(join(folder, 'path-')), mkdtempSync(join(folder, 'named-'))]
  for (const file of ['prometheus-alertmanager', 'prometheus']) {
    writeFileSync(join(path, file), '', { mode: 0o755 })
  }
  const { prometheus, alertmanager } = PROGRAMS
  const find = (program: typeof prometheus) => findProgram(program, path, 'linux', named)
  expect(find(alertmanager)).toBe(join(path, 'prometheus-alertmanager'))
  expect(find(prometheus)).toBeUndefined()
  for (const file of ['alertmanager', 'prometheus']) {
    writeFileSync(join(named, file), '', { mode: 0o755 })
  }
  expect(find(alertmanager)).toBe(join(named, 'alertmanager'))
  expect(find(prometheus)).toBe(join(named, 'prometheus'))
})

test('ports that are wanted and taken are replaced, and no two are alike', async () => {
  const free = await freePort(0)
  const ports = await freePorts({ a: free, b: free, c: 0 })
  expect(ports.a).toBe(free)
  expect(new Set(Object.values(ports)).size).toBe(3)
})

test('waiting in vain says for what, and what was seen last', async () => {
  const ask = () => Promise.reject(new Error('no share yet'))
  await expect(until(ask, { seconds: 0, what: 'the share falls' })).rejects.toThrow(
    'the share falls: not within 0 s (last: no share yet)',
  )
})
