import { InvalidArgumentError } from '@tidegauge/core'
import { visibleText } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import { type DriftReport, withReportId } from '@tidegauge/drift'
import {
  htmlReport,
  jsonReport,
  markdownReport,
  parseReport,
  type Reporter,
} from '@tidegauge/reporters'
import { ConnectError } from '../connect-error.ts'
import type { Delivery, Destination, SendOptions } from '../destination.ts'
import { addressOf, assertHeaders, assertTimeLimit } from '../http/address.ts'
import { type HttpClient, httpClient } from '../http/http-client.ts'
import { formsOf } from '../http/told.ts'
import { oneAtATime } from '../one-at-a-time.ts'
import { artifactUrl, assertArtifactPath } from './artifact-path.ts'
import { type MlflowApi, type MlflowRun, mlflowApi } from './mlflow-api.ts'
import { ownRun, REPORT_ID } from './own-run.ts'
import {
  type Entry,
  METRIC_GROUPS,
  type RunEntries,
  runEntries,
  SUMMARY_METRICS,
} from './run-entries.ts'

export interface MlflowOptions {
  /** Of the tracking server: `http://localhost:5000`. */
  readonly trackingUri: string
  /** Where each report gets a run of its own; made where there is none of that name. */
  readonly experiment?: string
  /** In its place a run that is there: the report is added to it, and its status stays as it is. */
  readonly runId?: string
  /** Of a run that is begun. Default: `drift <reference> vs <current>`. */
  readonly runName?: string
  /** Of the metrics: which report of a run it is. Default 0. */
  readonly step?: number
  /** Of basic auth. */
  readonly username?: string
  readonly password?: string
  /** A bearer token, in their place. */
  readonly token?: string
  /** Further headers. Like all that is secret they go to this host alone. */
  readonly headers?: Readonly<Record<string, string>>
  /** What is stored as `report.<extension>`, by its extension. Default: `{ html: htmlReport, json: jsonReport }`. */
  readonly reporters?: Readonly<Record<string, Reporter>>
  /** The folder of the run's artifacts that holds them. Default `drift`. */
  readonly artifactPath?: string
  /** A version of a registered model whose tags shall say so too. */
  readonly modelVersion?: ModelVersion
  /** Milliseconds that one request may take. Default 120,000. */
  readonly timeLimit?: number
  /** Default: that of the runtime. */
  readonly fetch?: typeof fetch
}

export interface ModelVersion {
  readonly name: string
  readonly version: string | number
}

export interface MlflowDelivery extends Delivery {
  readonly runId: string
  readonly experimentId: string
  /** The page of the run. */
  readonly url: string
  /** Was it there already? Then nothing was sent. */
  readonly wasThere: boolean
}

/**
 * A tracking server of MLflow (2.16 or later) as a destination: what was found, next to the model that it is about.
 *
 * A report becomes one run: its numbers as metrics (`drift_share`, `drift_effect/<column>` …), how it was judged as
 * parameters, the decision as tags, the whole of it as artifacts. The same report sent twice is one run; what was broken
 * off goes on where it ended, and until it is whole the run's `drift.action` is `INCOMPLETE`. What could not be judged has
 * no number: its absence is told in `drift.not_judged` and in `leftOut`.
 *
 * An answer of 429 or 5xx is waited for, five times at most.
 *
 * @throws InvalidArgumentError where an option is not what it must be; no message repeats a password or a token
 * @example
 * const destination = mlflow({ trackingUri: 'http://localhost:5000', experiment: 'churn' })
 * const { url, leftOut } = await destination.send(detectDrift(january, february))
 */
export function mlflow(options: MlflowOptions): Destination<MlflowDelivery> {
  assertOptions('options', options, OPTIONS)
  const base = addressOf('trackingUri', options.trackingUri, 'http://localhost:5000')
  assertTexts(options)
  assertRest(options)
  const { headers, secrets } = credentialsOf(options)
  const name = `MLflow at ${base.origin}`
  const { timeLimit = 120_000, fetch: send = fetch } = options
  const http = httpClient({ name, headers, secrets, fetch: send, timeLimit, attempts: 5 })
  const target = { ...options, base, name, http, secrets }
  const inTurn = oneAtATime()
  return {
    name,
    // Reports of one run, and the same report twice, would get in each other's way.
    async send(report, sendOptions = {}) {
      assertOptions('options', sendOptions, SEND_OPTIONS)
      const { signal } = sendOptions
      const content = contentOf(report, options)
      return inTurn(() => delivered(content, target, signal), signal)
    },
  }
}

