import type { Options } from 'tsup'
import { library } from '../../tsup.base.ts'

const config: Options = library(
  {
    index: 'src/index.ts',
    files: 'src/files/index.ts',
    'files-internal': 'src/files/internal.ts',
    duckdb: 'src/dialects/duckdb.ts',
    postgres: 'src/dialects/postgres.ts',
    clickhouse: 'src/dialects/clickhouse.ts',
    trino: 'src/dialects/trino.ts',
    spark: 'src/dialects/spark.ts',
    internal: 'src/internal.ts',
  },
  // In CommonJS too: an error of one entry must be an instance of the class that another exports.
  { splitting: true },
)

export default config
