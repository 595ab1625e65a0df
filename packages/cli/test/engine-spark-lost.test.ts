import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { freePorts } from '../../../vitest.processes.ts'
import { describeWithServer } from '../../../vitest.servers.ts'
import { type RunningSpark, startSpark } from '../../sources/test/servers/spark.ts'
import { runCommand } from './command.ts'
import { workFolder } from './work-folder.ts'

vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 })

const { directory, file } = workFolder()

/** As a reader of the page would have it. */
function programOfThePage(): string {
  const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
  return /```python\n(.*?)```/s.exec(page)![1]!
}

/** Its rows are soon counted, and its column sleeps. */
const QUERY = `SELECT id % 2 AS half, id + length(reflect('java.lang.Thread', 'sleep', 10L)) AS slow FROM range(0, 4000, 1, 4)`
const OPTIONS = [
  ...['--engine', 'spark', '--from', QUERY, '--time', 'half'],
  ...['--reference', '0', '--current', '1', '--rows', 'rows.jsonl'],
]

describeWithServer('spark', 'a job of Spark that dies half way', () => {
  let server: RunningSpark
  let page: number
  beforeAll(async () => {
    ;[page] = (await freePorts(1)) as [number]
    server = await startSpark()
    // The job has a session of its own, which gets the cores of this one.
    process.kill(server.sessionPid, 'SIGKILL')
    writeFileSync(file('run.py'), programOfThePage())
    writeFileSync(file('rows.jsonl'), '')
  })
  afterAll(() => server?.stop())

  const run = (command: string, ...more: string[]) =>
    runCommand([command, ...OPTIONS, ...more], directory)
  /** What is asked for next, and how many statements that is. */
  const next = async () => {
    const { code, stdout, stderr } = await run('statements')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    writeFileSync(file('statements.jsonl'), stdout)
    return stdout.trimEnd().split('\n').length
  }
  const job = () => {
    const python = join(process.env.TIDEGAUGE_SPARK_HOME!, '../../../../bin/python')
    const child = spawn(python, ['run.py', 'statements.jsonl'], {
      cwd: directory,
      env: {
        ...process.env,
        SPARK_CONF_DIR: join(server.folder, 'conf'),
        SPARK_LOCAL_IP: '127.0.0.1',
        PYSPARK_SUBMIT_ARGS: [
          ...['--master', server.master, '--conf', 'spark.task.maxFailures=1'],
          ...[
            '--conf',
            'spark.ui.enabled=true',
            '--conf',
            `spark.ui.port=${page}`,
            'pyspark-shell',
          ],
        ].join(' '),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout.setEncoding('utf8').on('data', (text) => appendFileSync(file('rows.jsonl'), text))
    return child
  }
  /** What the job's own page says, once it has one. */
  const activeTasks = async (): Promise<number> => {
    const applications = `http://127.0.0.1:${page}/api/v1/applications`
    const ask = async (url: string) =>
      (await (await fetch(url)).json()) as Array<{ id: string; numActiveTasks: number }>
    try {
      const [application] = await ask(applications)
      const jobs = await ask(`${applications}/${application!.id}/jobs?status=running`)
      return jobs.reduce((sum, one) => sum + one.numActiveTasks, 0)
    } catch {
      return 0
    }
  }
  const ended = (child: ChildProcess) => once(child, 'close')
  const linesThere = () => readFileSync(file('rows.jsonl'), 'utf8').split('\n').length - 1
  const expectRefused = async (message: RegExp) => {
    const { code, stdout, stderr } = await run('drift', '--out', 'nothing', '--json')
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(existsSync(file('nothing'))).toBe(false)
  }

  test('its driver, in the middle of a statement: what is missing is told', async () => {
    for (const count of [1, 4]) {
      expect(await next()).toBe(count)
      await ended(job())
    }
    // The sum of the slow column.
    expect(await next()).toBe(1)
    const before = linesThere()
    const child = job()
    await expect.poll(activeTasks, { timeout: 300_000 }).toBeGreaterThan(0)
    child.kill('SIGKILL')
    await ended(child)
    expect(linesThere()).toBe(before)
    await expectRefused(/rows\.jsonl lacks the rows of 1 statements: /)
  })

  test('an executor: the statement is no column that cannot be read', async () => {
    const kept = readFileSync(file('rows.jsonl'), 'utf8')
    expect(await next()).toBe(1)
    const child = job()
    await expect.poll(activeTasks, { timeout: 300_000 }).toBeGreaterThan(0)
    for (const pid of server.executorPids()) process.kill(pid, 'SIGKILL')
    await ended(child)
    const last = readFileSync(file('rows.jsonl'), 'utf8').trimEnd().split('\n').at(-1)!
    expect(JSON.parse(last)).toEqual({ id: expect.any(String), error: expect.any(String) })
    await expectRefused(/^tidegauge: query: .*(Job aborted|[Ee]xecutor)/)
    // Without that line it is asked for again.
    writeFileSync(file('rows.jsonl'), kept)
    expect(await next()).toBe(1)
  })
})
