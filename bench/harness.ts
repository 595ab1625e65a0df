import { cpus } from 'node:os'

export interface Contender {
  readonly name: string
  /** One round of the work; its result keeps the work from being optimised away. */
  readonly run: () => unknown
}

export interface Result {
  readonly name: string
  /** CPU nanoseconds per operation, median over the rounds. */
  readonly nanoseconds: number
}

/**
 * Runs contenders in turn, round by round, so that a noisy moment meets all of them alike, and compares CPU
 * time: wall time on a shared machine says more about the neighbours.
 *
 * @param operations - how many one round of each does
 */
export function alternate(
  contenders: readonly Contender[],
  operations: number,
  rounds = 21,
): Result[] {
  const samples = new Map(contenders.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round < rounds + 2; round++) {
    for (const { name, run } of contenders) {
      const before = process.cpuUsage()
      run()
      const { user, system } = process.cpuUsage(before)
      // The first two rounds only warm up.
      if (round >= 2) samples.get(name)!.push(((user + system) * 1000) / operations)
    }
  }
  return contenders.map(({ name }) => ({ name, nanoseconds: median(samples.get(name)!) }))
}

/** Prints the results as a table, each against the first; with machine, Node and date. */
export function printResults(title: string, results: readonly Result[]): void {
  const [first] = results
  process.stdout.write(`${title}\n${machine()}\n`)
  for (const { name, nanoseconds } of results) {
    const ratio = (first!.nanoseconds / nanoseconds).toFixed(1)
    process.stdout.write(
      `  ${name.padEnd(42)} ${nanoseconds.toFixed(0).padStart(8)} ns  ${ratio.padStart(6)}x\n`,
    )
  }
}

function machine(): string {
  const date = new Date().toISOString().slice(0, 10)
  return `  ${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}, ${date}`
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}
