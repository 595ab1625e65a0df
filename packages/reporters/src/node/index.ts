export {
  ReportExistsError,
  type Reporter,
  type WriteReportsOptions,
  writeReports,
} from './write-reports.ts'
