/**
 * A reading that many share: those who ask in one turn of the event loop are given the same, as a Registry
 * asks for each metric of a page.
 */
export function sharedReading<T>(read: () => T): () => T {
  let latest: { readonly value: T } | undefined
  return () => {
    if (latest === undefined) {
      latest = { value: read() }
      queueMicrotask(() => {
        latest = undefined
      })
    }
    return latest.value
  }
}
