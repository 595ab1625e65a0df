import { type Agent, request as httpRequest } from 'node:http'

export interface Answer {
  readonly status: number
  readonly body: string
}

/** Posts JSON on a kept connection of the agent. */
export function post(
  agent: Agent,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
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
    request.once('error', reject)
    request.end(body)
  })
}