const OPTIONS = {
  trackingUri: true,
  experiment: true,
  runId: true,
  runName: true,
  step: true,
  username: true,
  password: true,
  token: true,
  headers: true,
  reporters: true,
  artifactPath: true,
  modelVersion: true,
  timeLimit: true,
  fetch: true,
} as const satisfies Record<keyof MlflowOptions, true>

const SEND_OPTIONS = { signal: true } as const satisfies Record<keyof SendOptions, true>

function assertTexts(options: MlflowOptions): void {
  for (const name of ['experiment', 'runId', 'runName', 'username', 'password', 'token'] as const) {
    const value: unknown = options[name]
    if (value === undefined || (typeof value === 'string' && value !== '')) continue
    // Not what it is: a password may be a number.
    throw new InvalidArgumentError(
      name,
      'a text',
      value === '' ? 'an empty one' : `a ${typeof value}`,
    )
  }
  const { experiment, runId, username, password, token } = options
  if ((experiment === undefined) === (runId === undefined)) {
    const received = experiment === undefined ? experiment : 'both'
    throw new InvalidArgumentError(
      'experiment',
      'the name of an experiment, or "runId" that of a run in its place',
      received,
    )
  }
  if ((username === undefined) !== (password === undefined)) {
    const absent = username === undefined ? 'username' : 'password'
    throw new InvalidArgumentError(absent, 'given where the other of the two is', undefined)
  }
  if (token === undefined) return
  if (username !== undefined) {
    throw new InvalidArgumentError('token', 'left out where a username is given', 'both')
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new InvalidArgumentError('token', 'a text that a header can hold', 'another text')
  }
}

function assertRest(options: MlflowOptions): void {
  const { step = 0, headers = {}, reporters = {}, artifactPath, modelVersion, timeLimit } = options
  if (!Number.isSafeInteger(step)) throw new InvalidArgumentError('step', 'a whole number', step)
  assertHeaders(headers)
  if (timeLimit !== undefined) assertTimeLimit(timeLimit)
  if (artifactPath !== undefined) assertArtifactPath('artifactPath', artifactPath)
  if (options.fetch !== undefined && typeof options.fetch !== 'function') {
    throw new InvalidArgumentError('fetch', 'a function such as fetch', options.fetch)
  }
  if (typeof reporters !== 'object' || reporters === null) {
    const expected = 'functions of a report by file extension: { html: htmlReport }'
    throw new InvalidArgumentError('reporters', expected, reporters)
  }
  for (const [extension, render] of Object.entries<unknown>(reporters)) {
    if (!EXTENSION.test(extension)) {
      throw new InvalidArgumentError('reporters', 'keyed by file extensions', extension)
    }
    if (typeof render === 'function') continue
    throw new InvalidArgumentError(`reporters.${extension}`, 'a function of a report', render)
  }
  if (modelVersion === undefined) return
  assertOptions('modelVersion', modelVersion, MODEL_VERSION)
  const { name, version } = modelVersion as { name: unknown; version: unknown }
  if (typeof name !== 'string' || name === '') {
    throw new InvalidArgumentError('modelVersion.name', 'the name of a registered model', name)
  }
  if (!/^[1-9]\d*$/.test(String(version))) {
    throw new InvalidArgumentError('modelVersion.version', 'the number of a version', version)
  }
}

const MODEL_VERSION = { name: true, version: true } as const satisfies Record<
  keyof ModelVersion,
  true
>

const EXTENSION = /^(?=.{1,30}$)[a-z0-9]+([._-][a-z0-9]+)*$/i

