import { expect, test } from 'vitest'
import { together } from './together.ts'

const later = (turns: number) =>
  new Promise<void>((resolve) => {
    const next = (left: number): void => {
      if (left === 0) resolve()
      else setImmediate(() => next(left - 1))
    }
    next(turns)
  })

/** Columns that ask after so many turns each, and how they were answered: who with whom. */
async function asked(most: number, turns: readonly number[], fails?: number) {
  const groups: number[][] = []
  const both = together(most)
  const ask = both.question(async (questions: readonly number[]) => {
    groups.push([...questions])
    if (questions.includes(fails!)) throw new Error(`no answer to ${fails}`)
    await later(1)
    return questions.map((question) => 10 * question)
  })
  const answers = await Promise.allSettled(
    turns.map((count, i) =>
      both.entered(async () => {
        await later(count)
        return ask(i)
      }),
    ),
  )
  return { groups, answers }
}

test('whoever has entered is waited for, and all are answered in one', async () => {
  const { groups, answers } = await asked(10, [0, 5, 1, 20])
  expect(groups.map((group) => group.sort())).toEqual([[0, 1, 2, 3]])
  expect(answers.map((one) => (one as PromiseFulfilledResult<number>).value)).toEqual([
    0, 10, 20, 30,
  ])
})

test('at most so many at once', async () => {
  const { groups } = await asked(2, [0, 0, 0, 0, 0])
  expect(groups.map(({ length }) => length)).toEqual([2, 2, 1])
})

test('one at a time waits for nobody', async () => {
  const { groups } = await asked(1, [30, 0])
  expect(groups).toEqual([[1], [0]])
})

test('one that has no answer costs no other', async () => {
  const { answers } = await asked(10, [0, 1, 2], 1)
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('one that leaves without a question is not waited for', async () => {
  const both = together(5)
  const ask = both.question(async (questions: readonly number[]) => questions)
  const leaving = both.entered(() => later(20))
  const failing = both.entered(async () => {
    await later(3)
    throw new Error('gone')
  })
  failing.catch(() => {})
  expect(await both.entered(() => ask(7))).toBe(7)
  await leaving
})

test('questions of two kinds, one after the other', async () => {
  const both = together(5)
  const passes: string[] = []
  const first = both.question(async (questions: readonly number[]) => {
    passes.push(`first ${questions.length}`)
    return questions
  })
  const second = both.question(async (questions: readonly number[]) => {
    passes.push(`second ${questions.length}`)
    return questions
  })
  const column = async (i: number) => {
    const known = await first(i)
    await later(i)
    return second(known)
  }
  await Promise.all([0, 1, 2].map((i) => both.entered(() => column(i))))
  expect(passes).toEqual(['first 3', 'second 3'])
})
