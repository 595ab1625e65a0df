/** So many milliseconds at a time: with the step that is under way, well below 20. */
const SLICE = 4

/**
 * Waits for a turn of the loop that no other slice has, of whichever run: ten runs at a time must not hold the
 * loop ten times as long.
 *
 * @returns tells when the slice is over
 */
export async function nextSlice(): Promise<() => boolean> {
  await new Promise<void>((resolve) => {
    waiting.push(resolve)
    if (waiting.length === 1) afterLoop(wakeNext)
  })
  const end = now() + SLICE
  return () => now() >= end
}

/** First come, first served. */
const waiting: Array<() => void> = []

function wakeNext(): void {
  waiting.shift()!()
  if (waiting.length > 0) afterLoop(wakeNext)
}

/** Once timers and input had their turn; with whatever the platform has for that. */
function afterLoop(callback: () => void): void {
  const { setImmediate, MessageChannel, setTimeout } = globalThis as Partial<typeof globalThis>
  if (setImmediate !== undefined) setImmediate(callback)
  else if (MessageChannel !== undefined) {
    // Timers of browsers wait 4 ms and more once they are nested.
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      callback()
    }
    port2.postMessage(null)
  } else if (setTimeout !== undefined) setTimeout(callback, 0)
  else Promise.resolve().then(callback)
}

function now(): number {
  return (globalThis as Partial<typeof globalThis>).performance?.now() ?? Date.now()
}
