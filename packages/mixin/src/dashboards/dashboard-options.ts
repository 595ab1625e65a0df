import { InvalidArgumentError } from '@tidegauge/core'
import { carriedLabels } from '../carried-labels.ts'
import { duration } from '../duration.ts'
import { utf8Text } from '../promql.ts'

/** What Grafana knows the dashboards by, unless they are told otherwise; alerts lead there. */
export const DASHBOARD_UIDS = {
  drift: 'tidegauge-drift',
  service: 'tidegauge-service',
  slo: 'tidegauge-slo',
} as const

/** What each dashboard may be told. */
export interface DashboardOptions {
  readonly title?: string
  /** What Grafana knows it by, and a part of its address: letters, digits, `-` and `_`, at most 40. */
  readonly uid?: string
  /** How often an open page asks again; `'30s'` by default. */
  readonly refresh?: string
  /** The span that is shown first, up to now. */
  readonly timeRange?: string
  /** Where the monitor's handler serves its report, as the reader's browser reaches it: a link leads there. */
  readonly liveReportUrl?: string
  /** May it be changed in Grafana? False by default, as it is made by code and a change would be lost. */
  readonly editable?: boolean
  /** Labels that are chosen first, as the rules were told to carry them: `['namespace', 'job']`. None by default. */
  readonly by?: readonly string[]
}

export interface CheckedDashboardOptions {
  readonly title: string
  readonly uid: string
  readonly refresh: string
  readonly timeRange: string
  readonly liveReportUrl: string | undefined
  readonly editable: boolean
  readonly by: readonly string[]
}

/** @throws InvalidArgumentError naming the first option that cannot be worked with */
export function checkedDashboard(
  given: { readonly [K in keyof DashboardOptions]?: unknown },
  defaults: Pick<CheckedDashboardOptions, 'title' | 'uid' | 'timeRange'>,
): CheckedDashboardOptions {
  const { title = defaults.title, uid = defaults.uid, refresh = '30s', liveReportUrl } = given
  const { editable = false } = given
  if (utf8Text('title', title).trim() === '') {
    throw new InvalidArgumentError('title', 'not empty', title)
  }
  if (typeof uid !== 'string' || !/^[\w-]{1,40}$/.test(uid)) {
    throw new InvalidArgumentError('uid', '1 to 40 letters, digits, "-" and "_"', uid)
  }
  if (typeof editable !== 'boolean') {
    throw new InvalidArgumentError('editable', 'true or false', editable)
  }
  return {
    title: title as string,
    uid,
    refresh: duration('refresh', refresh).text,
    timeRange: duration('timeRange', given.timeRange ?? defaults.timeRange).text,
    liveReportUrl:
      liveReportUrl === undefined ? undefined : webAddress('liveReportUrl', liveReportUrl),
    editable,
    by: carriedLabels('by', given.by ?? [], TAKEN),
  }
}

/** Variables of the dashboards, and labels of what they draw. */
const TAKEN = [
  'datasource',
  'model',
  'reference',
  'feature',
  'role',
  'type',
  'bin',
  'range',
  'route',
  'slo',
  'apdex',
]

/** The keys of what each dashboard may be told. */
export const DASHBOARD_KEYS: Readonly<Record<keyof DashboardOptions, true>> = {
  title: true,
  uid: true,
  refresh: true,
  timeRange: true,
  liveReportUrl: true,
  editable: true,
  by: true,
}

/**
 * An address of the web, percent-encoded where Grafana would read a variable.
 *
 * @throws InvalidArgumentError on other schemes, such as `javascript:`, and on a name or password in it
 */
export function webAddress(argument: string, value: unknown): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError(
      argument,
      'an address that begins with http:// or https://',
      value,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError(argument, 'an address without a user name or password', 'one')
  }
  const rest = url.href.slice(url.origin.length)
  const encoded = rest.replace(
    /[$[\]{}']/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return url.origin + encoded
}
