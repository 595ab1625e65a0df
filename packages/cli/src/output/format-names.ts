/** What a report is written as. */
export const FORMAT_NAMES = ['html', 'json', 'md', 'junit', 'evidently'] as const
export type ReportFormat = (typeof FORMAT_NAMES)[number]
