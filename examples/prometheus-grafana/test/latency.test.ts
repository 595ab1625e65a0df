import { expect, test } from 'vitest'
import { formatSeconds, latencyByRoute } from '../demo/latency.ts'

/** Of so many requests, each between 10 and 20 ms. */
function pageOf(requests: number): string {
  const name = 'http_server_request_duration_seconds'
  const labels =
    'http_request_method="GET",http_route="/health",http_response_status_code="200",url_scheme="http"'
  return [
    `# TYPE ${name} histogram`,
    `${name}_bucket{${labels},le="0.01"} 0`,
    `${name}_bucket{${labels},le="0.02"} ${requests}`,
    `${name}_bucket{${labels},le="+Inf"} ${requests}`,
    `${name}_sum{${labels}} ${0.013 * requests}`,
    `${name}_count{${labels}} ${requests}`,
    '',
  ].join('\n')
}

test.each([
  [1, ['–', '–', '–']],
  [2, ['15 ms', '–', '–']],
  [19, ['15 ms', '–', '–']],
  [20, ['15 ms', '20 ms', '–']],
  [99, ['15 ms', '20 ms', '–']],
  [100, ['15 ms', '20 ms', '20 ms']],
])('of %d requests there are the quantiles %o', (requests, shown) => {
  const [route] = latencyByRoute(pageOf(requests))
  const { mean, p50, p95, p99 } = route!
  expect(formatSeconds(mean)).toBe('13 ms')
  expect([p50, p95, p99].map(formatSeconds)).toEqual(shown)
})
