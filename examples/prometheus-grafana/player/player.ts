import { Agent } from 'node:http'
import { type Fault, faultOf, isInvalid, simulated } from '../demo/faults.ts'
import { post } from '../demo/post.ts'
import type { PlayedMonth } from './played-month.ts'

/** `slow`: every fifth request waits. `shift`: the flights arrive as a broken pipeline would send them. */
export const MODES = ['normal', 'slow', 'shift'] as const
export type Mode = (typeof MODES)[number]

export interface PlayerOptions {
  /** The replicas, served in turn. */
  readonly urls: readonly string[]
  /** What is played, one after another, and then again from the first. */
  readonly months: readonly string[]
  readonly loadMonth: (month: string) => Promise<PlayedMonth>
  /** Requests per second, to all replicas together. */
  readonly rate: number
  readonly onError?: (error: unknown) => void
}

export interface PlayerCounts {
  /** Predictions that were asked for. */
  readonly sent: number
  /** By status; `none` where no answer came. */
  readonly answers: Readonly<Record<string, number>>
  /** Outcomes that the service took. */
  readonly outcomes: number
  /** Not sent, because too many answers were still awaited. */
  readonly skipped: number
}

export interface Player {
  mode: Mode
  readonly month: string
  counts(): PlayerCounts
  start(): Promise<void>
  /** Resolves when the last answer has come. */
  stop(): Promise<void>
}

const TICK_MILLISECONDS = 20
/** A service that stands still is not buried under requests. */
const MOST_AWAITED = 200
const OUTCOMES_AT_ONCE = 50

/** Sends flights at a steady rate, whatever the answers take, and tells the service later how they ended. */
export function createPlayer(options: PlayerOptions): Player {
  const { urls, months, loadMonth, rate, onError = () => {} } = options
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const landed = new Map(urls.map((url) => [url, [] as { id: number; late: boolean }[]]))
  const answers: Record<string, number> = {}
  const awaited = new Set<Promise<void>>()
  let mode: Mode = 'normal'
  let month: PlayedMonth | undefined
  let monthIndex = 0
  let row = 0
  let sent = 0
  let outcomes = 0
  let skipped = 0
  let timer: NodeJS.Timeout | undefined
  let last = 0
  let due = 0

  const count = (status: string) => {
    answers[status] = (answers[status] ?? 0) + 1
  }
  const follow = (work: Promise<void>) => {
    const followed: Promise<void> = work.catch(onError).finally(() => awaited.delete(followed))
    awaited.add(followed)
  }

  const turnPage = async () => {
    monthIndex = (monthIndex + 1) % months.length
    row = 0
    if (months.length === 1) return
    month = await loadMonth(months[monthIndex]!)
    row = 0
  }

  const predict = async (url: string) => {
    const i = sent++
    const { flight, late } = month!.at(row++, mode === 'shift')
    if (row === month!.size) follow(turnPage())
    const body = JSON.stringify(isInvalid(i) ? { ...flight, hour: 25 } : flight)
    try {
      const answer = await post(agent, `${url}/predict`, body, simulated(faultFor(i, mode)))
      count(String(answer.status))
      if (answer.status !== 200) return
      const { id } = JSON.parse(answer.body) as { id?: number }
      if (id !== undefined) landed.get(url)!.push({ id, late })
    } catch (error) {
      count('none')
      throw error
    }
  }

  const tellOutcomes = async (url: string) => {
    const told = landed.get(url)!.splice(0)
    const answer = await post(agent, `${url}/outcomes`, JSON.stringify(told))
    if (answer.status === 200) outcomes += (JSON.parse(answer.body) as { known: number }).known
  }

  const tick = () => {
    const now = performance.now()
    due = Math.min(due + ((now - last) * rate) / 1000, Math.max(rate, 1))
    last = now
    for (; due >= 1; due--) {
      if (awaited.size >= MOST_AWAITED) skipped++
      else follow(predict(urls[sent % urls.length]!))
    }
    for (const [url, waiting] of landed) {
      if (waiting.length >= OUTCOMES_AT_ONCE) follow(tellOutcomes(url))
    }
  }

  return {
    get mode() {
      return mode
    },
    set mode(next) {
      mode = next
    },
    get month() {
      return months[monthIndex]!
    },
    counts: () => ({ sent, answers: { ...answers }, outcomes, skipped }),
    async start() {
      month ??= await loadMonth(months[0]!)
      last = performance.now()
      timer = setInterval(tick, TICK_MILLISECONDS)
    },
    async stop() {
      clearInterval(timer)
      await Promise.all(awaited)
      await Promise.all(urls.map((url) => tellOutcomes(url).catch(onError)))
      agent.destroy()
    },
  }
}

const SLOW_EVERY = 5

function faultFor(request: number, mode: Mode): Fault | undefined {
  return mode === 'slow' && request % SLOW_EVERY === 0 ? 'slow' : faultOf(request)
}
