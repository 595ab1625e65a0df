import { postgres } from '../src/dialects/postgres.ts'
import type { Writing } from './insert-statements.ts'

export const POSTGRES_WRITING: Writing = {
  types: {
    double: 'DOUBLE PRECISION',
    real: 'REAL',
    whole: 'BIGINT',
    decimal: 'NUMERIC(18, 4)',
    boolean: 'BOOLEAN',
    text: 'TEXT',
    day: 'DATE',
    moment: 'TIMESTAMP',
    zoned: 'TIMESTAMPTZ',
  },
  identifier: postgres.identifier,
}
