import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { DriftReport } from '@tidegauge/drift'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadFlights } from '../service/flights.ts'
import { trainDelayModel } from '../service/model.ts'

const main = fileURLToPath(new URL('../demo/main.ts', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

let folder: string
let out: string
/** The demo's own training takes longer than all else in most of these tests. */
let trained: NodeJS.ProcessEnv
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegauge-demo-'))
  out = join(folder, 'reports')
  const file = join(folder, 'model.json')
  writeFileSync(file, JSON.stringify(trainDelayModel(await loadFlights('2001-01')).learned))
  trained = { ...process.env, MODEL_FILE: file }
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the demo as `pnpm demo` does; `watch` sees what it has printed so far. */
function demo(
  args: string[],
  watch?: (stdout: string, stop: () => void) => void,
  env = trained,
): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    ['--conditions=tidegauge-source', '--import', tsx, main, '--out', out, ...args],
    { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] },
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

const lastLine = (stdout: string) => stdout.trimEnd().split('\n').at(-1)

/** Windows has no interrupt that one process sends another: it ends it at once. */
const onUnix = test.skipIf(process.platform === 'win32')

describe('pnpm demo', () => {
  test('shows both gauges plainly, writes both reports, stops the service and exits with 0', async () => {
    const { code, stdout, stderr } = await demo(['--requests', '400'], undefined, process.env)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const html = join(out, 'drift_2001-01_vs_2001-02.html')
    const json = join(out, 'drift_2001-01_vs_2001-02.json')
    expect(lastLine(stdout)).toBe(
      `report_html=${html} report_json=${json} drift_share=0.20 -> NO_ACTION drift_share=0.20 < 0.30 (target_drift=0.0)`,
    )
    const prose = stdout.replaceAll('\n  ', ' ')
    expect(prose).toMatch(/AUC 0\.6\d+ \(guessing: 0\.500\), Brier score 0\.15\d+ .*0\.16\d+/)
    expect(stdout).toMatch(/400 requests, [\d,]+ per second, 0\.5 % failed/)
    expect(stdout).toMatch(/route +requests +errors +mean +p50 +p95 +p99/)
    expect(stdout).toMatch(/^drifted +weekday .* shift 0\.\d+ >= 0\.125$/m)
    expect(stdout).not.toContain('\u001b')

    const report = JSON.parse(readFileSync(json, 'utf8')) as DriftReport
    expect(report.columns).toHaveLength(6)
    expect(readFileSync(html, 'utf8').trimEnd().endsWith('</html>')).toBe(true)
    expect(readdirSync(out)).toHaveLength(2)

    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)![0]
    await expect(fetch(`${url}/health`)).rejects.toThrow() // nothing listens there any more
  })

  test('--inject shows ACTION and says that the data is injected', async () => {
    const { code, stdout } = await demo(['--requests', '10', '--inject'])
    expect(code).toBe(0)
    expect(stdout).toContain('INJECTED')
    expect(lastLine(stdout)).toMatch(
      /drift_2001-01_vs_2001-02-injected\.json drift_share=0\.80 -> ACTION drift_share=0\.80 >= 0\.30/,
    )
  })

  test('a month of six flights is insufficient data, and it says so', async () => {
    const { code, stdout } = await demo(['--requests', '10', '--current', '2001-07'])
    expect(code).toBe(0)
    expect(lastLine(stdout)).toMatch(
      /drift_share=n\/a -> UNDECIDED insufficient data: no feature could be judged \(target_drift=n\/a\); (\d+) of \1 not judged$/,
    )
  })

  onUnix('--keep serves until it is interrupted, then stops and exits with 0', async () => {
    let health: Promise<unknown> | undefined
    const { code, stdout } = await demo(['--requests', '10', '--keep'], (text, stop) => {
      const address = /health {3}(http:\S+)/.exec(text)?.[1]
      if (address === undefined || health !== undefined) return
      health = fetch(address)
        .then((response) => response.json())
        .finally(stop)
    })
    expect(code).toBe(0)
    expect(await health).toMatchObject({ status: 'ok' })
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)![0]
    await expect(fetch(`${url}/health`)).rejects.toThrow()
  })

  test('killed while it works, it takes its service along and leaves no report', async () => {
    rmSync(join(out, 'drift_2001-01_vs_2001-02.json'), { force: true })
    let url = ''
    const { code } = await demo(['--requests', '3000'], (text, stop) => {
      url ||= /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? ''
      if (url !== '') stop()
    })
    expect(code).not.toBe(0)
    expect(existsSync(join(out, 'drift_2001-01_vs_2001-02.json'))).toBe(false)
    await expect
      .poll(
        () =>
          fetch(`${url}/health`).then(
            () => 'alive',
            () => 'gone',
          ),
        { timeout: 120_000 },
      )
      .toBe('gone')
  })

  test('a reader that goes away early is no error', async () => {
    const child = spawn(
      process.execPath,
      ['--conditions=tidegauge-source', '--import', tsx, main, '--out', out, '--requests', '10'],
      { cwd: root, env: trained, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    await once(child.stdout, 'data')
    child.stdout.destroy()
    expect(await once(child, 'close')).toEqual([0, null])
  })

  test('the service ends with the demo, also in the middle of its training', async () => {
    const service = fork(fileURLToPath(new URL('../service/main.ts', import.meta.url)), {
      execArgv: ['--conditions=tidegauge-source', '--import', tsx],
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    service.disconnect()
    expect(await once(service, 'exit')).toEqual([0, null])
  })

  test.each([
    [['--current', '2002-01'], /there are no flights in "2002-01": choose one of/],
    [['--requests', 'many'], /--requests must be a number above 0/],
    [['--colour'], /Unknown option '--colour'/],
  ])('%j ends with 1 and says what is wrong', async (args, message) => {
    const { code, stderr } = await demo(args)
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
  })
})
