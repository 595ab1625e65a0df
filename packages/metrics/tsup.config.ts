import type { Options } from 'tsup'
import { library } from '../../tsup.base.ts'

const config: Options = library({
  index: 'src/index.ts',
  express: 'src/middleware/express.ts',
  node: 'src/middleware/node.ts',
  prometheus: 'src/adapters/prometheus.ts',
  opentelemetry: 'src/adapters/opentelemetry.ts',
  cluster: 'src/cluster/cluster.ts',
  'worker-threads': 'src/cluster/worker-threads.ts',
  'metrics-handler': 'src/metrics-handler.ts',
})

export default config
