import { Agent } from 'node:http'
import type { Flights } from '../service/flights.ts'
import { flightAt, shuffledRows } from '../service/model.ts'
import { faultOf, isInvalid, simulated } from './faults.ts'
import { post } from './post.ts'

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
      const body = isInvalid(i) ? { ...flight, hour: 25 } : flight
      const headers = simulated(faultOf(i))
      const { status } = await post(agent, `${url}/predict`, JSON.stringify(body), headers)
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
