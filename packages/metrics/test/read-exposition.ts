import { parsePrometheusHistogram } from '../src/index.ts'
import type { SeriesRead } from './adapter-contract.ts'

/** The series of one histogram on a scraped page, in our words. */
export function readExposition(text: string, name: string): SeriesRead[] {
  return parsePrometheusHistogram(text, name).map(({ labels, profile }) => ({
    method: labels.http_request_method ?? '_OTHER',
    route: labels.otel_metric_overflow === 'true' ? '__overflow__' : labels.http_route,
    statusCode: labels.http_response_status_code,
    bounds: profile.edges.slice(1),
    counts: [...profile.counts, profile.overflow],
    sum: profile.sum!,
    count: profile.n,
  }))
}
