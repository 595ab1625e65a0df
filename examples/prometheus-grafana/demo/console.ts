import pc from 'picocolors'

/** The demo's voice: steps with a tick and a time on stdout, a line that counts along on a terminal. */
export interface Console {
  readonly color: boolean
  readonly paint: ReturnType<typeof pc.createColors>
  say(text?: string): void
  /** Prose, indented, in lines that fit a terminal of 80 columns. */
  explain(text: string, color?: (line: string) => string): void
  heading(text: string): void
  /** Runs one step, showing that it runs; `detail` makes the line that stays. */
  step<T>(
    title: string,
    work: (progress: (text: string) => void) => T | Promise<T>,
    detail: (result: T) => string,
  ): Promise<T>
}

export function createConsole(stream: NodeJS.WriteStream = process.stdout): Console {
  const color = stream.isTTY && stream.hasColors()
  const paint = pc.createColors(color)
  const say = (text = '') => {
    stream.write(`${text}\n`)
  }
  return {
    color,
    paint,
    say,
    explain(text, color = String) {
      for (const line of wrapped(text, 78)) say(`  ${color(line)}`)
    },
    heading: (text) => say(`\n${paint.bold(text)}`),
    async step(title, work, detail) {
      const show = (text: string) => {
        if (stream.isTTY) stream.write(`\r\u001b[K${paint.dim(`… ${text}`)}`)
      }
      const start = performance.now()
      show(title)
      const result = await work((text) => show(`${title}: ${text}`))
      if (stream.isTTY) stream.write('\r\u001b[K')
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      say(`${paint.green('✓')} ${title} ${paint.dim(`(${seconds} s)`)}: ${detail(result)}`)
      return result
    },
  }
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines[lines.length - 1]} ${word}`
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
