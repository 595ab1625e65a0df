/**
 * Work that can be put down between its steps: run to its end at once by {@link finish}, or a few steps at a
 * time by whoever has other things to do in between. One implementation serves both.
 */
export type Steps<T> = Generator<undefined, T, undefined>

/** Runs every step, now. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
