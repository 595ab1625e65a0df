import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { Readable } from 'node:stream'

/**
 * What `httpClient` needs of `fetch`, to any port: `fetch` itself refuses those of a list, and 6566, Feast's own, stands in it.
 *
 * @see https://fetch.spec.whatwg.org/#port-blocking
 */
export const fetchAnyPort = (async (address, { method, headers, body, signal } = {}) => {
  const url = new URL(address as string)
  const options = {
    method: method!,
    headers: headers as Readonly<Record<string, string>>,
    ...(signal && { signal }),
  }
  return await new Promise<Response>((resolve, reject) => {
    const request = url.protocol === 'https:' ? overHttps : overHttp
    const sent = request(url, options, (answer) => {
      const { statusCode: status = 0, headers } = answer
      const all = Object.entries(headers).map(([name, value]): [string, string] => [
        name,
        `${value}`,
      ])
      const isEmpty = WITHOUT_BODY.has(status)
      if (isEmpty) answer.resume() // else its connection stays taken
      try {
        const content = isEmpty ? null : (Readable.toWeb(answer) as BodyInit)
        resolve(new Response(content, { status, headers: all }))
      } catch (error) {
        sent.destroy()
        reject(error) // a status that there is not
      }
    })
    sent.on('error', reject)
    // As bytes: beside a text Node would write the headers as UTF-8.
    sent.end(typeof body === 'string' ? Buffer.from(body) : undefined)
  })
}) as typeof fetch

const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])
