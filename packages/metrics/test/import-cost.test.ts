import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'

interface Bundle {
  readonly outputFiles: readonly { readonly text: string }[]
  readonly metafile: { readonly inputs: Readonly<Record<string, unknown>> }
}

const require = createRequire(import.meta.url)
// tsup's own: what it bundles our packages with.
const esbuild = createRequire(require.resolve('tsup'))('esbuild') as {
  build(options: object): Promise<Bundle>
}
const packages = fileURLToPath(new URL('../..', import.meta.url))
let bundle: Bundle

beforeAll(async () => {
  bundle = await esbuild.build({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    absWorkingDir: packages,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['tidegauge-source'],
  })
})

interface Loaded {
  readonly milliseconds: number
  readonly modules: readonly string[]
}

/** In a process of its own: what the import takes of the processor's time, and which of Node's modules it loads. */
function load(source: string): Loaded {
  const script = `
    await import('data:text/javascript,')
    const before = new Set(process.moduleLoadList)
    const cpu = process.cpuUsage()
    await import('data:text/javascript;base64,' + process.argv[1])
    const { user, system } = process.cpuUsage(cpu)
    const milliseconds = (user + system) / 1000
    const modules = process.moduleLoadList.filter((name) => !before.has(name))
    console.log(JSON.stringify({ milliseconds, modules }))`
  const args = ['--input-type=module', '-e', script, Buffer.from(source).toString('base64')]
  return JSON.parse(execFileSync(process.execPath, args).toString()) as Loaded
}

test('the package is its own sources and those of core: no framework, no client', () => {
  const foreign = Object.keys(bundle.metafile.inputs).filter(
    (path) => !/^(metrics|core)\/src\//.test(path),
  )
  expect(Object.keys(bundle.metafile.inputs)).toContain('metrics/src/recorder/latency-recorder.ts')
  expect(foreign).toEqual([])
})

test('importing it loads nothing of the network and takes less than 30 ms of the processor', () => {
  const runs = Array.from({ length: 5 }, () => load(bundle.outputFiles[0]!.text))
  expect(runs[0]!.modules.filter((name) => /http|net|tls|dgram|stream/.test(name))).toEqual([])
  expect(Math.min(...runs.map(({ milliseconds }) => milliseconds))).toBeLessThan(30)
})
