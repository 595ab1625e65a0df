export type { Reporter } from '../reporter.ts'
export { ReportExistsError, type WriteReportsOptions, writeReports } from './write-reports.ts'
