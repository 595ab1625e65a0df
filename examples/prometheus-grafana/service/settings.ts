import { readFileSync } from 'node:fs'
import { parseTableProfile, type TableProfile } from '@tidegauge/drift'
import { type DelayModel, parseDelayModel } from './model.ts'

/** What the environment says; each has a default that serves on this machine alone. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly referenceMonth: string
  /** `MODEL_FILE`: what `pnpm train` wrote, instead of training on the month at every start. */
  readonly model: DelayModel | undefined
  readonly simulateFaults: boolean
  /** `WATCH=1`: the model's data is watched, and the model trained anew on demand. */
  readonly watch: boolean
  /** `REFERENCE_FILE`: a stored profile to hold flights against, instead of the month's own. */
  readonly reference: TableProfile | undefined
  /** `WINDOW_SECONDS`: how much of the past the live page shows. */
  readonly windowSeconds: number
  /** `RECENT_FLIGHTS`: the newest flights that a retraining learns from. */
  readonly recentFlights: number
  /** `OPEN_PAGES=1`: `/metrics` and `/drift` answer whoever reaches them, as behind a container's port. */
  readonly openPages: boolean
  /** `TOKEN_FILE`: holds what Alertmanager must bear. */
  readonly retrainToken: string | undefined
  /** `REPLICA`: what the live page calls this process. */
  readonly replica: string | undefined
  /** `GRAFANA_URL`, `ALERTS_URL` and `RUNBOOK_URL`: where the live page leads. */
  readonly links: Readonly<Record<string, string>>
}

/** @throws where a setting is no number, or a file cannot be read or understood; the message names the variable */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const reference = readFrom(env, 'REFERENCE_FILE', parseTableProfile)
  const token = fileOf(env, 'TOKEN_FILE')?.trim()
  return {
    host: env.HOST ?? '127.0.0.1',
    port: numberOf(env, 'PORT', 3000, 0),
    referenceMonth: env.REFERENCE_MONTH ?? '2001-01',
    model: readFrom(env, 'MODEL_FILE', parseDelayModel),
    simulateFaults: env.SIMULATE_FAULTS === '1',
    watch: env.WATCH === '1',
    reference,
    windowSeconds: numberOf(env, 'WINDOW_SECONDS', 300, 1),
    recentFlights: numberOf(env, 'RECENT_FLIGHTS', 4000, 1000),
    openPages: env.OPEN_PAGES === '1',
    retrainToken: token,
    replica: env.REPLICA || undefined,
    links: linksOf({ Grafana: env.GRAFANA_URL, Alerts: env.ALERTS_URL, Runbook: env.RUNBOOK_URL }),
  }
}

function linksOf(urls: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(urls).flatMap(([name, url]) => (url ? [[name, url] as const] : [])),
  )
}

function numberOf(env: NodeJS.ProcessEnv, name: string, fallback: number, least: number): number {
  const value = Number(env[name] ?? fallback)
  if (Number.isInteger(value) && value >= least) return value
  throw new Error(`${name} must be a whole number from ${least}, received "${env[name]}"`)
}

function readFrom<T>(
  env: NodeJS.ProcessEnv,
  name: string,
  parse: (text: string) => T,
): T | undefined {
  const text = fileOf(env, name)
  try {
    return text === undefined ? undefined : parse(text)
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`)
  }
}

function fileOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const path = env[name]
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`${name} cannot be read: ${(error as Error).message}`)
  }
}
