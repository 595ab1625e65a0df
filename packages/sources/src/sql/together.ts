/**
 * Questions that wait for each other, so that one pass over the rows answers them all: of a row store each pass reads
 * whole rows.
 *
 * Whoever will ask says so before (`enter`). Once all who have entered wait, those that ask the same kind of question are
 * answered together.
 */
export interface Together {
  /** For the time of one column: who has entered may ask. */
  entered<T>(work: () => Promise<T>): Promise<T>
  /** Makes a kind of question. */
  question<Q, A>(
    answer: (questions: readonly Q[]) => Promise<readonly A[]>,
  ): (question: Q) => Promise<A>
}

interface Kind {
  waiting(): number
  flush(): void
}

/** @param most - so many are answered at once; 1: each by itself, and nobody waits */
export function together(most: number): Together {
  return most === 1 ? APART : waiting(most)
}

const APART: Together = {
  entered: (work) => work(),
  question: (answer) => async (question) => (await answer([question]))[0]!,
}

function waiting(most: number): Together {
  let active = 0
  const kinds: Kind[] = []
  const check = () => {
    const waiting = kinds.reduce((sum, kind) => sum + kind.waiting(), 0)
    if (waiting === 0 || waiting < active) return
    // Those who have come later in the same turn are waited for.
    setImmediate(() => {
      const still = kinds.reduce((sum, kind) => sum + kind.waiting(), 0)
      if (still >= active) kinds.find((kind) => kind.waiting() > 0)?.flush()
    })
  }
  return {
    async entered(work) {
      active++
      try {
        return await work()
      } finally {
        active--
        check()
      }
    },
    question: (answer) => {
      const queue = queueOf(answer, most, check)
      kinds.push(queue)
      return queue.ask
    },
  }
}

interface Asked<Q, A> {
  readonly question: Q
  resolve(answer: A): void
  reject(error: unknown): void
}

/** @param check - called whenever somebody waits, or has been answered */
function queueOf<Q, A>(
  answer: (questions: readonly Q[]) => Promise<readonly A[]>,
  most: number,
  check: () => void,
): Kind & { ask(question: Q): Promise<A> } {
  const queue: Asked<Q, A>[] = []
  return {
    waiting: () => queue.length,
    flush() {
      answered(answer, queue.splice(0, most)).finally(check)
    },
    ask: (question) =>
      new Promise<A>((resolve, reject) => {
        queue.push({ question, resolve, reject })
        check()
      }),
  }
}

async function answered<Q, A>(
  answer: (questions: readonly Q[]) => Promise<readonly A[]>,
  asked: ReadonlyArray<Asked<Q, A>>,
): Promise<void> {
  try {
    const answers = await answer(asked.map(({ question }) => question))
    for (const [i, one] of asked.entries()) one.resolve(answers[i]!)
  } catch (error) {
    if (asked.length === 1) {
      asked[0]!.reject(error)
      return
    }
    // One of them is at fault: it must cost no other.
    for (const one of asked) await answered(answer, [one])
  }
}
