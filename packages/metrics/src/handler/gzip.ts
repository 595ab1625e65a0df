import { createGzip, type Gzip } from 'node:zlib'

/** zlib works on the thread pool. */
export async function* gzipped(
  body: AsyncIterable<Uint8Array>,
  level: number,
): AsyncGenerator<Uint8Array, void, void> {
  const gzip = createGzip({ level, chunkSize: 64 * 1024 })
  void feed(body, gzip)
  try {
    yield* gzip
  } finally {
    gzip.destroy()
  }
}

/** Asks for the next piece when the last is compressed, since it may be in the same memory. */
async function feed(body: AsyncIterable<Uint8Array>, gzip: Gzip): Promise<void> {
  try {
    for await (const piece of body) {
      await new Promise<void>((resolve, reject) => {
        gzip.write(piece, (error) => (error ? reject(error) : resolve()))
      })
    }
    gzip.end()
  } catch (error) {
    gzip.destroy(error as Error)
  }
}
