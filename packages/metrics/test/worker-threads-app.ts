/** A thread for test/worker-threads.test.ts: observes as often as its argument says. */
import { parentPort } from 'node:worker_threads'
import { shareRecorder } from '../src/cluster/worker-threads.ts'
import { latencyRecorder } from '../src/index.ts'

const recorder = latencyRecorder({ bounds: [1] })
const observe = (times: number) => {
  for (let i = 0; i < times; i++) recorder.observe('GET', '/', 200, 0.5)
}
observe(Number(process.argv[2]))
shareRecorder(recorder)
parentPort!.once('message', (message: string) => {
  if (message.startsWith('observe')) observe(4)
})
