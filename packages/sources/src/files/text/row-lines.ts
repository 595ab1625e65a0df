import { closeSync, openSync, readSync, writeSync } from 'node:fs'

const MOST_HELD = 2 ** 15
const NUMBERS = 2

/**
 * Remembers the lines of rows. Nearly always a row begins one line behind the one before it: only the others are kept,
 * some in memory, the rest in a file.
 */
export class RowLineRecorder {
  /** Pairs of a row and its line, in their order. */
  private readonly held = new Float64Array(NUMBERS * MOST_HELD)
  private heldCount = 0
  /** The first row of each part that was put down. */
  private readonly partStarts: number[] = []
  private readonly spillPath: string

  constructor(spillPath: string) {
    this.spillPath = spillPath
  }

  /** From this row on, each begins one line behind the one before it, until said otherwise. */
  jump(row: number, line: number): void {
    if (this.heldCount === MOST_HELD) this.putDown()
    this.held[NUMBERS * this.heldCount] = row
    this.held[NUMBERS * this.heldCount + 1] = line
    this.heldCount++
  }

  /** On which line of the file a row begins. */
  lineOf(row: number): number {
    const { partStarts, held, heldCount } = this
    if (heldCount > 0 && held[0]! <= row) return lineIn(held, heldCount, row)
    const part = countUpTo(partStarts.length, (i) => partStarts[i]! <= row) - 1
    if (part < 0) return row + 1
    const pairs = new Float64Array(NUMBERS * MOST_HELD)
    const file = openSync(this.spillPath, 'r')
    try {
      readSync(file, pairs, 0, pairs.byteLength, part * pairs.byteLength)
    } finally {
      closeSync(file)
    }
    return lineIn(pairs, MOST_HELD, row)
  }

  private putDown(): void {
    const file = openSync(this.spillPath, this.partStarts.length === 0 ? 'w' : 'a')
    try {
      writeSync(file, this.held)
    } finally {
      closeSync(file)
    }
    this.partStarts.push(this.held[0]!)
    this.heldCount = 0
  }
}

function lineIn(pairs: Float64Array, count: number, row: number): number {
  const i = countUpTo(count, (j) => pairs[NUMBERS * j]! <= row) - 1
  return pairs[NUMBERS * i + 1]! + row - pairs[NUMBERS * i]!
}

/** How many of the first ones hold, where those that hold come first. */
function countUpTo(length: number, holds: (i: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) low = middle + 1
    else high = middle
  }
  return low
}
