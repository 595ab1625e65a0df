import { Agent, request as httpRequest } from 'node:http'
import type { Flights } from '../service/flights.ts'
import { flightAt, shuffledRows } from '../service/model.ts'

export interface ReplayOptions {
  readonly url: string
  readonly flights: Flights
  readonly requests: number
  readonly concurrency?: number
  readonly onProgress?: (done: number) => void
}

export interface Replay {
  readonly requests: number
  /** Answers with a status of 500 and above. */
  readonly failed: number
  readonly seconds: number
}

/** Every so many requests one is slow, fails, or is no valid flight. */
const SLOW_EVERY = 60
const FAIL_EVERY = 200
const INVALID_EVERY = 500

/** Sends flights to the service as a real client would: over HTTP, some at a time, on kept connections. */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const { url, flights, concurrency = 4, onProgress } = options
  const rows = shuffledRows(flights.late.length, 2)
  const requests = Math.min(options.requests, rows.length)
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const start = performance.now()
  let next = 0
  let done = 0
  let failed = 0
  const worker = async () => {
    while (next < requests) {
      const i = next++
      const flight = flightAt(flights, rows[i]!)
      const body = i % INVALID_EVERY === 250 ? { ...flight, hour: 25 } : flight
      const status = await post(agent, `${url}/predict`, JSON.stringify(body), faultOf(i))
      if (status >= 500) failed++
      onProgress?.(++done)
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, worker))
  } finally {
    agent.destroy()
  }
  return { requests, failed, seconds: (performance.now() - start) / 1000 }
}

function faultOf(i: number): string | undefined {
  if (i % FAIL_EVERY === 150) return 'fail'
  return i % SLOW_EVERY === 20 ? 'slow' : undefined
}

/** @returns the status of the answer */
function post(agent: Agent, url: string, body: string, fault: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(fault === undefined ? {} : { 'x-simulate': fault }),
    }
    const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
      response.once('error', reject)
    })
    request.once('error', reject)
    request.end(body)
  })
}
