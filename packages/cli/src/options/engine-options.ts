import { ENGINES } from '../engines/engine-names.ts'

/** Of the commands that read a table in a database. */
export const ENGINE_OPTIONS = {
  engine: {
    kind: 'text',
    oneOf: ENGINES as typeof ENGINES,
    group: 'Tables in a database',
    value: '<name>',
    text: 'what the table lies in, and what counts: postgres, clickhouse, trino, duckdb or spark. TIDEGAUGE_DATABASE_URL says where it is',
  },
  url: {
    kind: 'text',
    group: 'Tables in a database',
    value: '<url>',
    text: 'where it is, in the place of TIDEGAUGE_DATABASE_URL, which goes before it',
    fileOnly: true,
  },
  table: {
    kind: 'text',
    group: 'Tables in a database',
    value: '<name>',
    text: 'a table or a view, as SQL calls it',
  },
  from: {
    kind: 'text',
    group: 'Tables in a database',
    value: '<query>',
    text: 'in its place a query: SELECT …',
  },
  'time-limit': {
    kind: 'number',
    above: 0,
    most: 86_400,
    group: 'Tables in a database',
    value: '<seconds>',
    text: 'that a statement may take; then it is ended on the server too',
    default: 600,
  },
  'log-statements': {
    kind: 'text',
    group: 'Tables in a database',
    value: '<file>',
    text: 'add each statement that was run to this file, as a line of JSON',
  },
  explain: {
    kind: 'flag',
    group: 'Tables in a database',
    text: 'print the statements that would run; only the catalogue is asked, for names and types',
    lineOnly: true,
  },
  rows: {
    kind: 'text',
    group: 'Tables in a database',
    value: '<file>',
    text: 'no database is asked: this is what the statements of tidegauge statements gave back, as lines of JSON',
  },
  statements: {
    kind: 'text',
    group: 'Tables in a database',
    value: '<file>',
    text: 'with --rows: where to write the statements whose rows are missing',
  },
} as const
