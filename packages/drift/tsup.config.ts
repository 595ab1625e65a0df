import type { Options } from 'tsup'
import { library } from '../../tsup.base.ts'

/**
 * `#drift-pool` stays an import in the build: what it stands for, threads of Node's or none, is chosen where
 * the package is used. The worker is a file of its own, started by its path.
 *
 * noble's hashes are built in, for what is published does not depend on them: in Node they would load its whole
 * crypto module, for random numbers that we do not draw, at each import of ours. They are a file of their own,
 * since some of their statements are not known to be without effect: a bundler leaves out the file.
 */
const config: Options = library(
  {
    index: 'src/index.ts',
    evidently: 'src/presets/evidently/index.ts',
    testing: 'src/testing/index.ts',
    quantiles: 'src/quantiles.ts',
    'hmac-sha256': 'src/hmac-sha256.ts',
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
      },
    },
    external: ['#drift-pool'],
    shims: true,
  },
)

export default config
