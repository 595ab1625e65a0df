import { parentPort } from 'node:worker_threads'
import { measureRequest } from './measure-request.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** The worker's thread: one column after the other, as they are sent. */
let pieces: Array<readonly unknown[]> = []
const reply = (message: FromWorker) => parentPort!.postMessage(message)

parentPort!.on('message', (message: ToWorker) => {
  if (message.kind === 'begin') pieces = []
  else if (message.kind === 'piece') pieces.push(message.items)
  else {
    reply({ kind: 'measured', column: measureRequest(message.request, pieces) })
    pieces = []
  }
})
reply({ kind: 'ready' })
