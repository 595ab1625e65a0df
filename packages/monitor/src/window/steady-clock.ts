import { InvalidArgumentError } from '@tidegauge/core'

/** Time that never runs backwards, over a clock that may be set. */
export class SteadyClock {
  readonly #now: () => number
  /** In an array, since a number that changes would be allocated anew each time. */
  readonly #state: Float64Array

  /**
   * @param now - milliseconds since 1970
   * @throws InvalidArgumentError where its first reading is no finite number
   */
  constructor(now: () => number) {
    const time = now()
    if (!Number.isFinite(time)) {
      throw new InvalidArgumentError('now()', 'milliseconds since 1970', time)
    }
    this.#now = now
    this.#state = Float64Array.of(0, time)
  }

  /** Reads the clock. Where it gives no finite number, no time has passed. */
  read(): void {
    const time = this.#now()
    if (!Number.isFinite(time)) return
    const passed = time - this.#state[1]!
    if (passed > 0) this.#state[0]! += passed
    this.#state[1] = time
  }

  /** Milliseconds that had passed when it was last read. A step back counts as none, a step ahead in full. */
  get elapsed(): number {
    return this.#state[0]!
  }

  /** What the clock itself said then. */
  get time(): number {
    return this.#state[1]!
  }
}
