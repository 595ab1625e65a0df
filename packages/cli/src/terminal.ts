import type { WriteStream } from 'node:tty'

/** Where a command talks to: results on stdout, progress and errors on stderr. */
export interface Terminal {
  /** Is stdout a terminal that shows colours? NO_COLOR and FORCE_COLOR are heard. */
  readonly color: boolean
  out(text: string): void
  /** One line that replaces the one before, on a terminal; nothing elsewhere. Empty text clears it. */
  progress(text: string): void
  error(message: string): void
}

export function processTerminal(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Terminal {
  return {
    color: hasColors(stdout),
    out: (text) => {
      stdout.write(text)
    },
    progress: (text) => {
      if (!stderr.isTTY) return
      const line = plain(text).slice(0, Math.max(0, stderr.columns - 1))
      stderr.write(`\r\u001b[K${line}`)
    },
    error: (message) => {
      if (stderr.isTTY) stderr.write('\r\u001b[K')
      stderr.write(`tidegauge: ${plain(message)}\n`)
    },
  }
}

function hasColors(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && (stream as WriteStream).hasColors()
}

/** Names come from files: a control character in one must not steer the terminal. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '�')
}
