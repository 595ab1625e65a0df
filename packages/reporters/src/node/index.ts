export type { Reporter } from '../reporter.ts'
export {
  FileExistsError,
  UnwritableFileError,
  type WriteFilesOptions,
  writeFiles,
} from './write-files.ts'
export { ReportExistsError, type WriteReportsOptions, writeReports } from './write-reports.ts'
