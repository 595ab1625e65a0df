import { InvalidArgumentError } from '@tidegauge/core'
import { webAddress } from './dashboards/dashboard-options.ts'
import { labelValue } from './labels-text.ts'
import { escapeTemplate, utf8Text } from './promql.ts'

/** Where every alert leads to, checked; undefined where nothing was said. */
export interface AlertLinks {
  /** A template. */
  readonly runbookUrl: string | undefined
  /** Without a slash at its end. */
  readonly grafanaUrl: string | undefined
}

/** @throws InvalidArgumentError where one is no address */
export function alertLinks(given: {
  readonly runbookUrl?: unknown
  readonly grafanaUrl?: unknown
}): AlertLinks {
  const { runbookUrl, grafanaUrl } = given
  return {
    runbookUrl:
      runbookUrl === undefined ? undefined : escapeTemplate(utf8Text('runbookUrl', runbookUrl)),
    grafanaUrl: grafanaUrl === undefined ? undefined : ofGrafana(grafanaUrl),
  }
}

function ofGrafana(value: unknown): string {
  const url = webAddress('grafanaUrl', value)
  if (/[?#]/.test(url)) {
    throw new InvalidArgumentError('grafanaUrl', "Grafana's own address, without ? and #", value)
  }
  return url.replace(/\/+$/, '')
}

/** Where the runbook says what to do about one alert, as the headings of Markdown are found. */
export function runbookAnnotation(
  { runbookUrl }: AlertLinks,
  alert: string,
): { readonly runbook_url?: string } {
  if (runbookUrl === undefined) return {}
  const anchor = runbookUrl.includes('#') ? '' : `#${alert.toLowerCase()}`
  return { runbook_url: runbookUrl + anchor }
}

/**
 * The dashboard that shows what the alert tells, with what it tells of chosen.
 *
 * @param labels - of the alert, by the variables of the dashboard
 */
export function dashboardAnnotation(
  { grafanaUrl }: AlertLinks,
  uid: string,
  labels: Readonly<Record<string, string>>,
): { readonly dashboard_url?: string } {
  if (grafanaUrl === undefined) return {}
  const chosen = Object.entries(labels).map(
    ([variable, label]) => `var-${variable}={{ ${labelValue(label)} | urlquery }}`,
  )
  const query = chosen.length === 0 ? '' : `?${chosen.join('&')}`
  return { dashboard_url: `${grafanaUrl}/d/${uid}${query}` }
}

/** Variables that are called as their labels are. */
export function ownNames(labels: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.map((label) => [label, label]))
}
