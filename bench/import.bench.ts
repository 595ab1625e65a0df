/**
 * What `import` and `require` of the built @tidegauge/drift cost, and of what it depends on: fresh processes in turn, less one of the same
 * kind that loads nothing. Other work on the machine only adds, so that the least of all rounds is printed beside the median.
 * And how large they are for a browser, bundled and minified by esbuild.
 * `pnpm --filter @tidegauge/drift... build && pnpm --filter @tidegauge/bench run import`
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { median, printMachine } from './alternate-cpu.ts'

const ROUNDS = 41
interface Script {
  readonly name: string
  readonly type: 'module' | 'commonjs'
  readonly code: string
}
const SCRIPTS: readonly Script[] = [
  { name: 'nothing, CommonJS', type: 'commonjs', code: '' },
  { name: 'nothing, ESM', type: 'module', code: '' },
  {
    name: "require('@tidegauge/drift')",
    type: 'commonjs',
    code: "require('@tidegauge/drift').detectDrift.name",
  },
  {
    name: "import '@tidegauge/drift'",
    type: 'module',
    code: "import { detectDrift } from '@tidegauge/drift'; detectDrift.name",
  },
  {
    name: "import '@tidegauge/drift/quantiles'",
    type: 'module',
    code: "import '@tidegauge/drift/quantiles'",
  },
  {
    name: "import '@tidegauge/core'",
    type: 'module',
    code: "import { decide } from '@tidegauge/core'; decide.name",
  },
  { name: "require('jstat')", type: 'commonjs', code: "require('jstat').jStat" },
  { name: "import 'jstat'", type: 'module', code: "import jStat from 'jstat'; jStat.normal" },
]

/** Where all of these names can be resolved. */
const folder = fileURLToPath(new URL('../../packages/drift', import.meta.url))

const taken = SCRIPTS.map((script) => ({ ...script, cpu: [] as number[], wall: [] as number[] }))
for (let round = 0; round < ROUNDS; round++) {
  for (const { cpu, wall, ...script } of taken) {
    const start = performance.now()
    cpu.push(cpuOf(script))
    wall.push(performance.now() - start)
  }
}
printMachine()
for (const { name, type, cpu, wall } of taken) {
  const empty = taken.find((other) => other.type === type)!
  const [cpuMore, wallMore] = [median(cpu) - median(empty.cpu), median(wall) - median(empty.wall)]
  const leastMore = Math.min(...cpu) - Math.min(...empty.cpu)
  process.stdout.write(
    `  ${name.padEnd(36)} ${median(cpu).toFixed(1).padStart(6)} ms CPU (+${cpuMore.toFixed(1)}, least +${leastMore.toFixed(1)}), ` +
      `${median(wall).toFixed(1).padStart(6)} ms wall (+${wallMore.toFixed(1)})\n`,
  )
}

const BUNDLED = ['chiSquared', 'kolmogorovSmirnov', 'populationStabilityIndex', 'detectDrift']
process.stdout.write('bundled and minified\n')
for (const name of BUNDLED) {
  const kilobytes = (await bundledBytes(name)) / 1000
  process.stdout.write(`  ${name.padEnd(36)} ${kilobytes.toFixed(1).padStart(6)} kB\n`)
}

/** With the bundler that we build with: tsup's own. */
async function bundledBytes(name: string): Promise<number> {
  const tsup = createRequire(import.meta.url).resolve('tsup')
  const esbuild = createRequire(tsup)('esbuild') as {
    build(options: object): Promise<{ outputFiles: Array<{ contents: Uint8Array }> }>
  }
  const { outputFiles } = await esbuild.build({
    stdin: { contents: `export { ${name} } from '@tidegauge/drift'`, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    logLevel: 'error',
  })
  return outputFiles[0]!.contents.length
}

/** CPU milliseconds of a process that runs the script and ends. */
function cpuOf({ type, code }: Script): number {
  const report = "process.on('exit', () => console.log(JSON.stringify(process.cpuUsage())))"
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    [`--input-type=${type}`, '-e', `${code}\n${report}`],
    { encoding: 'utf8', cwd: folder },
  )
  if (status !== 0) throw new Error(stderr)
  const { user, system } = JSON.parse(stdout) as NodeJS.CpuUsage
  return (user + system) / 1000
}
