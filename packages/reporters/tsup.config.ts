import type { Options } from 'tsup'
import { library } from '../../tsup.base.ts'

const config: Options = library(
  { index: 'src/index.ts', node: 'src/node/index.ts' },
  { noExternal: [/^d3-/, /^internmap/] },
)

export default config
