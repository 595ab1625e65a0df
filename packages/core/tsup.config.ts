import type { Options } from 'tsup'
import { library } from '../../tsup.base.ts'

/**
 * noble's hashes are built in, for what is published does not depend on them: in Node they would load its whole
 * crypto module, for random numbers that we do not draw, at each import of ours. They are a file of their own,
 * since some of their statements are not known to be without effect: a bundler leaves out the file.
 */
const config: Options = library(
  {
    index: 'src/index.ts',
    'http-access': 'src/http-access.ts',
    'http-exchange': 'src/http-exchange.ts',
    options: 'src/options.ts',
    hashes: 'src/hashes.ts',
    internal: 'src/internal.ts',
  },
  // In CommonJS too: an error of one entry must be an instance of the class that another exports.
  { splitting: true },
)

export default config
