import { availableParallelism } from 'node:os'
import { type ResourceLimits, Worker, type WorkerOptions } from 'node:worker_threads'
import { InvalidArgumentError, TidegaugeError } from '@tidegauge/core'
import type { DriftPoolOptions, Outcome, WorkerPool } from './drift-pool.ts'
import type { Job } from './measure-request.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import type { Run } from './run.ts'

/** Worker threads that start when they are first needed, and stay. */
export function openPool(options: DriftPoolOptions): WorkerPool {
  return new NodePool(options)
}

/** Twice on the same column is no accident. */
const ATTEMPTS = 2

class NodePool implements WorkerPool {
  readonly workers: number
  readonly #resourceLimits: ResourceLimits | undefined
  readonly #threads = new Set<Thread>()
  readonly #idle: Thread[] = []
  readonly #waiting: Array<(thread: Thread | null) => void> = []
  /** Have workers ever started here? null: not known yet. */
  #canStart: boolean | null = null
  #isClosed = false

  constructor({ workers = availableParallelism(), resourceLimits }: DriftPoolOptions) {
    if (!(Number.isInteger(workers) && workers >= 0)) {
      throw new InvalidArgumentError('workers', 'a whole number, 0 or more', workers)
    }
    this.workers = workers
    this.#resourceLimits = resourceLimits
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  async measure(job: Job, run: Run): Promise<Outcome> {
    let reason = ''
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const thread = await this.#acquire(run)
      if (thread === null) return { kind: 'here' }
      const outcome = await thread.measure(job, run)
      if (thread.wasReady) this.#canStart = true
      else if (outcome.kind === 'died') this.#canStart ??= false
      this.#release(thread)
      run.assertUnderWay()
      // On purpose, and not for the run's sake.
      if (outcome.kind === 'ended') throw poolClosed()
      if (outcome.kind !== 'died') return outcome
      if (!thread.wasReady) return { kind: 'here' }
      reason = outcome.reason
    }
    return { kind: 'failed', reason: `the worker that measured it ended: ${reason}` }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const give of this.#waiting.splice(0)) give(null)
    await Promise.all([...this.#threads].map((thread) => thread.end()))
    this.#threads.clear()
  }

  /** null where no worker can start. */
  async #acquire(run: Run): Promise<Thread | null> {
    await run.sliceBegins()
    if (this.#isClosed) throw poolClosed()
    const idle = this.#takeIdle()
    if (idle !== undefined) return idle
    if (this.#threads.size < this.workers) return this.#start()
    const thread = await new Promise<Thread | null>((resolve) => {
      const forget = run.whenEnded(() => {
        this.#waiting.splice(this.#waiting.indexOf(give), 1)
        resolve(null)
      })
      const give = (thread: Thread | null) => {
        forget()
        resolve(thread)
      }
      this.#waiting.push(give)
    })
    if (thread !== null && (run.hasEnded || this.#isClosed)) this.#release(thread)
    run.assertUnderWay()
    if (this.#isClosed) throw poolClosed()
    return thread
  }

  #takeIdle(): Thread | undefined {
    for (let thread = this.#idle.pop(); thread !== undefined; thread = this.#idle.pop()) {
      if (!thread.hasEnded) return thread
    }
    return undefined
  }

  #start(): Thread | null {
    if (this.#canStart === false) return null
    try {
      const thread = new Thread(this.#resourceLimits, () => this.#threads.delete(thread))
      this.#threads.add(thread)
      return thread
    } catch {
      this.#canStart ??= false
      return null
    }
  }

  #release(thread: Thread): void {
    const next = this.#waiting.shift()
    if (next === undefined) {
      if (!thread.hasEnded) this.#idle.push(thread)
      return
    }
    const free = thread.hasEnded ? this.#start() : thread
    next(free)
    // Nobody will ever release a thread again.
    if (free === null && this.#threads.size === 0) {
      for (const give of this.#waiting.splice(0)) give(null)
    }
  }
}

function poolClosed(): TidegaugeError {
  return new TidegaugeError('ERR_POOL_CLOSED', 'the pool was closed')
}

type ThreadOutcome =
  | Outcome
  /** By us: the run has ended, or the pool was closed. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'died'; readonly reason: string }

/** A worker, and the one column that it has. */
class Thread {
  /** Did it ever run? Else it cannot be started here. */
  wasReady = false
  hasEnded = false
  readonly #worker: Worker
  readonly #onEnd: () => void
  #settle: ((outcome: ThreadOutcome) => void) | undefined

  constructor(resourceLimits: ResourceLimits | undefined, onEnd: () => void) {
    this.#onEnd = onEnd
    this.#worker = startWorker({
      name: 'tidegauge-drift',
      execArgv: [],
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    })
    this.#worker.on('message', (message: FromWorker) => this.#receive(message))
    this.#worker.on('messageerror', ({ message }) => {
      this.#die(message)
      void this.#worker.terminate()
    })
    this.#worker.on('error', (error) => this.#die(messageOf(error)))
    this.#worker.on('exit', (code) => this.#die(`exit code ${code}`))
    // Last: a listener for messages makes the process wait again.
    this.#worker.unref()
  }

  /** Sends the column, a slice at a time, and awaits what comes back. */
  async measure(job: Job, run: Run): Promise<ThreadOutcome> {
    if (this.hasEnded) return { kind: 'died', reason: 'before it had the column' }
    // A process ends while workers idle, never while one measures.
    this.#worker.ref()
    const outcome = new Promise<ThreadOutcome>((resolve) => {
      this.#settle = resolve
    })
    const forget = run.whenEnded(() => void this.end())
    this.#send(job, run).catch(() => {
      // Ended meanwhile, or not to be cloned after all.
      this.#answer({ kind: 'here' })
    })
    const result = await outcome
    forget()
    this.#worker.unref()
    return result
  }

  /** There is no way to stop a measurement but to end its thread. */
  async end(): Promise<void> {
    this.hasEnded = true
    this.#onEnd()
    this.#answer({ kind: 'ended' })
    await this.#worker.terminate()
  }

  async #send({ pieces, request }: Job, run: Run): Promise<void> {
    this.#post({ kind: 'begin' })
    let isOver = await run.sliceBegins()
    for (const items of pieces) {
      if (isOver()) isOver = await run.sliceBegins()
      if (this.hasEnded) return
      this.#post({ kind: 'piece', items })
    }
    this.#post({ kind: 'measure', request })
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'ready') this.wasReady = true
    else this.#answer(message)
  }

  #die(reason: string): void {
    this.hasEnded = true
    this.#onEnd()
    this.#answer({ kind: 'died', reason })
  }

  #answer(outcome: ThreadOutcome): void {
    this.#settle?.(outcome)
    this.#settle = undefined
  }
}

/** The worker's file lies beside this one; from source, so does one that can start it. */
function startWorker(options: WorkerOptions): Worker {
  const here = import.meta.url
  if (!here.endsWith('.ts')) return new Worker(new URL('./drift-worker.js', here), options)
  return new Worker(new URL('./drift-worker.source.mjs', here), {
    ...options,
    execArgv: ['--conditions=tidegauge-source'],
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
