import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const app = fileURLToPath(new URL('./hostile-rows.ts', import.meta.url))

test('a hundred thousand rows of ever new categories and columns leave the heap as it was, and the timer no process alive', {
  timeout: 120_000,
}, () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', '--conditions=tidegauge-source', '--import', tsx, app],
    { encoding: 'utf8', timeout: 100_000 },
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const { rows, grown } = JSON.parse(stdout) as { rows: number; grown: number }
  expect(rows).toBe(200_000)
  // One kept string of 20 letters a row would be 4 MB.
  expect(grown).toBeLessThan(500_000)
})
