import { type ChildProcess, fork, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

/** A process of the stack; it does not outlive this one. */
export interface Child {
  readonly name: string
  readonly pid: number
  /** Resolves with how it ended, and what it said last. */
  readonly ended: Promise<string>
  readonly isRunning: boolean
  /** The first message of a process that was forked; rejects where it ends before. */
  message<T>(): Promise<T>
  /** What it writes to its standard output from now on, line by line. */
  onLine(listener: (line: string) => void): void
  /** Ends it, by force if it must be, and waits until it is gone. */
  stop(): Promise<void>
}

type Environment = Readonly<Record<string, string>>

export interface ProgramOptions extends Pick<SpawnOptions, 'cwd' | 'uid' | 'gid'> {
  /** What asks it to end; SIGTERM by default. */
  readonly stopSignal?: NodeJS.Signals
  /** What ends it where it does not listen; SIGKILL by default. */
  readonly force?: NodeJS.Signals
  /** It starts others, which end with it: asked or forced, all of them are told. Not on Windows. */
  readonly hasChildren?: boolean
}

/** Starts a server that is no program of ours. */
export function startProgram(
  name: string,
  program: string,
  args: readonly string[],
  env: Environment = {},
  { hasChildren = false, stopSignal, force, ...options }: ProgramOptions = {},
): Child {
  const child = spawn(program, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    detached: hasChildren, // its group can be told as a whole
  })
  const tell = (signal: NodeJS.Signals) => {
    if (!hasChildren || child.pid === undefined) return void child.kill(signal)
    try {
      process.kill(-child.pid, signal)
    } catch {
      // All of them are gone.
    }
  }
  return childOf(name, child, { tell, stopSignal, force })
}

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** Starts a script of ours, from the sources; it ends with us. */
export function startScript(name: string, script: string, env: Environment): Child {
  const child = fork(script, {
    execArgv: ['--conditions=tidegauge-source', '--import', TSX],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  })
  return childOf(name, child)
}

const PATIENCE_MILLISECONDS = 5000
const LAST_WORDS = 2000

interface Ending {
  readonly tell?: (signal: NodeJS.Signals) => void
  readonly stopSignal?: NodeJS.Signals | undefined
  readonly force?: NodeJS.Signals | undefined
}

function childOf(
  name: string,
  child: ChildProcess,
  {
    tell = (signal) => void child.kill(signal),
    stopSignal = 'SIGTERM',
    force = 'SIGKILL',
  }: Ending = {},
): Child {
  let lastWords = ''
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-LAST_WORDS)
    })
  }
  let running = true
  const ended = once(child, 'close').then(
    ([code, signal]) => `${name} ended (${signal ?? `exit code ${code}`}): ${lastWords.trim()}`,
    (error: Error) => `${name} did not start: ${error.message}`,
  )
  const first = once(child, 'message')
  first.catch(() => {}) // told by `ended`
  const kill = () => tell(force)
  process.once('exit', kill)
  void ended.then(() => {
    running = false
    process.off('exit', kill)
  })
  return {
    name,
    pid: child.pid ?? -1,
    ended,
    get isRunning() {
      return running
    },
    message: async <T>() =>
      await Promise.race([
        first.then(([message]) => message as T),
        ended.then((text) => Promise.reject(new Error(text))),
      ]),
    onLine(listener) {
      createInterface({ input: child.stdout! }).on('line', listener)
    },
    async stop() {
      if (!running) return
      tell(stopSignal)
      const patience = setTimeout(kill, PATIENCE_MILLISECONDS)
      await ended
      clearTimeout(patience)
    },
  }
}
