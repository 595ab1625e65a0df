import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface Distribution {
  /** A method of numpy's random generator, or `mostly-one-value`. */
  readonly generate: string
  readonly parameters?: readonly number[]
}

export interface Column extends Distribution {
  readonly name: string
  readonly seed: number
  readonly size: number
}

export interface PythonPeer {
  /** Of Python and of the packages that are measured, by name. */
  readonly versions: Readonly<Record<string, string>>
  /** Draws a column there and hands back the very same values. */
  column(column: Column): Promise<Float64Array>
  /** Runs a preparation of the peer, which is not measured. */
  prepare(preparation: string, names: readonly string[]): Promise<void>
  /** CPU seconds of the peer and what the call found. */
  call(
    call: string,
    names: readonly string[],
  ): Promise<{ seconds: number; result: Record<string, number> }>
  close(): Promise<void>
}

/** Which interpreter runs which peer. */
const PEERS = {
  numpy: { script: 'peers/peer.py', variable: 'PYTHON', requirements: 'requirements.txt' },
  evidently: {
    script: 'peers/evidently_peer.py',
    variable: 'PYTHON_EVIDENTLY',
    requirements: 'requirements-evidently.txt',
  },
} as const

/**
 * A Python process that lives as long as the benchmark does, so that neither its start nor its imports are
 * measured. `PYTHON` and `PYTHON_EVIDENTLY` name the interpreters, `python3` by default.
 *
 * @throws Error where the interpreter lacks the peer's packages
 */
export async function pythonPeer(peer: keyof typeof PEERS = 'numpy'): Promise<PythonPeer> {
  const { script, variable, requirements } = PEERS[peer]
  const python = process.env[variable] ?? 'python3'
  const directory = await mkdtemp(join(tmpdir(), 'tidegauge-bench-'))
  // pnpm runs the benchmarks in this folder.
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const help = `${python} cannot run the peer: pip install -r bench/peers/${requirements}, and name the interpreter in ${variable}`
  const ask = conversationWith(child, help)

  const close = async (): Promise<void> => {
    const exit = once(child, 'exit')
    child.stdin.end()
    await exit
    await rm(directory, { recursive: true, force: true })
  }
  const versions = await ask<PythonPeer['versions']>({ versions: true }).catch(async (error) => {
    await rm(directory, { recursive: true, force: true })
    throw error
  })
  return {
    versions,
    async column({ parameters = [], ...column }) {
      const path = join(directory, column.name)
      await ask({ ...column, parameters, path })
      const bytes = await readFile(path)
      await rm(path)
      // A copy: bytes may start anywhere in a pool.
      return new Float64Array(new Uint8Array(bytes).buffer)
    },
    prepare: (prepare, names) => ask({ prepare, names }),
    call: (call, names) => ask({ call, names }),
    close,
  }
}

/** One command a line, one answer a line, one at a time. */
function conversationWith(
  child: ChildProcess,
  help: string,
): <Answer>(command: object) => Promise<Answer> {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const failure = new Promise<never>((_, reject) => {
    const explain = (): void => reject(new Error(help))
    child.once('error', explain)
    child.once('exit', explain)
  })
  failure.catch(() => {})
  return async <Answer>(command: object): Promise<Answer> => {
    child.stdin!.write(`${JSON.stringify(command)}\n`, () => {})
    const { value, done } = await Promise.race([lines.next(), failure])
    return done ? failure : (JSON.parse(value) as Answer)
  }
}
