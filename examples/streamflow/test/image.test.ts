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
const { services } = parseCompose<'load' | 'api' | 'player' | 'job'>(read('compose.yaml'))

/** Where there is no `sh`, there is Docker. */
describe.skipIf(process.platform === 'win32')('the image of Node', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegauge-image-'))
    runDockerfile(dockerfile, folder)
  }, 300_000)
  afterAll(() => rmSync(folder, { recursive: true }))

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
