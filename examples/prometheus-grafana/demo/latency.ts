import { mergeProfiles, type NumericProfile, profileMean, profileQuantile } from '@tidegauge/core'
import { parsePrometheusHistogram, REQUEST_DURATION } from '@tidegauge/metrics'

/** What the service's own `/metrics` says about one route. Durations in seconds. */
export interface RouteLatency {
  readonly route: string
  readonly requests: number
  /** Share of answers with a status of 500 and above. */
  readonly errorShare: number
  readonly mean: number
  /** NaN, as the others, where a share of the requests so small is not even one of them. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** Reads a scraped page as Prometheus would: one histogram per route, its statuses added together. */
export function latencyByRoute(page: string): RouteLatency[] {
  const routes = new Map<string, { profile: NumericProfile; errors: number }>()
  for (const { labels, profile } of parsePrometheusHistogram(
    page,
    REQUEST_DURATION.prometheus.name,
  )) {
    const route = `${labels.http_request_method} ${labels.http_route ?? '(no route)'}`
    const failed = Number(labels.http_response_status_code) >= 500 ? profile.n : 0
    const known = routes.get(route)
    routes.set(route, {
      profile: known === undefined ? profile : mergeProfiles(known.profile, profile),
      errors: (known?.errors ?? 0) + failed,
    })
  }
  return [...routes].map(([route, { profile, errors }]) => ({
    route,
    requests: profile.n,
    errorShare: errors / profile.n,
    mean: profileMean(profile) ?? Number.NaN,
    p50: quantileOf(profile, 0.5),
    p95: quantileOf(profile, 0.95),
    p99: quantileOf(profile, 0.99),
  }))
}

/** One request has no median: what a bucket of it would give is the bucket's. */
function quantileOf(profile: NumericProfile, q: number): number {
  const beyond = Math.round(profile.n * (1 - q) * 1e6) / 1e6
  return (beyond >= 1 ? profileQuantile(profile, q) : null) ?? Number.NaN
}

/** A duration as people read it: `0.21 ms`, `1.3 s`; a dash where it is not known. */
export function formatSeconds(seconds: number): string {
  if (Number.isNaN(seconds)) return '–'
  const [value, unit] = seconds < 1 ? [seconds * 1000, 'ms'] : [seconds, 's']
  return `${Number(value.toPrecision(2))} ${unit}`
}
