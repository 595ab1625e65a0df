import { stripVTControlCharacters } from 'node:util'
import { prometheusClient } from './prometheus-client.ts'
import type { Stack } from './start-stack.ts'

export interface StackEvent {
  readonly time: Date
  /** A part of the stack, or `alert`. */
  readonly who: string
  readonly what: string
}

type Told = (event: StackEvent) => void

const TOLD_BY = /^(?:service|player)/
const EVERY_MILLISECONDS = 1000

/**
 * Tells what happens when it does: what services and player say (another verdict, a retraining, another mode), and
 * which alerts begin and end, in Alertmanager or, without it, in Prometheus.
 */
export function tellEvents(
  { children, urls }: Pick<Stack, 'children' | 'urls'>,
  signal: AbortSignal,
  tell: Told,
): void {
  const say = (who: string, what: string) => {
    // It may quote names from requests.
    if (!signal.aborted) tell({ time: new Date(), who, what: oneLine(what) })
  }
  for (const child of children) {
    if (TOLD_BY.test(child.name)) child.onLine((line) => say(child.name, line))
  }
  void tellAlerts(urls, signal, (what) => say('alert', what))
}

async function tellAlerts(
  { alertmanager, prometheus }: Stack['urls'],
  signal: AbortSignal,
  say: (what: string) => void,
): Promise<void> {
  const client = prometheusClient(prometheus)
  /** By name, whether somebody is told of it: one incident is told once, and mutes the alerts of its features. */
  const found = async (): Promise<ReadonlyMap<string, boolean>> => {
    if (alertmanager === undefined) {
      return new Map((await client.firing()).map(({ labels }) => [nameOf(labels), true]))
    }
    const url = `${alertmanager}/api/v2/alerts`
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) })
    const alerts = (await response.json()) as AlertmanagerAlert[]
    return new Map(alerts.map(({ labels, status }) => [nameOf(labels), status.state === 'active']))
  }
  const told = new Set<string>()
  while (!signal.aborted) {
    try {
      const now = await found()
      for (const [name, isTold] of now) {
        if (!isTold || told.has(name)) continue
        told.add(name)
        say(`${name} fires`)
      }
      for (const name of told) {
        if (now.get(name) === true) continue
        told.delete(name)
        say(`${name} is ${now.has(name) ? 'muted' : 'resolved'}`)
      }
    } catch {
      // It is away for a moment: the next time tells.
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MILLISECONDS))
  }
}

type AlertLabels = Readonly<Record<string, string>>

interface AlertmanagerAlert {
  readonly labels: AlertLabels
  readonly status: { readonly state: 'active' | 'suppressed' | 'unprocessed' }
}

function nameOf({ alertname, feature, reference }: AlertLabels): string {
  const of = feature === undefined ? '' : ` of ${feature}`
  return `${alertname}${of}${reference === undefined ? '' : ` (reference ${reference})`}`
}

function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ')
}

/** @example clockText(new Date(2026, 10, 24, 18, 11, 59)) // '18:11:59' */
export function clockText(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}
