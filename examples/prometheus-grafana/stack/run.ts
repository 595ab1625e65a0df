import { once } from 'node:events'
import type { Console } from '../demo/console.ts'
import type { StoryOutcome } from './story.ts'

export interface Running {
  /** Resolves with why, where a part ends that was not told to. */
  readonly broken: Promise<string>
  stop(): Promise<void>
}

export interface StackRun<Started extends Running> {
  readonly start: (progress: (text: string) => void) => Promise<Started>
  /** What is said when it runs. */
  readonly seen: (started: Started) => string
  /** What is done then: a story with its outcome, or nothing until it is interrupted. */
  readonly work: (started: Started) => Promise<StoryOutcome>
}

/** Starts a stack, does what there is to do in it and ends it; a signal ends it too, at any time. */
export async function runStack<Started extends Running>(
  console: Console,
  signal: AbortSignal,
  { start, seen, work }: StackRun<Started>,
): Promise<void> {
  const { paint, say } = console
  const over = () => say(paint.dim('\nEverything has ended.'))
  const interrupted = once(signal, 'abort')
  const stack = await console.step('start', start, seen).catch((error) => {
    if (signal.aborted) return undefined
    throw error
  })
  if (stack === undefined) {
    over()
    return
  }
  let outcome: StoryOutcome | undefined
  try {
    const broken = stack.broken.then((why) => Promise.reject(new Error(why)))
    outcome = await Promise.race([work(stack), interrupted.then(() => undefined), broken])
  } finally {
    await stack.stop()
    over()
  }
  if (outcome === undefined) return
  say(`${outcome.passed} passed, ${outcome.failed} failed`)
  if (outcome.failed > 0) process.exitCode = 1
}

/** Runs a program until it ends or is told to, says in one line what went wrong, and leaves nothing behind. */
export async function runProgram(
  name: string,
  main: (signal: AbortSignal) => Promise<void>,
): Promise<never> {
  const interruption = new AbortController()
  // A second signal must not end it halfway: the terminal and pnpm both hand on the one Ctrl-C.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => interruption.abort())
  }
  // `pnpm stack | head` closes the pipe early, and a terminal can be closed; that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
    interruption.abort()
  })
  try {
    await main(interruption.signal)
  } catch (error) {
    process.stderr.write(`\n${name}: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
  // What has been left running by a promise that nobody waits for, such as an open connection, ends here.
  process.exit()
}
