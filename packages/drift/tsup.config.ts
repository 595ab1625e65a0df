import type { Options } from 'tsup'
import { library } from '../../tsup.base.ts'

/**
 * `#drift-pool` stays an import in the build: what it stands for, threads of Node's or none, is chosen where
 * the package is used. The worker is a file of its own, started by its path.
 */
const config: Options = library(
  {
    index: 'src/index.ts',
    evidently: 'src/presets/evidently/index.ts',
    testing: 'src/testing/index.ts',
    quantiles: 'src/quantiles.ts',
    internal: 'src/internal.ts',
    'node-pool': 'src/run/async/node-pool.ts',
    'no-pool': 'src/run/async/no-pool.ts',
    'drift-worker': 'src/run/async/drift-worker.ts',
  },
  {
    dts: {
      entry: {
        index: 'src/index.ts',
        evidently: 'src/presets/evidently/index.ts',
        quantiles: 'src/quantiles.ts',
        testing: 'src/testing/index.ts',
        internal: 'src/internal.ts',
      },
    },
    external: ['#drift-pool'],
    shims: true,
  },
)

export default config
