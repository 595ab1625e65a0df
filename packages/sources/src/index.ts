export { type CompareSourcesOptions, compareSources } from './compare-sources.ts'
export { type ProfileSourceOptions, profileSource } from './profile-source.ts'
export { SourceError } from './source-error.ts'
export type { RunStatement, SqlColumn, SqlDialect, SqlKind } from './sql/dialect.ts'
export type { RanStatement, SqlEngine, SqlResult, SqlRow } from './sql/engine.ts'
export { type SqlSourceOptions, sqlSource } from './sql/sql-source.ts'
export type {
  CategoriesRequest,
  NumbersRequest,
  OpenContext,
  PairReading,
  PairReadingOptions,
  ReadRequest,
  SampleRequest,
  SourceColumn,
  SourceRun,
  SourceShape,
  TableSource,
} from './table-source.ts'
