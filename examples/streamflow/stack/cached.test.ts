import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cached, cacheFolder, removeDead } from './cached.ts'

let cache: string
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'tidegauge-cache-'))
})
afterEach(() => rmSync(cache, { recursive: true }))

test('what was fetched once is taken as it is', async () => {
  let fetched = 0
  const get = () =>
    cached(cache, 'feast-0.67.0', async (folder) => {
      fetched++
      writeFileSync(join(folder, 'python'), '')
    })
  expect(await get()).toBe(join(cache, 'feast-0.67.0'))
  expect(existsSync(join(await get(), 'python'))).toBe(true)
  expect(fetched).toBe(1)
})

test('what was broken off begins anew, and holds nobody up', async () => {
  const get = (fill: (folder: string) => Promise<void>) => cached(cache, 'mlflow-2.16.0', fill)
  const broken = get(async (folder) => {
    writeFileSync(join(folder, 'half'), '')
    throw new Error('no network')
  })
  await expect(broken).rejects.toThrow('no network')
  const folder = await get(async () => {})
  expect(existsSync(join(folder, 'half'))).toBe(false)
})

test('two that want the same fetch it once', async () => {
  let fetched = 0
  const get = () =>
    cached(cache, 'feast-0.67.0', async () => {
      fetched++
      await new Promise((resolve) => setTimeout(resolve, 50))
    })
  await Promise.all([get(), get()])
  expect(fetched).toBe(1)
})

test('a lock of a process that is gone counts for nothing', async () => {
  mkdirSync(cache, { recursive: true })
  writeFileSync(join(cache, 'feast-0.67.0.lock'), String(2 ** 30)) // no system gives such an id
  expect(await cached(cache, 'feast-0.67.0', async () => {})).toBe(join(cache, 'feast-0.67.0'))
})

test('of two who find it so, the second leaves alone what the first holds by then', () => {
  const file = join(cache, 'feast-0.67.0.lock')
  const [dead, alive] = [String(2 ** 30), String(process.pid)]
  writeFileSync(file, alive)
  removeDead(file)
  expect(readFileSync(file, 'utf8')).toBe(alive)
  // While one is at it, another one waits.
  writeFileSync(file, dead)
  writeFileSync(`${file}.turn`, '')
  removeDead(file)
  expect(readFileSync(file, 'utf8')).toBe(dead)
  rmSync(`${file}.turn`)
  removeDead(file)
  expect(readdirSync(cache)).toEqual([])
})

test.each([
  [{}, { platform: 'linux', isRoot: false }, '/home/a/.cache/tidegauge'],
  [{ XDG_CACHE_HOME: '/cache' }, { platform: 'linux', isRoot: false }, '/cache/tidegauge'],
  [{}, { platform: 'darwin', isRoot: false }, '/home/a/Library/Caches/tidegauge'],
  // PostgreSQL runs as another user then, who must be able to read it.
  [{ XDG_CACHE_HOME: '/cache' }, { platform: 'linux', isRoot: true }, '/var/cache/tidegauge'],
  [{ TIDEGAUGE_CACHE: '/elsewhere' }, { platform: 'linux', isRoot: true }, '/elsewhere'],
] as const)('%j on %j: %s', (env, system, folder) => {
  expect(cacheFolder(env, { ...system, home: '/home/a' })).toBe(folder)
})
