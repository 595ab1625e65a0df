import { ENGINES } from '../engines/engine-names.ts'

const GROUP = 'Tables in a database'

/** Of the commands that read a table in a database. */
export const ENGINE_OPTIONS = {
  engine: {
    kind: 'text',
    oneOf: ENGINES as typeof ENGINES,
    group: GROUP,
    value: '<name>',
    text: 'what the table lies in, and what counts: postgres, clickhouse, trino, duckdb or spark. TIDEGAUGE_DATABASE_URL says where it is',
  },
  url: {
    kind: 'text',
    group: GROUP,
    value: '<url>',
    text: 'where it is, in the place of TIDEGAUGE_DATABASE_URL, which goes before it',
    fileOnly: true,
  },
  table: {
    kind: 'text',
    group: GROUP,
    value: '<name>',
    text: 'a table or a view, as SQL calls it',
  },
  from: {
    kind: 'text',
    group: GROUP,
    value: '<query>',
    text: 'in its place a query: SELECT …',
  },
  'time-limit': {
    kind: 'number',
    above: 0,
    most: 86_400,
    group: GROUP,
    value: '<seconds>',
    text: 'that a statement may take; then it is ended on the server too',
    default: 600,
  },
  'log-statements': {
    kind: 'text',
    group: GROUP,
    value: '<file>',
    text: 'add each statement that was run to this file, as a line of JSON',
  },
  explain: {
    kind: 'flag',
    group: GROUP,
    text: 'print the statements that would run; only the catalogue is asked, for names and types',
    lineOnly: true,
  },
  rows: {
    kind: 'text',
    group: GROUP,
    value: '<file>',
    text: 'no database is asked: this is what the statements of tidegauge statements gave back, as lines of JSON',
  },
  statements: {
    kind: 'text',
    group: GROUP,
    value: '<file>',
    text: 'with --rows: where to write the statements whose rows are missing',
  },
} as const
