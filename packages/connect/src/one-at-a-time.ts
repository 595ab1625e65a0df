/**
 * Runs what it is given one after the other.
 *
 * @returns a function that waits for its turn; who is aborted meanwhile does not wait for it
 */
export function oneAtATime(): <T>(
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return async (work, signal) => {
    const before = last
    let release = (): void => {}
    last = new Promise<void>((resolve) => {
      release = resolve
    })
    // Whoever comes next waits for those before too, even where this one leaves.
    const turn = before.then(() => {})
    try {
      await untilAborted(turn, signal)
      return await work()
    } finally {
      void turn.then(release)
    }
  }
}

async function untilAborted(turn: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  if (signal === undefined) return turn
  let stop = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    await Promise.race([turn, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
