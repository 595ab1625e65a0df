import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface Column {
  readonly name: string
  /** A method of numpy's random generator, or `mostly-one-value`. */
  readonly generate: string
  readonly parameters?: readonly number[]
  readonly seed: number
  readonly size: number
}

export interface PythonPeer {
  readonly versions: Readonly<Record<'python' | 'numpy' | 'scipy', string>>
  /** Draws a column there and hands back the very same values. */
  column(column: Column): Promise<Float64Array>
  /** CPU seconds of the peer and what the call found. */
  call<Result>(
    call: string,
    columns: readonly string[],
  ): Promise<{ seconds: number; result: Result }>
  close(): Promise<void>
}

/**
 * A Python process that lives as long as the benchmark does, so that neither its start nor its imports are
 * measured. `PYTHON` names the interpreter, `python3` by default.
 *
 * @throws Error where it has no numpy and scipy
 */
export async function pythonPeer(): Promise<PythonPeer> {
  const python = process.env.PYTHON ?? 'python3'
  const directory = await mkdtemp(join(tmpdir(), 'tidegauge-bench-'))
  // pnpm runs the benchmarks in this folder.
  const child = spawn(python, ['peers/peer.py'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ask = conversationWith(child, python)

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
      // A copy: bytes may start anywhere in a pool.
      return new Float64Array(new Uint8Array(bytes).buffer)
    },
    call: (call, columns) => ask({ call, columns }),
    close,
  }
}

/** One command a line, one answer a line, one at a time. */
function conversationWith(
  child: ChildProcess,
  python: string,
): <Answer>(command: object) => Promise<Answer> {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const failure = new Promise<never>((_, reject) => {
    const explain = (): void =>
      reject(
        new Error(
          `${python} cannot run the peer: pip install -r bench/peers/requirements.txt, and name the interpreter in PYTHON`,
        ),
      )
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
