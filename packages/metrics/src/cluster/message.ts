import type { RecorderState } from '../recorder/recorder-state.ts'
import { decodeState, encodeState } from './encode-state.ts'

/**
 * What processes, or threads, tell each other about their recorders: `hello` has one to share, `who` asks
 * for hellos, `ask` for a state, `ask-sum` for the sum of all; `state` and `sum` answer; `bye` shares no longer.
 */
export interface Message {
  readonly tidegauge: 'hello' | 'bye' | 'who' | 'ask' | 'state' | 'ask-sum' | 'sum'
  /** Which of several recorders. */
  readonly name: string
  /** The question that is asked, or answered. */
  readonly id?: number
  readonly state?: string | Uint8Array
  readonly error?: string
}

/** One end of a pipe. */
export interface Channel {
  /** Takes bytes as they are; else they go as base64. */
  readonly binary: boolean
  /** Drops the message where nobody is there any more. */
  readonly post: (message: Message) => void
  /** @returns ends it */
  readonly listen: (listener: (message: Message) => void) => () => void
}

/** Other messages pass on the same pipes. */
export function isMessage(value: unknown, name: string): value is Message {
  const message = value as Partial<Message> | null
  return (
    typeof message === 'object' &&
    message !== null &&
    typeof message.tidegauge === 'string' &&
    message.name === name
  )
}

export function packState(state: RecorderState, { binary }: Channel): string | Uint8Array {
  const bytes = encodeState(state)
  return binary ? bytes : Buffer.from(bytes.buffer).toString('base64')
}

/** @throws Error where the answer is one, and InvalidArgumentError where it is no state */
export function unpackState({ state, error }: Message): RecorderState {
  if (state === undefined) throw new Error(error ?? 'an answer without a state')
  return decodeState(typeof state === 'string' ? Buffer.from(state, 'base64') : state)
}

/** Questions of one side of a pipe that wait for their answers. */
export interface Questions {
  ask(post: (id: number) => void): Promise<RecorderState>
  answer(message: Message): void
  /** Nobody will answer any more. */
  abandon(error: Error): void
}

export function questions(): Questions {
  const open = new Map<
    number,
    { resolve(state: RecorderState): void; reject(error: Error): void }
  >()
  let next = 1
  return {
    ask(post) {
      const id = next++
      const answer = new Promise<RecorderState>((resolve, reject) => {
        open.set(id, { resolve, reject })
      })
      post(id)
      return answer
    },
    answer(message) {
      const waiting = open.get(message.id ?? 0)
      if (waiting === undefined) return
      open.delete(message.id!)
      try {
        waiting.resolve(unpackState(message))
      } catch (error) {
        waiting.reject(error as Error)
      }
    },
    abandon(error) {
      for (const { reject } of open.values()) reject(error)
      open.clear()
    },
  }
}
