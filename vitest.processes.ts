import { type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

const lastWishes: (() => void)[] = []
let listening = false

/**
 * Has something done when this process ends, the newest first, unless what it returns was called. Vitest ends its
 * workers by SIGTERM, of which `exit` hears nothing; of a SIGKILL nobody hears.
 */
export function atTheEnd(wish: () => void): () => void {
  const carryOut = () => {
    for (let next = lastWishes.pop(); next !== undefined; next = lastWishes.pop()) {
      try {
        next()
      } catch {
        // The others have theirs all the same.
      }
    }
  }
  if (!listening) {
    listening = true
    process.once('exit', carryOut)
    process.once('SIGTERM', () => {
      carryOut()
      process.kill(process.pid, 'SIGTERM') // which now has its usual effect
    })
  }
  lastWishes.push(wish)
  return () => {
    const at = lastWishes.indexOf(wish)
    if (at >= 0) lastWishes.splice(at, 1)
  }
}

/** Ports of this machine that were free a moment ago, for programs that cannot choose one and say which. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

export interface ServerProcess {
  readonly pid: number
  /** The first match in what it has printed; rejects where it ends before, or says nothing for too long. */
  printed(pattern: RegExp, milliseconds?: number): Promise<RegExpExecArray>
  /** Writes to its standard input, where it is tied. */
  say(text: string): void
  /** Ends it, by force if it must be, and waits until it is gone. */
  stop(): Promise<void>
}

export interface ServerOptions extends Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'> {
  /** What asks it to end; SIGTERM by default. */
  readonly stopSignal?: NodeJS.Signals
  /** What ends it, and its children with it, where it was not asked or does not listen; SIGKILL by default. */
  readonly force?: NodeJS.Signals
  /** Its standard input stays open for as long as this process lives. */
  readonly tied?: boolean
}

/** Starts a program; it does not outlive this one. */
export function startServer(
  program: string,
  args: readonly string[],
  { stopSignal = 'SIGTERM', force = 'SIGKILL', tied = false, ...options }: ServerOptions = {},
): ServerProcess {
  const child = spawn(program, args, {
    ...options,
    stdio: [tied ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close').catch((error) => error) // a program that is not there
  const kill = () => void child.kill(force)
  const forget = atTheEnd(kill)

  child.stdin?.on('error', () => {}) // gone before it heard all: its output says why
  const outputs = ['', '']
  for (const [index, stream] of [child.stdout!, child.stderr!].entries()) {
    stream.setEncoding('utf8').on('data', (text) => {
      outputs[index] += text
    })
  }
  return {
    pid: child.pid ?? -1,
    async printed(pattern, milliseconds = 120_000) {
      let gone = false
      void ended.then(() => {
        gone = true
      })
      for (const deadline = Date.now() + milliseconds; ; ) {
        const match = outputs.map((output) => pattern.exec(output)).find((found) => found !== null)
        if (match !== undefined) return match
        if (gone || Date.now() > deadline) {
          throw new Error(
            `${program} ${gone ? 'ended' : 'waits'} without ${pattern}: ${outputs.join('')}`,
          )
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    say: (text) => void child.stdin?.write(text),
    async stop() {
      child.kill(stopSignal)
      const patience = setTimeout(kill, 5000)
      await ended
      clearTimeout(patience)
      forget()
    },
  }
}
