import { expect, test } from 'vitest'
import { httpServer } from '../../test/http-server.ts'
import { fetchAnyPort } from './fetch-any-port.ts'

test('asks as fetch does, and answers as it does', async () => {
  const { url, seen } = await httpServer(({ path }, res) => {
    const status = Number(path.slice(1))
    res.writeHead(status, { 'X-Which': path, 'Set-Cookie': ['a=1', 'b=2'], Location: '/200' })
    res.end(status === 204 || status === 304 ? undefined : 'é'.repeat(70_000))
  })
  const init = { method: 'POST', headers: { 'X-Token': 'æ' }, body: '{"ö":1}', redirect: 'manual' }
  for (const status of [200, 204, 302, 304, 422, 503]) {
    const answers = [fetch, fetchAnyPort].map(async (send) => {
      const response = await send(`${url}/${status}`, init as RequestInit)
      const { headers } = response
      return [
        response.status,
        headers.get('x-which'),
        headers.get('location'),
        await response.text(),
      ]
    })
    const [theirs, ours] = await Promise.all(answers)
    expect(ours).toEqual(theirs)
  }
  const asked = seen.map(({ method, headers, body }) => [method, headers['x-token'], body])
  expect(asked).toHaveLength(12)
  expect(new Set(asked.map((one) => JSON.stringify(one))).size).toBe(1)
})

test('ends when it is told to, before the answer and within it', async () => {
  const { url } = await httpServer(({ path }, res) => {
    if (path === '/begun') res.write('a')
  })
  await expect(fetchAnyPort(url, { signal: AbortSignal.timeout(50) })).rejects.toThrow()
  const abort = new AbortController()
  const begun = await fetchAnyPort(`${url}/begun`, { signal: abort.signal })
  abort.abort()
  await expect(begun.text()).rejects.toThrow()
})

test('says why nobody answers', async () => {
  await expect(fetchAnyPort('http://127.0.0.1:1', {})).rejects.toThrow('ECONNREFUSED')
  const { url } = await httpServer((_, res) => void res.socket!.end('HTTP/1.1 999 odd\r\n\r\n'))
  await expect(fetchAnyPort(url, {})).rejects.toThrow(/status|999/)
})
