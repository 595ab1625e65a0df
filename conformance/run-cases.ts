/** Runs cases on one stack and prints, as its last line, what failed: by title, null where nothing did. */
import { CASES, runCase } from './cases.ts'
import type { StackName } from './stacks/stack.ts'
import { PEERS } from './subjects/peers.ts'
import { tidegauge } from './subjects/tidegauge.ts'

const [name, titles] = process.argv.slice(2)
const chosen = titles === undefined ? undefined : new Set(JSON.parse(titles) as string[])
const subject = (await PEERS[name!]?.()) ?? tidegauge(name as StackName)
const failures: Record<string, string | null> = {}
// A peer that throws where nobody catches fails the case that is running, and the table goes on.
let uncaught: Error | undefined
process.on('uncaughtException', (error) => {
  uncaught = error
})
for (const one of CASES) {
  const { title, stacks } = one
  if (chosen !== undefined ? !chosen.has(title) : stacks && !stacks.includes(subject.stack))
    continue
  uncaught = undefined
  const running = await subject.start()
  failures[title] = await runCase(one, running, subject).then(
    () => uncaught?.message ?? null,
    (error: Error) => error.message,
  )
  await running.stop()
}
process.stdout.write(`\n${JSON.stringify(failures)}\n`, () => process.exit())
