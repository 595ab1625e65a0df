export { type HtmlReportOptions, htmlReport } from './html/html-report.tsx'
export { jsonReport } from './json.ts'
export { summaryLine, type TextReportOptions, textReport } from './text.ts'
