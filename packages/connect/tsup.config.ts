import type { Options } from 'tsup'
import { library } from '../../tsup.base.ts'

const config: Options = library(
  {
    index: 'src/index.ts',
    mlflow: 'src/mlflow/mlflow.ts',
    feast: 'src/feast/feast.ts',
    webhook: 'src/webhook/webhook.ts',
  },
  // In CommonJS too: an error of one entry must be an instance of the class that another exports.
  { splitting: true },
)

export default config
