import { brokenPromises, MOST_GROWTH_BYTES, soakReplicas } from './soak-replicas.ts'

/** Two replicas under steady load, the long form; ends with 1 where a promise is broken. `pnpm soak`. */
const SECONDS = Number(process.env.SOAK_SECONDS ?? 600)
const RATE = Number(process.env.SOAK_RATE ?? 300)

const report = await soakReplicas({
  seconds: SECONDS,
  rate: RATE,
  onProgress: (text) => process.stderr.write(`\r\x1b[Ktwo replicas: ${text}`),
})
process.stderr.write('\r\x1b[K')
const broken = brokenPromises(report)
const { sent, scrapes, checks, replicas } = report
const print = (line: string) => process.stdout.write(`${line}\n`)
print(
  `${broken.length === 0 ? 'ok    ' : 'BROKEN'} two replicas: ${sent} predictions, ${scrapes} scrapes, ${checks} checks in ${SECONDS} s (limit: ${MOST_GROWTH_BYTES / 1e6} MB)`,
)
for (const { requests, predicted, aborted, heap, eventLoop } of replicas) {
  print(
    `         ${requests.sent} sent = ${requests.counted} counted, ${aborted} of them broken off; ` +
      `${predicted.latency} answered with a prediction = ${predicted.drift} in drift; ` +
      `${((heap[1] - heap[0]) / 1024).toFixed(0)} KiB more heap; event loop p99 ${(eventLoop.p99 * 1000).toFixed(1)} ms, max ${(eventLoop.max * 1000).toFixed(0)} ms`,
  )
}
for (const one of broken) print(`         ${one}`)
process.exit(broken.length === 0 ? 0 : 1)
