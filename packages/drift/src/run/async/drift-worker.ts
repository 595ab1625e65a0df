import { parentPort } from 'node:worker_threads'
import { measureRequest } from './measure-request.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** The worker's thread: one column after the other, as they are sent. */
let lists: Array<readonly unknown[]> = []
const reply = (message: FromWorker) => parentPort!.postMessage(message)

parentPort!.on('message', (message: ToWorker) => {
  if (message.kind === 'begin') lists = []
  else if (message.kind === 'list') lists.push(message.items)
  else {
    reply(measureRequest(message.request, lists))
    lists = []
  }
})
reply({ kind: 'ready' })
