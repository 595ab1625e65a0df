import { createReadStream } from 'node:fs'
import { SourceError } from '../source-error.ts'

/** No table has more; DuckDB looks for the type of each level, and ends the process where there are thousands. */
export const MOST_LEVELS = 100

/**
 * Reads JSON, or a row of JSON a line, byte by byte.
 *
 * @param label - as the user wrote it
 * @throws SourceError where values are nested more deeply than `MOST_LEVELS`
 */
export async function assertShallow(path: string, label: string): Promise<void> {
  const deeper = depthMeter()
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    if (!deeper(chunk as Buffer)) continue
    throw new SourceError(
      `cannot read ${label}: its values are nested deeper than ${MOST_LEVELS} levels: flatten them first`,
    )
  }
}

const CHUNK_BYTES = 2 ** 18

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING = [0x5b, 0x7b]
const CLOSING = [0x5d, 0x7d]
const LINE_END = 0x0a

/** @returns of the next bytes: have they gone too deep? */
function depthMeter(): (chunk: Buffer) => boolean {
  let depth = 0
  let isText = false
  let isEscaped = false
  return (chunk) => {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!
      // No text goes over a line's end: a row that is broken must not turn those behind it inside out.
      if (byte === LINE_END) {
        isText = false
        isEscaped = false
      } else if (isText) {
        if (isEscaped) isEscaped = false
        else if (byte === BACKSLASH) isEscaped = true
        else if (byte === QUOTE) isText = false
      } else if (byte === QUOTE) isText = true
      else if (byte === OPENING[0] || byte === OPENING[1]) {
        if (++depth > MOST_LEVELS) return true
      } else if ((byte === CLOSING[0] || byte === CLOSING[1]) && depth > 0) depth--
    }
    return false
  }
}
