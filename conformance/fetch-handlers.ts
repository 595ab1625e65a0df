import { setTimeout as delay } from 'node:timers/promises'

export type FetchHandler = (request: Request) => Response | Promise<Response>

/** What stands at `/raw/:name` where there is no request and response of Node's: those of RAW_HANDLERS that `fetch` can do. */
const FETCH_HANDLERS: Readonly<Record<string, FetchHandler>> = {
  ok: () => new Response('ok'),
  empty: () => new Response(null, { status: 200 }),
  async slow(request) {
    await delay(Number(new URL(request.url).searchParams.get('ms') ?? 80))
    return new Response('slow')
  },
  stream: () => streamed(pieces('one', 'two', 'three')),
  endless: () => streamed(endless('more')),
  'endless-error': () => streamed(endless('more'), { status: 503 }),
  large: () => new Response(new Uint8Array(4 << 20).fill(120)),
  never: () => new Promise(() => {}),
  late: async (request) => {
    await new Promise((left) => request.signal.addEventListener('abort', left))
    await delay(10)
    return new Response('too late')
  },
  'destroy-mid-stream': () => streamed(failing()),
  events: () =>
    streamed(endless('data: more\n\n'), { headers: { 'content-type': 'text/event-stream' } }),
  upload: async (request) => new Response(String((await request.arrayBuffer()).byteLength)),
  refuse: () => new Response('too large', { status: 413, headers: { connection: 'close' } }),
}

/** @returns what the handler at `/raw/<name>` is, or undefined */
export function fetchHandlerAt(path: string): FetchHandler | undefined {
  const name = /^\/raw\/([a-z-]+)/.exec(path)?.[1]
  return name !== undefined && Object.hasOwn(FETCH_HANDLERS, name)
    ? FETCH_HANDLERS[name]
    : undefined
}

function streamed(source: AsyncGenerator<Uint8Array>, init?: ResponseInit): Response {
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: () => void source.return(undefined),
  })
  return new Response(body, init)
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    yield encode(text)
    await delay(20)
  }
}

async function* endless(text: string): AsyncGenerator<Uint8Array> {
  for (;;) {
    yield encode(text)
    await delay(10)
  }
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield encode('half')
  await delay(20)
  throw new Error('the source failed')
}
