import type { Rendering } from '../exposition/rendering.ts'
import { nextTurn } from './turns.ts'

/** The page in slices, between which requests have their turn. */
export async function* sliced(
  rendering: Rendering,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  let sliceEnd = 0
  for (const piece of rendering) {
    if (piece !== null) yield piece
    if (performance.now() < sliceEnd) continue
    await nextTurn()
    signal.throwIfAborted()
    sliceEnd = performance.now() + SLICE_MILLISECONDS
  }
}

/** About as long as a request may have to wait for a scrape. */
const SLICE_MILLISECONDS = 1

export interface Watch {
  readonly signal: AbortSignal
  readonly report: (error: unknown) => void
  /** Called when the body is through, has failed or is not wanted any more. */
  readonly end: () => void
}

/** Reports what goes wrong after the first piece, when it is too late for a status. */
export async function* watched(
  body: AsyncIterable<Uint8Array>,
  { signal, report, end }: Watch,
): AsyncGenerator<Uint8Array, void, void> {
  let pieces = 0
  try {
    for await (const piece of body) {
      pieces++
      yield piece
    }
  } catch (error) {
    if (pieces > 0 && !signal.aborted) report(error)
    throw error
  } finally {
    end()
    signal.removeEventListener('abort', end)
  }
}

/** With the first piece ready: what fails before it can still be answered with a status. */
export async function begun(
  body: AsyncGenerator<Uint8Array, void, void>,
): Promise<AsyncIterableIterator<Uint8Array>> {
  let first: IteratorResult<Uint8Array, void> | undefined = await body.next()
  const iterator: AsyncIterableIterator<Uint8Array> = {
    next() {
      if (first === undefined) return body.next()
      const result = Promise.resolve(first)
      first = undefined
      return result
    },
    return: () => body.return(),
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}
