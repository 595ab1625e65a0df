import { ConnectError } from '../connect-error.ts'
import { BUSY, type HttpAnswer, type HttpClient, type HttpRequest } from '../http/http-client.ts'
import { told } from '../http/told.ts'
import { inBatches } from './batches.ts'
import type { Entry, Metric } from './run-entries.ts'

export interface MlflowRun {
  readonly runId: string
  readonly experimentId: string
  /** Milliseconds since 1970, by the clock of whoever began it. */
  readonly startTime: number
  readonly status: string
  readonly isDeleted: boolean
  readonly artifactUri: string
  readonly tags: ReadonlyMap<string, string>
  readonly params: ReadonlyMap<string, string>
  readonly metrics: ReadonlySet<string>
}

/** What a run says of a parameter that was to be written. */
export type Said = 'says so' | 'says otherwise' | 'is deleted'

export interface MetricTime {
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly step: number
}

/** The calls of MLflow's REST interface that are needed, as 2.16 and 3.x have them. */
export interface MlflowApi {
  experimentId(name: string): Promise<string>
  /** Those that are not deleted. */
  runsWithTag(experimentId: string, tag: Entry): Promise<MlflowRun[]>
  /** undefined where the server was busy: it may have done it all the same. */
  createRun(
    experimentId: string,
    run: { name: string; startTime: number; tags: readonly Entry[] },
  ): Promise<MlflowRun | undefined>
  run(runId: string): Promise<MlflowRun>
  deleteRun(runId: string): Promise<void>
  logMetrics(runId: string, metrics: readonly Metric[], time: MetricTime): Promise<void>
  logParams(runId: string, params: readonly Entry[]): Promise<void>
  /** Writes a parameter, which nobody can change once it is written; a run that is deleted takes none. */
  setOnce(runId: string, key: string, value: string): Promise<Said>
  setTags(runId: string, tags: readonly Entry[]): Promise<void>
  putArtifact(url: URL, text: string, type: string): Promise<void>
  setModelVersionTag(name: string, version: string, tag: Entry): Promise<void>
  finishRun(runId: string, endTime: number): Promise<void>
}

export interface MlflowApiOptions {
  readonly base: URL
  /** What errors call it. */
  readonly name: string
  readonly http: HttpClient
  readonly secrets: readonly string[]
  readonly signal: AbortSignal | undefined
}

/** A batch may hold 1000 metrics, 100 parameters or 100 tags, and 1 MB. */
const MOST_METRICS = 1000
const MOST_COLLISIONS = 6
const COLLIDES = /IntegrityError|UNIQUE constraint|duplicate key|Duplicate entry/i
const MOST_ENTRIES = 100
const MOST_BYTES = 900_000

