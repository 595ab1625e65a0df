import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCompose } from '@tidegauge/example-prometheus-grafana/test/compose-file.ts'
import { runDockerfile } from '@tidegauge/example-prometheus-grafana/test/run-dockerfile.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
const dockerfile = read('Dockerfile')
const wordsOf = (instruction: string): string[] =>
  JSON.parse(new RegExp(`^${instruction} (\\[.+\\])$`, 'm').exec(dockerfile)![1]!)
const { services } = parseCompose<'password' | 'load' | 'api' | 'player' | 'job'>(
  read('compose.yaml'),
)

/** Where there is no `sh`, there is Docker. */
describe.skipIf(process.platform === 'win32')('the image of Node', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegauge-image-'))
    runDockerfile(dockerfile, folder)
  }, 300_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  test('the password is made once, and handed to what asks the database', () => {
    const file = join(folder, 'password')
    const [program, ...args] = services.password.command!
    const make = () =>
      spawnSync(
        program!,
        args.map((word) => word.replace('/run/stack/password', file)),
      ).status
    expect(make()).toBe(0)
    const made = readFileSync(file, 'utf8')
    expect(made).toMatch(/^[0-9a-f]{32}$/)
    expect(make()).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(made)
    const [shell, ...entry] = [...wordsOf('ENTRYPOINT'), 'sh', '-c', 'printf %s "$PGPASSWORD"']
    const { stdout } = spawnSync(shell!, entry, {
      cwd: join(folder, 'examples/streamflow'),
      encoding: 'utf8',
      env: { PATH: process.env.PATH, PASSWORD_FILE: file },
    })
    expect(stdout).toBe(made)
  })

  test.each(
    Object.entries(services).filter(([name]) => ['load', 'api', 'player', 'job'].includes(name)),
  )(
    '%s: all that it needs is installed, up to the database, which is not there',
    (_, { command = wordsOf('CMD'), environment }) => {
      const [program, ...args] = [...wordsOf('ENTRYPOINT'), ...command]
      const { status, stderr } = spawnSync(program!, args, {
        cwd: join(folder, 'examples/streamflow'),
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          ...environment,
          HOST: '127.0.0.1',
          PASSWORD_FILE: '',
          PGHOST: '127.0.0.1',
          PGPORT: '1',
          TIDEGAUGE_DATABASE_URL: 'postgres://streamflow@127.0.0.1:1/streamflow',
        },
      })
      expect(stderr).toMatch(/^\w+: .*connect ECONNREFUSED 127\.0\.0\.1:1\n$/)
      expect(status).toBeGreaterThan(0)
    },
  )
})
