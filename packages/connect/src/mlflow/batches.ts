const encoder = new TextEncoder()

/**
 * Parts of a list, in its order: of at most so many items, and of at most so many bytes as JSON. An item that is larger
 * than that goes alone.
 */
export function inBatches<T>(items: readonly T[], most: number, mostBytes: number): T[][] {
  const batches: T[][] = []
  let batch: T[] = []
  let bytes = 0
  for (const item of items) {
    // With the comma behind it.
    const size = encoder.encode(JSON.stringify(item)).length + 1
    if (batch.length > 0 && (batch.length >= most || bytes + size > mostBytes)) {
      batches.push(batch)
      batch = []
      bytes = 0
    }
    batch.push(item)
    bytes += size
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}
