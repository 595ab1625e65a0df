import type { DriftReport } from '@tidegauge/drift'

/** Any function of a report: one's own needs no registration. */
export type Reporter = (report: DriftReport) => string
