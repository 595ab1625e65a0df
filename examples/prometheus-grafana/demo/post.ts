import { type Agent, request as httpRequest } from 'node:http'

export interface Answer {
  readonly status: number
  readonly body: string
}

/**
 * Posts JSON on a kept connection of the agent. One that the server closed while the request was
 * on its way (a keep-alive that ran out) is no answer: the request is sent once more, as
 * {@link https://nodejs.org/api/http.html#requestreusedsocket} has it.
 */
export async function post(
  agent: Agent,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  for (;;) {
    const answer = await postOnce(agent, url, body, headers)
    if (answer !== 'stale') return answer
  }
}

function postOnce(
  agent: Agent,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer | 'stale'> {
  return new Promise((resolve, reject) => {
    const all = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...headers,
    }
    const request = httpRequest(url, { method: 'POST', agent, headers: all }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      response.once('error', reject)
    })
    request.once('error', (error: NodeJS.ErrnoException) => {
      const isClosed = error.code === 'ECONNRESET' || error.code === 'EPIPE'
      if (request.reusedSocket && isClosed) resolve('stale')
      else reject(error)
    })
    request.end(body)
  })
}
