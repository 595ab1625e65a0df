import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runDockerfile } from './run-dockerfile.ts'
import { startServer } from './server.ts'

const dockerfile = readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8')
/** Where there is no `sh`, there is Docker. */
const onUnix = test.skipIf(process.platform === 'win32')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegauge-image-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

onUnix(
  'what the Dockerfile installs is all that the service needs',
  { timeout: 300_000 },
  async () => {
    runDockerfile(dockerfile, folder)
    const [program, ...args] = JSON.parse(/^CMD (\[.+\])$/m.exec(dockerfile)![1]!) as string[]
    expect(program).toBe('node')
    const server = startServer(process.execPath, args, {
      cwd: join(folder, 'examples/prometheus-grafana'),
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', WATCH: '1' },
    })
    try {
      const [, url] = await server.printed(/serving on (http:\S+):/)
      expect(await (await fetch(`${url}/metrics`)).text()).toContain('drift_feature_bin_total{')
    } finally {
      await server.stop()
    }
  },
)
