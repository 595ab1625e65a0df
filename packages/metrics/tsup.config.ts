import { defineConfig } from 'tsup'
import { library } from '../../tsup.base.ts'

export default defineConfig(
  library({
    index: 'src/index.ts',
    express: 'src/middleware/express.ts',
    node: 'src/middleware/node.ts',
    prometheus: 'src/adapters/prometheus.ts',
    opentelemetry: 'src/adapters/opentelemetry.ts',
  }),
)
