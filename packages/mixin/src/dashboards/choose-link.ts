import type { GrafanaDataLink } from './grafana-dashboard.ts'

/**
 * A click chooses a value in the dashboard itself: it is opened again with what was chosen before, at the same time.
 *
 * @param value - what is chosen, as Grafana's data links know it, such as `__value.raw`
 * @param kept - the other variables
 */
export function chooseLink(
  uid: string,
  variable: string,
  value: string,
  kept: readonly string[],
): GrafanaDataLink {
  const others = ['datasource', ...kept].map((name) => filled(`${name}:queryparam`))
  const chosen = `var-${variable}=${filled(`${value}:percentencode`)}`
  return {
    title: `Choose this ${variable}`,
    url: `/d/${uid}?${[...others, chosen, filled('__url_time_range')].join('&')}`,
    targetBlank: false,
  }
}

/** What Grafana fills in. */
function filled(name: string): string {
  return `\${${name}}`
}
