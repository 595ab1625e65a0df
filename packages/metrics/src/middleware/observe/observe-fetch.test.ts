import { expect, test } from 'vitest'
import { latencyRecorder } from '../../recorder/latency-recorder.ts'
import { observeFetch } from './observe-fetch.ts'

/** A request of a client that can leave, beside another that stays under way. */
function exchange() {
  const recorder = latencyRecorder()
  const observe = observeFetch({ recorder }, { route: () => '/users/:id' })
  const client = new AbortController()
  const of = (signal: AbortSignal | null) => new Request('http://localhost/users/7', { signal })
  observe(of(null), undefined)
  const watched = observe(of(client.signal), undefined)!
  expect(recorder.activeRequests).toBe(2)
  const counted = () => recorder.snapshot().map(({ labels }) => labels.statusCode)
  return { recorder, client, watched, counted }
}

const stream = () =>
  new Response(new ReadableStream({ pull: (sink) => sink.enqueue(Uint8Array.of(1)) }))

test.each([
  ['fails', (watched: ReturnType<typeof exchange>['watched']) => watched.failed()],
  [
    'is answered',
    (watched: ReturnType<typeof exchange>['watched']) => void watched.answered(stream()),
  ],
])('a request whose client left, and that then %s, ends once and counts once', (_, then) => {
  const { recorder, client, watched, counted } = exchange()
  client.abort()
  then(watched)
  expect(recorder.activeRequests).toBe(1)
  expect(counted()).toEqual([499])
})

test('a body that is given up and then fails ends its request once, and counts once', async () => {
  const { recorder, watched, counted } = exchange()
  const reader = watched.answered(stream()).body!.getReader()
  await reader.read()
  expect(recorder.activeRequests).toBe(2)
  await reader.cancel()
  watched.failed()
  expect(recorder.activeRequests).toBe(1)
  expect(counted()).toEqual([499])
})
