import type { Options } from 'tsup'
import { library } from '../../tsup.base.ts'

const config: Options = library({
  index: 'src/index.ts',
  'http-access': 'src/http-access.ts',
  'http-exchange': 'src/http-exchange.ts',
  options: 'src/options.ts',
})

export default config
