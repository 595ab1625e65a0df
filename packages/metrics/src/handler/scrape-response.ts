import type { Approach } from '@tidegauge/core/http-access'

export interface ScrapeRequest extends Approach {
  /** Aborted by the caller where the scraper leaves, and by the callee where the scrape takes too long. */
  readonly abort: AbortController
}

export interface ScrapeResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** To be read to its end, or told to return. A piece is good until the next is asked for. */
  readonly body: AsyncIterableIterator<Uint8Array>
}

/** A few words instead of the page. */
export function answer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): ScrapeResponse {
  const all = { 'Content-Type': 'text/plain; charset=utf-8', ...headers }
  return { status, headers: all, body: bodyOf(Buffer.from(text)) }
}

export async function* bodyOf(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array, void, void> {
  yield* pieces
}
