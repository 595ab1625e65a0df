/** One alert of a notification. What Alertmanager adds beside it is left out. */
export interface Alert {
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** As Alertmanager writes it, by RFC 3339. */
  readonly startsAt: string
  /** Of its labels: the same each time it fires. */
  readonly fingerprint: string
}

/**
 * The alerts of a notification as Alertmanager's webhook sends it, version 4.
 *
 * @param body - parsed JSON, from anybody
 * @returns the alerts, or a sentence that says what the body must be and is not
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function parseNotification(body: unknown): Alert[] | string {
  if (!isRecord(body)) return 'The body must be an object.'
  if (body.version !== '4') return '"version" must be "4".'
  if (!isStatus(body.status)) return '"status" must be "firing" or "resolved".'
  if (!Array.isArray(body.alerts)) return '"alerts" must be an array.'
  const alerts: Alert[] = []
  for (const [i, given] of body.alerts.entries()) {
    const alert = parseAlert(given)
    if (typeof alert === 'string') return `"alerts[${i}]${alert}`
    alerts.push(alert)
  }
  return alerts
}

function parseAlert(given: unknown): Alert | string {
  if (!isRecord(given)) return '" must be an object.'
  const { status, labels, annotations = {}, startsAt, fingerprint } = given
  if (!isStatus(status)) return '.status" must be "firing" or "resolved".'
  if (!isTexts(labels)) return '.labels" must be an object of text.'
  if (!isTexts(annotations)) return '.annotations" must be an object of text.'
  if (typeof startsAt !== 'string' || Number.isNaN(Date.parse(startsAt))) {
    return '.startsAt" must be a time.'
  }
  if (typeof fingerprint !== 'string' || fingerprint === '') {
    return '.fingerprint" must be text.'
  }
  return { status, labels, annotations, startsAt, fingerprint }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isStatus(value: unknown): value is Alert['status'] {
  return value === 'firing' || value === 'resolved'
}

function isTexts(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((text) => typeof text === 'string')
}