export function mlflowApi({ base, name, http, secrets, signal }: MlflowApiOptions): MlflowApi {
  const prefix = base.pathname.replace(/\/+$/, '')

  const call = async (
    method: HttpRequest['method'],
    path: string,
    body?: object,
    once = false,
  ): Promise<HttpAnswer> => {
    const url = new URL(`${prefix}/api/2.0/mlflow/${path}`, base.origin)
    const json = body === undefined ? {} : { body: JSON.stringify(body), type: 'application/json' }
    const isRead = method === 'GET' || path.endsWith('/search')
    return http.request({ method, url, once, isRead, ...json }, signal)
  }
  const refused = (doing: string, answer: HttpAnswer): ConnectError =>
    new ConnectError(`${name}: ${doing}: ${refusal(answer, base, secrets)}`, {
      status: answer.status,
    })
  const done = async (doing: string, answer: Promise<HttpAnswer>): Promise<HttpAnswer> => {
    const given = await answer
    if (given.status >= 200 && given.status < 300) return given
    throw refused(doing, given)
  }
  /** What somebody else writes at the same time is the same, and there once his is done: until then the database refuses it. */
  const write = async (doing: string, body: object): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      const answer = await call('POST', 'runs/log-batch', body)
      if (!COLLIDES.test(answer.text) || answer.status < 400 || attempt === MOST_COLLISIONS) {
        await done(doing, Promise.resolve(answer))
        return
      }
      await http.pause(attempt, signal)
    }
  }
  /** Of an answer in which something must stand. */
  const found = <T>(
    doing: string,
    { text }: HttpAnswer,
    find: (json: Json) => T | undefined,
  ): T => {
    const value = find(jsonOf(text))
    if (value !== undefined) return value
    throw new ConnectError(`${name}: ${doing}: what answers is no MLflow: ${told(text, secrets)}`)
  }
  const experimentByName = async (experiment: string): Promise<HttpAnswer> =>
    call('GET', `experiments/get-by-name?experiment_name=${encodeURIComponent(experiment)}`)

  return {
    async experimentId(experiment) {
      const doing = `the experiment "${told(experiment, secrets)}"`
      let answer = await experimentByName(experiment)
      if (answer.status === 404 && errorOf(answer).code === 'RESOURCE_DOES_NOT_EXIST') {
        const made = await call('POST', 'experiments/create', { name: experiment })
        if (made.status === 200) return found(doing, made, (json) => textIn(json, 'experiment_id'))
        // Somebody else was faster, or a busy server has done it after all.
        if (errorOf(made).code !== 'RESOURCE_ALREADY_EXISTS') throw refused(doing, made)
        answer = await experimentByName(experiment)
      }
      await done(doing, Promise.resolve(answer))
      const stage = found(doing, answer, (json) => textIn(json, 'experiment', 'lifecycle_stage'))
      if (stage !== 'active') {
        throw new ConnectError(`${name}: ${doing} is deleted: restore it, or name another one`)
      }
      return found(doing, answer, (json) => textIn(json, 'experiment', 'experiment_id'))
    },
    async runsWithTag(experimentId, { key, value }) {
      const doing = 'looking for the run of this report'
      const answer = await done(
        doing,
        call('POST', 'runs/search', {
          experiment_ids: [experimentId],
          filter: `tags.\`${key}\` = '${value}'`,
          run_view_type: 'ACTIVE_ONLY',
          max_results: 100,
        }),
      )
      const { runs = [] } = found(doing, answer, (json) => (isRecord(json) ? json : undefined)) as {
        runs?: unknown
      }
      return Array.isArray(runs) ? runs.flatMap((run) => runOf(run) ?? []) : []
    },
    async createRun(experimentId, { name: runName, startTime, tags }) {
      const doing = 'beginning a run'
      const body = {
        experiment_id: experimentId,
        run_name: runName,
        start_time: startTime,
        tags,
      }
      const answer = await call('POST', 'runs/create', body, true)
      if (BUSY.has(answer.status)) return undefined
      await done(doing, Promise.resolve(answer))
      return found(doing, answer, (json) => runOf(valueIn(json, 'run')))
    },
    async run(runId) {
      const doing = `the run ${told(runId, secrets)}`
      const answer = await done(doing, call('GET', `runs/get?run_id=${encodeURIComponent(runId)}`))
      return found(doing, answer, (json) => runOf(valueIn(json, 'run')))
    },
    async deleteRun(runId) {
      await done(`deleting the run ${runId}`, call('POST', 'runs/delete', { run_id: runId }))
    },
    async logMetrics(runId, metrics, time) {
      const timed = metrics.map(({ key, value }) => ({ key, value, ...time }))
      for (const batch of inBatches(timed, MOST_METRICS, MOST_BYTES)) {
        await write('logging metrics', { run_id: runId, metrics: batch })
      }
    },
    async logParams(runId, params) {
      for (const batch of inBatches(params, MOST_ENTRIES, MOST_BYTES)) {
        await write('logging parameters', { run_id: runId, params: batch })
      }
    },
    async setOnce(runId, key, value) {
      const body = { run_id: runId, params: [{ key, value }] }
      const answer = await call('POST', 'runs/log-batch', body)
      if (answer.status === 200) return 'says so'
      if (answer.status !== 400) throw refused('beginning a run', answer)
      const run = await this.run(runId)
      const said = run.params.get(key)
      if (said !== undefined) return said === value ? 'says so' : 'says otherwise'
      if (run.isDeleted) return 'is deleted'
      throw refused('beginning a run', answer)
    },
    async setTags(runId, tags) {
      for (const batch of inBatches(tags, MOST_ENTRIES, MOST_BYTES)) {
        await write('setting tags', { run_id: runId, tags: batch })
      }
    },
    async putArtifact(url, text, type) {
      // 2.x answers {}, 3.x nothing.
      await done(
        'storing an artifact',
        http.request({ method: 'PUT', url, body: text, type }, signal),
      )
    },
    async setModelVersionTag(model, version, { key, value }) {
      const doing = `the model version ${told(`${model} ${version}`, secrets)}`
      const body = { name: model, version, key, value }
      await done(doing, call('POST', 'model-versions/set-tag', body))
    },
    async finishRun(runId, endTime) {
      const body = { run_id: runId, status: 'FINISHED', end_time: endTime }
      await done('ending the run', call('POST', 'runs/update', body))
    },
  }
}

