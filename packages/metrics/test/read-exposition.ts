import { type LabelNames, NAMINGS, parsePrometheusHistogram } from '../src/index.ts'
import type { SeriesRead } from './adapter-contract.ts'

/** The series of one histogram on a scraped page, in our words. */
export function readExposition(
  text: string,
  name: string,
  names: LabelNames = NAMINGS.opentelemetry.labels,
): SeriesRead[] {
  return parsePrometheusHistogram(text, name).map(({ labels, profile }) => {
    const {
      [names.method]: method = '_OTHER',
      [names.route]: route,
      [names.statusCode]: statusCode,
      [names.errorType]: errorType,
      otel_metric_overflow,
      otel_scope_name,
      otel_scope_version,
      ...extra
    } = labels
    return {
      method,
      route: otel_metric_overflow === 'true' ? '__overflow__' : route,
      statusCode,
      errorType,
      extra,
      bounds: profile.edges.slice(1),
      counts: [...profile.counts, profile.overflow],
      sum: profile.sum!,
      count: profile.n,
    }
  })
}

/** The value of a metric that has one sample; undefined where it is not on the page. */
export function readSample(text: string, name: string): number | undefined {
  const line = text
    .split('\n')
    .find((line) => line.startsWith(name) && !/\w/.test(line[name.length]!))
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')))
}
