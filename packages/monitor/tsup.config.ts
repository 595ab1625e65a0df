import type { Options } from 'tsup'
import { library } from '../../tsup.base.ts'

const config: Options = library({
  index: 'src/index.ts',
  express: 'src/hooks/express.ts',
  fastify: 'src/hooks/fastify.ts',
  koa: 'src/hooks/koa.ts',
  hono: 'src/hooks/hono.ts',
})

export default config
