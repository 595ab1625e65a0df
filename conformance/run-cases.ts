/** Runs cases on one stack and prints, as its last line, what failed: by title, null where nothing did. */
import { CASES, runCase } from './cases.ts'
import type { StackName } from './stacks/stack.ts'
import { casesOn, HOSTS, tidegaugeOn } from './subjects/hosts.ts'
import { PEERS } from './subjects/peers.ts'
import { FETCH_CASES, FETCH_SERVER, honoByFetch } from './subjects/runtime.ts'
import { tidegauge } from './subjects/tidegauge.ts'

const [name, titles] = process.argv.slice(2)
const chosen = titles === undefined ? undefined : new Set(JSON.parse(titles) as string[])
const isHost = Object.hasOwn(HOSTS, name!)
const peer = Object.hasOwn(PEERS, name!) ? await PEERS[name!]!() : undefined
const byFetch = name === FETCH_SERVER
const subject =
  peer ?? (byFetch ? honoByFetch : isHost ? tidegaugeOn(name!) : tidegauge(name as StackName))
const failures: Record<string, string | null> = {}
// A peer that throws where nobody catches fails the case that is running, and the table goes on.
let uncaught: Error | undefined
process.on('uncaughtException', (error) => {
  uncaught = error
})
const fitting = byFetch
  ? FETCH_CASES
  : isHost
    ? casesOn(name!)
    : CASES.filter(({ stacks }) => stacks?.includes(subject.stack) ?? true)
const cases = chosen ? fitting.filter(({ title }) => chosen.has(title)) : fitting
for (const one of cases) {
  const { title } = one
  uncaught = undefined
  const running = await subject.start()
  failures[title] = await runCase(one, running, subject).then(
    () => uncaught?.message ?? null,
    (error: Error) => error.message,
  )
  await running.stop()
}
process.stdout.write(`\n${JSON.stringify(failures)}\n`, () => process.exit())
