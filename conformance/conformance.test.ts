import { describe, test } from 'vitest'
import { CASES, runCase } from './cases.ts'
import { STACKS, tidegauge } from './subjects/tidegauge.ts'

describe.each(STACKS)('on %s', (stack) => {
  const cases = CASES.filter(({ stacks = STACKS }) => stacks.includes(stack))

  test.each(cases)('$title', async (one) => {
    const subject = tidegauge(stack)
    const running = await subject.start()
    try {
      await runCase(one, running, subject)
    } finally {
      await running.stop()
    }
  })
})
