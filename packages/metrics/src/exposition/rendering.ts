/**
 * Gives a page piece by piece; null where it may pause without having one ready.
 *
 * A piece is good until the next one is asked for: its memory may be used again.
 */
export type Rendering = Generator<Uint8Array | null, void, void>

/** Some tens of microseconds of work. */
export const SERIES_BETWEEN_PAUSES = 16
export const SAMPLES_BETWEEN_PAUSES = 64

/** The whole page at once, without a pause. */
export function renderAll(rendering: Rendering): Buffer {
  const pieces: Uint8Array[] = []
  for (const piece of rendering) if (piece !== null) pieces.push(Uint8Array.from(piece))
  return Buffer.concat(pieces)
}