function credentialsOf({ username, password, token, headers = {} }: MlflowOptions): {
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
} {
  const basic =
    username === undefined ? undefined : base64(new TextEncoder().encode(`${username}:${password}`))
  const authorization =
    basic !== undefined ? `Basic ${basic}` : token === undefined ? undefined : `Bearer ${token}`
  return {
    headers: { ...(authorization && { Authorization: authorization }), ...headers },
    secrets: formsOf(
      [password, basic, token, ...Object.values(headers)].filter((one) => one !== undefined),
    ),
  }
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

interface Content {
  readonly report: DriftReport
  readonly reportId: string
  readonly entries: RunEntries
  readonly artifacts: ReadonlyArray<{ readonly path: string; readonly text: string }>
}

/** All of it is made before anything is sent. */
function contentOf(
  given: DriftReport,
  { reporters = DEFAULT_REPORTERS, artifactPath = 'drift' }: MlflowOptions,
): Content {
  // Every field is checked by it, and a report of an earlier version is brought up to date.
  const report = withReportId(parseReport(jsonReport(given)))
  const entries = runEntries(report)
  const files = Object.entries(reporters).map(([extension, render]) => ({
    path: `${artifactPath}/report.${extension}`,
    text: render(report),
  }))
  const names = {
    path: `${artifactPath}/metric-names.json`,
    text: `${JSON.stringify(Object.fromEntries(entries.renamed), null, 2)}\n`,
  }
  return {
    report,
    reportId: report.id!,
    entries,
    artifacts: entries.renamed.size === 0 ? files : [...files, names],
  }
}

const DEFAULT_REPORTERS = { html: htmlReport, json: jsonReport }

interface Target extends MlflowOptions {
  readonly base: URL
  readonly name: string
  readonly http: HttpClient
  readonly secrets: readonly string[]
}

async function delivered(
  content: Content,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<MlflowDelivery> {
  const { base, name, http, secrets } = target
  const api = mlflowApi({ base, name, http, secrets, signal })
  const { reportId } = content
  const run = await runFor(content, target, api, signal).catch(lacksAll)
  const { runId, experimentId } = run
  const page = `${base.href.replace(/[?#].*$/, '').replace(/\/+$/, '')}/#/experiments/${experimentId}/runs/${runId}`
  const delivery = { reportId, runId, experimentId, url: page }
  const isOwn = target.runId === undefined
  if (run.tags.get(REPORT_ID) === reportId && run.tags.get(STATE) === COMPLETE) {
    const { modelVersion } = target
    // It may be asked for this time alone.
    if (modelVersion !== undefined) {
      await tagModelVersion(modelVersion, runId, content.entries.tags, api)
    }
    if (isOwn && run.status === 'RUNNING') await api.finishRun(runId, Date.now())
    return { ...delivery, wasThere: true, leftOut: leftOutOf(content, run, base) }
  }
  await deliverParts(partsOf(content, run, target, api), run)
  return { ...delivery, wasThere: false, leftOut: leftOutOf(content, run, base) }
}

/** Before there is a run. */
function lacksAll(error: unknown): never {
  if (!(error instanceof ConnectError)) throw error
  const { message, status } = error
  throw new ConnectError(message, {
    ...(status !== undefined && { status }),
    missing: ['all of it'],
  })
}

const STATE = 'drift.state'
const COMPLETE = 'complete'
const LOGGED_AT = 'drift.logged_at'

/** Stands before the decision, until there is all that it rests on. */
function beginning(reportId: string, time: number): Entry[] {
  return [
    { key: REPORT_ID, value: reportId },
    { key: STATE, value: 'incomplete' },
    { key: LOGGED_AT, value: String(time) },
    { key: 'drift.action', value: 'INCOMPLETE' },
  ]
}

async function runFor(
  content: Content,
  target: Target,
  api: MlflowApi,
  signal: AbortSignal | undefined,
): Promise<MlflowRun> {
  if (target.runId === undefined) {
    const { reportId } = content
    const { name, http } = target
    const experimentId = await api.experimentId(target.experiment!)
    const begin = () => begun(content, target, api, experimentId)
    const pause = (attempt: number) => http.pause(attempt, signal)
    return ownRun({ api, experimentId, reportId, begin, pause, name })
  }
  const run = await api.run(target.runId)
  if (!run.isDeleted) return run
  throw new ConnectError(
    `${target.name}: the run ${run.runId} is deleted: restore it, or name another`,
  )
}

function begun(
  { report, reportId }: Content,
  { runName }: Target,
  api: MlflowApi,
  experimentId: string,
): Promise<MlflowRun | undefined> {
  const startTime = Date.now()
  const sides = `${report.reference.name} vs ${report.current.name}`
  return api.createRun(experimentId, {
    name: runName ?? visibleText(`drift ${sides}`).slice(0, 200),
    startTime,
    tags: [
      ...beginning(reportId, startTime),
      { key: 'mlflow.source.type', value: 'JOB' },
      { key: 'mlflow.source.name', value: 'tidegauge' },
      { key: 'mlflow.note.content', value: markdownReport(report, { limit: 4000 }) },
    ],
  })
}

interface Part {
  readonly what: string
  readonly send: () => Promise<void>
}

/** What is sent, one after the other. Each can be sent again, and says the same. */
function partsOf(content: Content, run: MlflowRun, target: Target, api: MlflowApi): Part[] {
  const { reportId, entries, artifacts } = content
  const { runId } = run
  const isResumed = run.tags.get(REPORT_ID) === reportId
  const timestamp = (isResumed && Number(run.tags.get(LOGGED_AT))) || Date.now()
  const time = { timestamp, step: target.step ?? 0 }
  const params = entries.params.filter(({ key }) => !run.params.has(key))
  const { modelVersion } = target
  return [
    ...(isResumed
      ? []
      : [{ what: 'its id', send: () => api.setTags(runId, beginning(reportId, timestamp)) }]),
    { what: 'how it was judged', send: () => api.logParams(runId, params) },
    {
      what: 'the numbers of columns',
      send: () => api.logMetrics(runId, entries.columnMetrics, time),
    },
    ...artifacts.flatMap(({ path, text }) => {
      const url = artifactUrl(run.artifactUri, path, target.base)
      const type = typeOf(path)
      return url === undefined ? [] : [{ what: path, send: () => api.putArtifact(url, text, type) }]
    }),
    {
      what: 'the numbers of the whole',
      send: () => api.logMetrics(runId, entries.summaryMetrics, time),
    },
    ...(modelVersion === undefined
      ? []
      : [
          {
            what: `the tags of ${modelVersion.name} ${modelVersion.version}`,
            send: () => tagModelVersion(modelVersion, runId, entries.tags, api),
          },
        ]),
    {
      what: 'the decision',
      send: () => api.setTags(runId, [...entries.tags, { key: STATE, value: COMPLETE }]),
    },
    ...(target.runId === undefined
      ? [{ what: 'its end', send: () => api.finishRun(runId, Date.now()) }]
      : []),
  ]
}

const MODEL_TAGS = new Set(['drift.action', 'drift.reason', 'drift.current', 'drift.not_judged'])

async function tagModelVersion(
  { name, version }: ModelVersion,
  runId: string,
  tags: readonly Entry[],
  api: MlflowApi,
): Promise<void> {
  const own = tags.filter(({ key }) => MODEL_TAGS.has(key))
  for (const tag of [...own, { key: 'drift.run_id', value: runId }]) {
    await api.setModelVersionTag(name, String(version), tag)
  }
}

function typeOf(path: string): string {
  if (path.endsWith('.html')) return 'text/html; charset=utf-8'
  return path.endsWith('.json') ? 'application/json' : 'text/plain; charset=utf-8'
}

async function deliverParts(parts: readonly Part[], run: MlflowRun): Promise<void> {
  for (const [i, { send }] of parts.entries()) {
    try {
      await send()
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      const missing = parts.slice(i).map(({ what }) => what)
      const told = visibleText(missing.join(', '))
      throw new ConnectError(
        `${error.message}; the run ${run.runId} lacks ${told}: send the same report again, and it goes on there`,
        { ...(error.status !== undefined && { status: error.status }), missing },
      )
    }
  }
}

/** What the run does not have, or has of an earlier report. */
function leftOutOf({ entries, artifacts }: Content, run: MlflowRun, base: URL): string[] {
  const changed = entries.params.filter(
    ({ key, value }) => run.params.has(key) && run.params.get(key) !== value,
  )
  const sent = new Set([...entries.columnMetrics, ...entries.summaryMetrics].map(({ key }) => key))
  const known = [...SUMMARY_METRICS, ...[...run.metrics].filter(isOfColumn)]
  const stale = known.filter((key) => run.metrics.has(key) && !sent.has(key))
  const unstored = artifacts.filter(
    ({ path }) => artifactUrl(run.artifactUri, path, base) === undefined,
  )
  return [
    ...entries.leftOut,
    ...changed.map(
      ({ key, value }) =>
        `${key} is ${value} here and stays ${visibleText(run.params.get(key)!)} in the run: a parameter cannot be changed`,
    ),
    ...(stale.length === 0
      ? []
      : [
          `the run still shows ${stale.length} metrics of an earlier report that this one does not have: ${visibleText(stale.slice(0, 5).join(', '))}`,
        ]),
    ...(unstored.length === 0
      ? []
      : [
          `no artifacts (${unstored.map(({ path }) => path).join(', ')}): the run keeps them at ${storeOf(run.artifactUri)}, which this server does not take them for; start it with --serve-artifacts, and use an experiment made since`,
        ]),
  ]
}

function isOfColumn(key: string): boolean {
  return METRIC_GROUPS.some((group) => key.startsWith(`${group}/`))
}

/** Without what may be secret in it. */
function storeOf(artifactUri: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(artifactUri)?.[1]
  return scheme === undefined ? 'a folder of its own' : `${scheme}:…`
}
