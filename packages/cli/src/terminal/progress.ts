import type { Terminal } from './terminal.ts'

/** How far a command is: on a terminal a bar with the column, rows a second and the time left. */
export interface Progress {
  /** Before the columns: a file is being read. */
  reading(what: string): void
  column(name: string, index: number, total: number): void
  /** So many rows of the column have been read since the last call. */
  rows(count: number): void
  done(): void
}

/** Rewriting the line more often than this only costs time. */
const MILLISECONDS_BETWEEN = 100

/**
 * @param rowsOfColumn - how many rows a column has on both sides together
 * @param now - milliseconds on a clock that never goes back
 */
export function progressOn(
  terminal: Terminal,
  rowsOfColumn: () => number,
  now: () => number = () => performance.now(),
): Progress {
  let state = { name: '', index: 0, total: 0, rows: 0 }
  let started: number | null = null
  let shownAt = Number.NEGATIVE_INFINITY
  const show = (isNew: boolean) => {
    const time = now()
    if (!isNew && time - shownAt < MILLISECONDS_BETWEEN) return
    shownAt = time
    const elapsed = (time - started!) / 1000
    terminal.progress(progressLine({ ...state, elapsed, rowsOfColumn: rowsOfColumn() }))
  }
  return {
    reading: (what) => terminal.progress(`reading ${what}`),
    column(name, index, total) {
      started ??= now()
      state = { name, index, total, rows: 0 }
      show(index === 0)
    },
    rows(count) {
      state.rows += count
      show(false)
    },
    done: () => terminal.progress(''),
  }
}

export interface ProgressState {
  readonly name: string
  /** Of the column, from 0. */
  readonly index: number
  readonly total: number
  /** Of this column, so far. */
  readonly rows: number
  readonly rowsOfColumn: number
  /** Seconds since the first column. */
  readonly elapsed: number
}

/**
 * @example
 * progressLine({ name: 'age', index: 9, total: 20, rows: 5e5, rowsOfColumn: 1e6, elapsed: 2 })
 * // '[#########-----------] 10/20 age  4.8 M rows/s  2 s left'
 */
export function progressLine(state: ProgressState): string {
  const { name, index, total, rows, rowsOfColumn, elapsed } = state
  const share = (index + (rowsOfColumn === 0 ? 0 : Math.min(1, rows / rowsOfColumn))) / total
  const filled = Math.floor(share * WIDTH)
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}]`
  const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name
  const speed = (share * total * rowsOfColumn) / elapsed
  const known = share > 0 && elapsed > 0
  // How many rows there are, an engine does not tell ahead.
  const pace = rowsOfColumn === 0 ? '' : `  ${rate(speed)}`
  const left = known ? `${pace}  ${duration((elapsed / share) * (1 - share))} left` : ''
  return `${bar} ${index + 1}/${total} ${shown}${left}`
}

const WIDTH = 20
const LONGEST_NAME = 30

function rate(rowsPerSecond: number): string {
  if (rowsPerSecond >= 1e6) return `${(rowsPerSecond / 1e6).toFixed(1)} M rows/s`
  if (rowsPerSecond >= 1e3) return `${(rowsPerSecond / 1e3).toFixed(0)} k rows/s`
  return `${rowsPerSecond.toFixed(0)} rows/s`
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
