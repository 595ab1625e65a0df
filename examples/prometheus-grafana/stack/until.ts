export interface UntilOptions {
  readonly seconds: number
  readonly everySeconds?: number
  /** What it waits for, for the message. */
  readonly what: string
}

/**
 * Asks again and again until there is an answer.
 *
 * @param ask - undefined or a rejection is "not yet"; everything else is the answer
 * @throws where there is none in time, with what was seen last
 */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  { seconds, everySeconds = 0.25, what }: UntilOptions,
): Promise<T> {
  let last = 'nothing'
  for (const deadline = performance.now() + seconds * 1000; ; ) {
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
    } catch (error) {
      last = reasonOf(error)
    }
    if (performance.now() > deadline) {
      throw new Error(`${what}: not within ${seconds} s (last: ${last})`)
    }
    await new Promise((resolve) => setTimeout(resolve, everySeconds * 1000))
  }
}

/** Of `fetch` the cause alone tells why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
