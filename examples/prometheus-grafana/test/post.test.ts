import { Agent } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { post } from '../demo/post.ts'

let server: Server
let agent: Agent
afterEach(() => {
  agent.destroy()
  server.close()
})

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok'

/** @param answersOf - how many requests a connection answers before it is reset */
async function serverThatResets(answersOf: (connection: number) => number): Promise<string> {
  let connections = 0
  server = createServer((socket) => {
    let answers = answersOf(connections++)
    socket.on('error', () => {})
    socket.on('data', () => (answers-- > 0 ? socket.write(ANSWER) : socket.resetAndDestroy()))
  })
  agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a kept connection that the server has closed meanwhile is no answer: the request goes on a new one', async () => {
  const url = await serverThatResets(() => 1)
  expect(await post(agent, url, '{}')).toEqual({ status: 200, body: 'ok' })
  expect(await post(agent, url, '{}')).toEqual({ status: 200, body: 'ok' })
})

test('a new connection that is reset is an error', async () => {
  const url = await serverThatResets(() => 0)
  await expect(post(agent, url, '{}')).rejects.toMatchObject({ code: 'ECONNRESET' })
})
