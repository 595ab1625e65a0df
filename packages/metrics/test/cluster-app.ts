/** A service of three workers, for test/cluster.test.ts: tells its ports, and what its parent asks for. */
import cluster from 'node:cluster'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { clusterRecorder, shareRecorder } from '../src/cluster/cluster.ts'
import { metricsHandler } from '../src/handler/metrics-handler.ts'
import { latencyRecorder } from '../src/index.ts'
import { instrumentServer } from '../src/middleware/node.ts'

if (cluster.isPrimary) {
  const sum = clusterRecorder({ timeoutMilliseconds: 300, onError: () => {} })
  const server = createServer(metricsHandler({ recorder: sum.read }))
  server.listen(0, '127.0.0.1', () => {
    process.send!({ metrics: (server.address() as AddressInfo).port })
  })
  cluster.on('message', (worker, { port }: { port?: number }) => {
    if (port) process.send!({ worker: worker.id, pid: worker.process.pid, port })
  })
  cluster.on('exit', (worker) => process.send!({ exited: worker.id }))
  process.on('message', (command) => {
    if (command === 'fork') cluster.fork()
  })
  process.on('disconnect', () => process.exit())
  for (let i = 0; i < 3; i++) cluster.fork()
} else {
  const recorder = latencyRecorder({ bounds: [1] })
  const shared = shareRecorder(recorder)
  const metrics = metricsHandler({ recorder: shared.read })
  const server = createServer((req, res) => {
    if (req.url === '/metrics') metrics(req, res)
    else if (req.url === '/exit') res.end('bye', () => setImmediate(() => process.exit(0)))
    else res.end(String(process.pid))
  })
  instrumentServer(server, {
    recorder,
    route: () => '/',
    ignore: ({ url }) => url !== '/',
  })
  // One port each: which worker answers must not be left to chance.
  server.listen({ port: 0, host: '127.0.0.1', exclusive: true }, () => {
    process.send!({ port: (server.address() as AddressInfo).port })
  })
}
