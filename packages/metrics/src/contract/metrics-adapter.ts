/**
 * What every adapter promises: it shows a recorder's series in one backend, as they are when the backend
 * asks, and takes itself out again.
 *
 * An adapter reads the recorder and translates labels; it keeps no counts of its own.
 */
export interface Adapter {
  /** Show nothing from now on. Idempotent; the recorder counts on. */
  stop(): void
}
