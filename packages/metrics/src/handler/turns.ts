const waiting: (() => void)[] = []
let scheduled = false

/**
 * Resolves in a later turn of the event loop, after input and output had theirs; of several that wait, in
 * this whole process, one in each turn.
 *
 * @example
 * await nextTurn() // between two slices of work
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    schedule()
  })
}

function schedule(): void {
  if (scheduled || waiting.length === 0) return
  scheduled = true
  setImmediate(() => {
    scheduled = false
    waiting.shift()!()
    schedule()
  })
}
