import { cpus } from 'node:os'
import type { PythonPeer } from './python-peer.ts'

export interface CpuContender {
  readonly name: string
  /** One round; CPU seconds it took and what it found. */
  readonly run: () => Promise<CpuRound>
}

export interface CpuRound {
  readonly seconds: number
  readonly result: object
}

export interface CpuResult {
  readonly name: string
  /** CPU milliseconds, median over the rounds. */
  readonly milliseconds: number
  readonly result: object
}

/** A contender of this process, timed by its CPU time: all threads of it, the garbage collector's too. */
export function ours(name: string, run: () => object | number): CpuContender {
  return {
    name,
    run: async () => {
      const before = process.cpuUsage()
      const result = run()
      const { user, system } = process.cpuUsage(before)
      return { seconds: (user + system) / 1e6, result: Object(result) }
    },
  }
}

/** A contender of the Python process. */
export function theirs(peer: PythonPeer, call: string, names: readonly string[]): CpuContender {
  return { name: call, run: () => peer.call(call, names) }
}

/** The floor under all of them: to read the same columns once. */
export function reading(columns: readonly Float64Array[]): CpuContender {
  return ours(READING, () => columns.reduce((sum, column) => sum + sumOf(column), 0))
}

const READING = 'adding up the columns'

export interface Rounds {
  /** That count; default 15. */
  readonly rounds?: number
  /** That come before and do not count; default 3. */
  readonly warmUp?: number
}

/** Runs contenders in turn, round by round, so that a noisy moment meets all of them alike. */
export async function alternateCpu(
  contenders: readonly CpuContender[],
  { rounds = 15, warmUp = 3 }: Rounds = {},
): Promise<CpuResult[]> {
  const seconds = new Map(contenders.map(({ name }) => [name, [] as number[]]))
  const results = new Map<string, object>()
  for (let round = 0; round < rounds + warmUp; round++) {
    for (const { name, run } of contenders) {
      const measured = await run()
      results.set(name, measured.result)
      if (round >= warmUp) seconds.get(name)!.push(measured.seconds)
    }
  }
  return contenders.map(({ name }) => ({
    name,
    milliseconds: 1000 * median(seconds.get(name)!),
    result: results.get(name) ?? {},
  }))
}

/** @throws Error where two results differ by more than a share of 1e-9: no ratio is worth printing then. */
export function assertSameNumbers(
  title: string,
  expected: Readonly<Record<string, number>>,
  actual: Readonly<Record<string, unknown>>,
): void {
  for (const [name, number] of Object.entries(expected)) {
    const difference = Math.abs((actual[name] as number) - number)
    if (!(difference <= 1e-9 * Math.abs(number))) {
      throw new Error(`${title}: ${name} is ${actual[name]}, the peer's ${number}`)
    }
  }
}

/**
 * Prints the results, each against the first: how many times as fast it is; and against `reading`, where that is
 * among them: how many times as long it takes.
 */
export function printCpuResults(title: string, results: readonly CpuResult[]): void {
  process.stdout.write(`${title}\n`)
  const floor = results.find(({ name }) => name === READING)
  for (const { name, milliseconds } of results) {
    const ratio = (results[0]!.milliseconds / milliseconds).toFixed(1)
    const readings = floor === undefined ? '' : (milliseconds / floor.milliseconds).toFixed(1)
    process.stdout.write(
      `  ${name.padEnd(44)} ${milliseconds.toFixed(1).padStart(8)} ms ${ratio.padStart(7)}x` +
        `${floor === undefined ? '' : ` ${readings.padStart(7)} readings`}\n`,
    )
  }
}

export function printMachine(
  versions: PythonPeer['versions'] = {},
  measured = 'CPU time, medians',
): void {
  const date = new Date().toISOString().slice(0, 10)
  const packages = Object.entries(versions).map(([name, version]) => `, ${name} ${version}`)
  process.stdout.write(
    `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}${packages.join('')}, ${date}; ${measured}\n`,
  )
}

/** The memory's own pace: every value read once and added up, in four sums as one would wait for itself. */
function sumOf(values: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let i = 0; i + 3 < values.length; i += 4) {
    a += values[i]!
    b += values[i + 1]!
    c += values[i + 2]!
    d += values[i + 3]!
  }
  return a + b + c + d
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}
