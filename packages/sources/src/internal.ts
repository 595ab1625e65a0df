/**
 * What the packages of this repository share and nobody else should need: any release may change it.
 *
 * @internal
 * @packageDocumentation
 */
export { lineOf } from './source-error.ts'
export { fromSql } from './sql/one-expression.ts'
export { type Runner, runnerOf, sourceErrorOf } from './sql/runner.ts'
export { STAND_IN_ROWS, standInRows } from './sql/stand-in.ts'
export { behindFrom } from './sql/statements.ts'
