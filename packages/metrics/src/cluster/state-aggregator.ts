import type { RecorderReader } from '../contract/recorder-reader.ts'
import { mergeStates } from '../recorder/merge-states.ts'
import { emptyState, type RecorderState, readState } from '../recorder/recorder-state.ts'

/** Adds up what several recorders hold, each of which has to be asked. */
export interface StateAggregator {
  /** One more to ask; the same id again replaces it. */
  add(id: string, ask: () => Promise<RecorderState>): void
  /** What it said without being asked: its last words, say. */
  update(id: string, state: RecorderState): void
  /** It is gone. What it had counted stays in the sum, so that no counter drops; its requests are no longer under way. */
  remove(id: string): void
  /** Of all, those that are gone too; of none, before the first has answered. */
  state(): Promise<RecorderState>
}

export interface StateAggregatorOptions {
  /** How long to wait for an answer before the last one is taken again. */
  readonly timeoutMilliseconds: number
  /** Told of each that did not answer, and of each state that could not be read. */
  readonly onError: (error: Error) => void
}

/** What those that are gone may leave behind, whatever labels a client made them count. */
const DEPARTED_LIMITS = { maxSeries: 10_000, maxUnmatchedSeries: 1_000 }

/**
 * One who is stuck does not hold the others up: after the time-out its last answer counts again, so that
 * sums never fall. What one that dies had counted since its last answer is lost.
 */
export function stateAggregator(options: StateAggregatorOptions): StateAggregator {
  const members = new Map<string, Member>()
  let departed: RecorderState | undefined

  async function askAll(): Promise<void> {
    await Promise.all(
      [...members].map(async ([id, member]) => {
        try {
          await withTimeout(answerOf(member), options.timeoutMilliseconds)
        } catch (error) {
          // One that left while it was asked is no failure.
          if (members.get(id) !== member) return
          const reason = error instanceof Error ? error.message : String(error)
          options.onError(new Error(`the recorder of ${id} did not answer: ${reason}`))
        }
      }),
    )
  }

  return {
    add(id, ask) {
      this.remove(id)
      members.set(id, { ask, last: undefined, asked: undefined })
    },
    update(id, state) {
      const member = members.get(id)
      if (member !== undefined) member.last = state
    },
    remove(id) {
      const last = members.get(id)?.last
      members.delete(id)
      if (last === undefined) return
      const gone = { ...last, activeRequests: 0 }
      departed = mergeStates(departed === undefined ? [gone] : [departed, gone], DEPARTED_LIMITS)
    },
    async state() {
      await askAll()
      const known = [...members.values()].flatMap(({ last }) => (last === undefined ? [] : [last]))
      const all = departed === undefined ? known : [departed, ...known]
      return all.length === 0 ? emptyState(Date.now()) : mergeStates(all)
    },
  }
}

/** What a scrape reads: the sum as it is now. */
export async function readSum({ state }: Pick<StateAggregator, 'state'>): Promise<RecorderReader> {
  return readState(await state())
}

interface Member {
  readonly ask: () => Promise<RecorderState>
  last: RecorderState | undefined
  /** The question that is still open: one who is stuck is not asked again and again. */
  asked: Promise<void> | undefined
}

function answerOf(member: Member): Promise<void> {
  member.asked ??= member
    .ask()
    .then((state) => {
      member.last = state
    })
    .finally(() => {
      member.asked = undefined
    })
  return member.asked
}

async function withTimeout<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([answer, timeout])
  } finally {
    clearTimeout(timer)
  }
}
