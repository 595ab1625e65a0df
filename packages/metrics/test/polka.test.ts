import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { latencyRecorder } from '../src/index.ts'
import { latencyMiddleware, type NodeMiddleware } from '../src/middleware/node.ts'
import { listen, observed, tally } from './loopback.ts'

interface Polka {
  use(...middleware: unknown[]): Polka
  get(path: string, handler: (req: IncomingMessage, res: ServerResponse) => void): Polka
  readonly handler: RequestListener
}
// It has no types.
const polka = createRequire(import.meta.url)('polka') as () => Polka

test('polka leaves no template: no route, and never the path, until `route` gives one', async () => {
  const asked = async (measure: NodeMiddleware, recorder: ReturnType<typeof latencyRecorder>) => {
    const app = polka().use(measure)
    app.use('/mounted', (_: IncomingMessage, res: ServerResponse) => void res.end('mounted'))
    app.get('/users/:id', (_, res) => void res.end('user'))
    const { origin } = await listen(app.handler)
    for (const path of ['/users/1', '/users/2', '/mounted/x']) {
      await (await fetch(origin + path)).text()
    }
    await expect.poll(() => observed(recorder)).toBe(3)
    return tally(recorder)
  }
  const [plain, named] = [latencyRecorder(), latencyRecorder()]
  expect(await asked(latencyMiddleware({ recorder: plain }), plain)).toEqual({ 'GET - 200': 3 })
  const route = ({ url = '' }: IncomingMessage) =>
    /^\/users\/[^/]+$/.test(url) ? '/users/:id' : undefined
  expect(await asked(latencyMiddleware({ recorder: named, route }), named)).toEqual({
    'GET /users/:id 200': 2,
    'GET - 200': 1,
  })
})