/** Why, in one line, with what helps where that is known. */
function refusal(answer: HttpAnswer, base: URL, secrets: readonly string[]): string {
  const { status, text } = answer
  if (status === 401) {
    return 'it asks for a user and a password or a token, or does not know those that it was given (401)'
  }
  if (status === 403 && /invalid host header/i.test(text)) {
    return `the server does not go by the name "${base.host}" (403): start it with --allowed-hosts ${base.host}`
  }
  if (status === 403 && /cross-origin/i.test(text)) {
    return 'it refuses requests of a web page of another origin (403): start it with --cors-allowed-origins'
  }
  const { code, message } = errorOf(answer)
  if (code !== undefined) return `${told(`${code}: ${message}`, secrets)} (${status})`
  if (status === 403) return 'this user may not (403)'
  if (status === 404) return 'no MLflow answers at this address (404)'
  if (status === 413)
    return 'the answer is that it is too large (413): a proxy before it has a bound'
  return isPage(answer)
    ? `a page of HTML answers (${status})`
    : `${told(text, secrets) || 'nothing more is said'} (${status})`
}

function isPage({ type, text }: HttpAnswer): boolean {
  return /\bhtml\b/i.test(type) || /^\s*</.test(text)
}

function errorOf({ text }: HttpAnswer): { readonly code?: string; readonly message: string } {
  const json = jsonOf(text)
  const code = textIn(json, 'error_code')
  return { ...(code !== undefined && { code }), message: textIn(json, 'message') ?? '' }
}

type Json = unknown

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function valueIn(json: Json, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    json,
  )
}

function textIn(json: Json, ...path: readonly string[]): string | undefined {
  const value = valueIn(json, ...path)
  return typeof value === 'string' ? value : undefined
}

function runOf(json: Json): MlflowRun | undefined {
  const runId = textIn(json, 'info', 'run_id')
  const experimentId = textIn(json, 'info', 'experiment_id')
  if (runId === undefined || experimentId === undefined) return undefined
  const startTime = Number(valueIn(json, 'info', 'start_time'))
  return {
    runId,
    experimentId,
    startTime: Number.isFinite(startTime) ? startTime : 0,
    status: textIn(json, 'info', 'status') ?? '',
    isDeleted: textIn(json, 'info', 'lifecycle_stage') === 'deleted',
    artifactUri: textIn(json, 'info', 'artifact_uri') ?? '',
    tags: entriesIn(json, 'tags'),
    params: entriesIn(json, 'params'),
    metrics: new Set(listIn(json, 'metrics').flatMap((one) => textIn(one, 'key') ?? [])),
  }
}

function entriesIn(json: Json, kind: string): ReadonlyMap<string, string> {
  return new Map(
    listIn(json, kind).flatMap((one) => {
      const key = textIn(one, 'key')
      return key === undefined ? [] : [[key, textIn(one, 'value') ?? ''] as const]
    }),
  )
}

function listIn(json: Json, kind: string): readonly unknown[] {
  const list = valueIn(json, 'data', kind)
  return Array.isArray(list) ? list : []
}
