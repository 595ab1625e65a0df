import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { ConnectError } from '../connect-error.ts'
import type { SendOptions } from '../destination.ts'
import { addressOf, assertHeaders, assertTimeLimit } from '../http/address.ts'
import { fetchAnyPort } from '../http/fetch-any-port.ts'
import { type HttpAnswer, httpClient } from '../http/http-client.ts'
import { formsOf, told } from '../http/told.ts'

export interface FeastOnlineOptions {
  /** Of the feature server (`feast serve`): `http://localhost:6566`. */
  readonly url: string
  /** The features, as `view:feature`. */
  readonly features?: readonly string[]
  /** In their place a feature service, by its name. */
  readonly featureService?: string
  /** Are they called `view__feature`? Default: by their own names. */
  readonly fullFeatureNames?: boolean
  /** A bearer token. */
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds that one request may take. Default 30,000. */
  readonly timeLimit?: number
  /** Default: that of the runtime, and to Feast's own port 6566, which `fetch` refuses, Node's HTTP client. */
  readonly fetch?: typeof fetch
}

export type OnlineRequestOptions = SendOptions

/** Values by name, join keys among them; null is missing. */
export type FeastRow = Readonly<Record<string, unknown>>

export interface FeastOnline {
  /** For people: what it is and where, without anything secret. */
  readonly name: string
  /**
   * What the online store has of some entities, in their order; those that it does not know are left out.
   *
   * @param entities - the values of each join key: `{ customer_id: [1, 2] }`
   * @throws ConnectError (by rejection) where it does not answer, or not with what was asked for
   */
  rows(
    entities: Readonly<Record<string, readonly unknown[]>>,
    options?: OnlineRequestOptions,
  ): Promise<FeastRow[]>
}

const OPTIONS = {
  url: true,
  features: true,
  featureService: true,
  fullFeatureNames: true,
  token: true,
  headers: true,
  timeLimit: true,
  fetch: true,
} as const satisfies Record<keyof FeastOnlineOptions, true>

/** Where `feast serve` listens unless it is told otherwise. */
const FEAST_PORT = '6566'

const REQUEST_OPTIONS = { signal: true } as const satisfies Record<keyof OnlineRequestOptions, true>

/**
 * The feature server of Feast, asked for what a model is really fed: for a monitor of live features.
 *
 * @throws InvalidArgumentError where an option is not what it must be
 * @example
 * const online = feastOnline({ url: 'http://localhost:6566', featureService: 'churn' })
 * for (const row of await online.rows({ customer_id: [1001, 1002] })) monitor.observe(row)
 */
export function feastOnline(options: FeastOnlineOptions): FeastOnline {
  assertOptions('options', options, OPTIONS)
  const base = addressOf('url', options.url, 'http://localhost:6566')
  const { features, featureService, fullFeatureNames = false, token, headers = {} } = options
  const { timeLimit = 30_000 } = options
  const { fetch: send = base.port === FEAST_PORT ? fetchAnyPort : fetch } = options
  assertAsked(features, featureService)
  assertHeaders(headers)
  assertTimeLimit(timeLimit)
  if (token !== undefined && !(typeof token === 'string' && /^[\x21-\x7e]+$/.test(token))) {
    throw new InvalidArgumentError('token', 'a text that a header can hold', `a ${typeof token}`)
  }
  if (typeof send !== 'function') {
    throw new InvalidArgumentError('fetch', 'a function such as fetch', send)
  }
  const name = `Feast at ${base.origin}`
  const secrets = formsOf([token, ...Object.values(headers)].filter((one) => one !== undefined))
  const http = httpClient({
    name,
    headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...headers },
    secrets,
    fetch: send,
    timeLimit,
    attempts: 3,
    // It only reads.
    againWithoutAnswer: true,
  })
  const url = new URL(`${base.pathname.replace(/\/+$/, '')}/get-online-features`, base.origin)
  const asked = featureService === undefined ? { features } : { feature_service: featureService }
  return {
    name,
    async rows(entities, requestOptions = {}) {
      assertOptions('options', requestOptions, REQUEST_OPTIONS)
      const count = assertEntities(entities)
      if (count === 0) return [] // which Feast answers with 500
      const body = JSON.stringify({ ...asked, entities, full_feature_names: fullFeatureNames })
      const request = { method: 'POST', url, body, type: 'application/json' } as const
      const answer = await http.request(request, requestOptions.signal)
      if (answer.status !== 200) {
        throw new ConnectError(`${name}: ${refusal(answer, secrets)}`, { status: answer.status })
      }
      const rows = rowsIn(answer.text, count, Object.keys(entities))
      if (rows !== undefined) return rows
      throw new ConnectError(
        `${name}: what answers is no feature server: ${told(answer.text, secrets)}`,
      )
    },
  }
}

