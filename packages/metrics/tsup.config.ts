import type { Options } from 'tsup'
import { library } from '../../tsup.base.ts'

const config: Options = library({
  index: 'src/index.ts',
  express: 'src/middleware/express.ts',
  node: 'src/middleware/node.ts',
  fastify: 'src/middleware/fastify.ts',
  koa: 'src/middleware/koa.ts',
  hono: 'src/middleware/hono.ts',
  nest: 'src/middleware/nest.ts',
  prometheus: 'src/adapters/prometheus.ts',
  opentelemetry: 'src/adapters/opentelemetry.ts',
  cluster: 'src/cluster/cluster.ts',
  'worker-threads': 'src/cluster/worker-threads.ts',
  'metrics-handler': 'src/handler/metrics-handler.ts',
})

export default config
