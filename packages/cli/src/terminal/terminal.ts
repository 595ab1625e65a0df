import type { WriteStream } from 'node:tty'
import { visibleText } from '@tidegauge/core/internal'

/** Where a command talks to: results on stdout, progress and errors on stderr. */
export interface Terminal {
  /** Is stdout a terminal that shows colours? NO_COLOR and FORCE_COLOR are heard. */
  readonly color: boolean
  /** Is stdout a terminal, not a file or a pipe? */
  readonly isTerminal: boolean
  /** Cells of a line of stdout; of what is no terminal enough for all that there is to say. */
  readonly width: number
  /** Is somebody watching stderr? Not where it is no terminal, and not under CI. */
  readonly isWatched: boolean
  out(text: string): void
  /** One line that replaces the one before, where somebody watches; nothing elsewhere. Empty text clears it. */
  progress(text: string): void
  error(message: string): void
}

export function processTerminal(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
  env: NodeJS.ProcessEnv = process.env,
): Terminal {
  const isWatched = stderr.isTTY && !isSet(env.CI) && env.TERM !== 'dumb'
  return {
    color: hasColors(stdout),
    isTerminal: stdout.isTTY === true,
    width: stdout.isTTY ? Math.max(NARROWEST, stdout.columns || 80) : WIDE,
    isWatched,
    out: (text) => {
      stdout.write(text)
    },
    progress: (text) => {
      if (!isWatched) return
      const line = visibleText(text).slice(0, Math.max(0, stderr.columns - 1))
      stderr.write(`\r\u001b[K${line}`)
    },
    error: (message) => {
      if (isWatched) stderr.write('\r\u001b[K')
      stderr.write(`tidegauge: ${visibleText(message)}\n`)
    },
  }
}

const NARROWEST = 60
const WIDE = 120

/** The same without progress; results and errors are still said. */
export function quietTerminal(terminal: Terminal): Terminal {
  return { ...terminal, isWatched: false, progress: () => {} }
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== '' && variable !== 'false' && variable !== '0'
}

function hasColors(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && (stream as WriteStream).hasColors()
}