function assertAsked(features: unknown, featureService: unknown): void {
  if ((features === undefined) === (featureService === undefined)) {
    const received = features === undefined ? undefined : 'both'
    const expected = 'names of features, or "featureService" a name in their place'
    throw new InvalidArgumentError('features', expected, received)
  }
  const isText = (value: unknown) => typeof value === 'string' && value !== ''
  if (features !== undefined) {
    if (Array.isArray(features) && features.length > 0 && features.every(isText)) return
    throw new InvalidArgumentError('features', 'names of features: view:feature', features)
  }
  if (!isText(featureService)) {
    throw new InvalidArgumentError(
      'featureService',
      'the name of a feature service',
      featureService,
    )
  }
}

/** @returns how many entities there are */
function assertEntities(entities: Readonly<Record<string, readonly unknown[]>>): number {
  const lists: readonly unknown[] =
    typeof entities === 'object' && entities !== null ? Object.values(entities) : []
  const lengths = new Set(lists.map((list) => (Array.isArray(list) ? list.length : -1)))
  const [count] = lengths
  if (lengths.size === 1 && count !== undefined && count >= 0) return count
  const expected = 'the values of each join key, as many of each: { customer_id: [1, 2] }'
  throw new InvalidArgumentError('entities', expected, entities)
}

/** Its errors are JSON that holds JSON, a page, or text. */
function refusal({ status, text, type }: HttpAnswer, secrets: readonly string[]): string {
  if (status === 401 || status === 403) return `it does not take this token (${status})`
  if (/\bhtml\b/i.test(type) || /^\s*</.test(text)) return `a page of HTML answers (${status})`
  const outer = parsed(text)
  const inner = typeof outer === 'string' ? (parsed(outer) ?? outer) : outer
  const {
    class: kind,
    message,
    detail,
  } = (typeof inner === 'object' && inner !== null ? inner : {}) as Readonly<
    Record<string, unknown>
  >
  const said = [kind, message ?? detail].filter((one) => typeof one === 'string').join(': ')
  return `${told(said || text, secrets) || 'nothing more is said'} (${status})`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface OnlineAnswer {
  readonly metadata: { readonly feature_names: readonly string[] }
  readonly results: ReadonlyArray<{
    readonly values: readonly unknown[]
    readonly statuses: readonly string[]
  }>
}

/**
 * Column by column, in an order of its own, which `metadata` tells. NULL and NaN of the source come as null with the status
 * PRESENT: missing is what is null. Only NOT_FOUND tells that there is no such entity.
 */
function rowsIn(text: string, count: number, joinKeys: readonly string[]): FeastRow[] | undefined {
  const answer = parsed(text) as Partial<OnlineAnswer> | undefined | null
  const names = answer?.metadata?.feature_names
  const results = answer?.results
  if (!Array.isArray(names) || !Array.isArray(results) || names.length !== results.length) {
    return undefined
  }
  const areWhole = results.every(
    (result) => result?.values?.length === count && result.statuses?.length === count,
  )
  if (!areWhole || !names.every((name) => typeof name === 'string')) return undefined
  const keys = new Set(joinKeys)
  const columns = names.map((name, i) => ({ name, ...(results[i] as OnlineAnswer['results'][0]) }))
  const features = columns.filter(({ name }) => !keys.has(name))
  const isKnown = (row: number) =>
    features.length === 0 || features.some(({ statuses }) => statuses[row] !== 'NOT_FOUND')
  return Array.from({ length: count }, (_, row) => row)
    .filter(isKnown)
    .map((row) => rowOf(columns.map(({ name, values }) => [name, values[row] ?? null])))
}

/** Names come from outside: `__proto__` is one like any other. */
function rowOf(entries: ReadonlyArray<readonly [string, unknown]>): FeastRow {
  return Object.assign(Object.create(null), Object.fromEntries(entries))
}
