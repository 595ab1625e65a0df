import { mergeProfiles, type NumericProfile, profileMean, profileQuantile } from '@tidegauge/core'
import { parsePrometheusHistogram, REQUEST_DURATION } from '@tidegauge/metrics'

/** What the service's own `/metrics` says about one route. Durations in seconds. */
export interface RouteLatency {
  readonly route: string
  readonly requests: number
  /** Share of answers with a status of 500 and above. */
  readonly errorShare: number
  readonly mean: number
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
    p50: profileQuantile(profile, 0.5) ?? Number.NaN,
    p95: profileQuantile(profile, 0.95) ?? Number.NaN,
    p99: profileQuantile(profile, 0.99) ?? Number.NaN,
  }))
}

/** A duration as people read it: `0.21 ms`, `1.3 s`. */
export function formatSeconds(seconds: number): string {
  const [value, unit] = seconds < 1 ? [seconds * 1000, 'ms'] : [seconds, 's']
  return `${Number(value.toPrecision(2))} ${unit}`
}
