export interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

/** Asks a Prometheus by its HTTP API. */
export interface PrometheusClient {
  query(expr: string): Promise<Sample[]>
  /** One value per time, by series. */
  range(expr: string, start: number, end: number, step: number): Promise<Series[]>
  firing(): Promise<Alert[]>
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [seconds: number, value: number])[]
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>
}

export function prometheusClient(url: string): PrometheusClient {
  const get = async <T>(path: string, parameters: Record<string, string> = {}): Promise<T> => {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`, {
      signal: AbortSignal.timeout(10_000),
    })
    const body = (await response.json()) as { status: string; error?: string; data: T }
    if (body.status !== 'success') throw new Error(`Prometheus: ${body.error}`)
    return body.data
  }
  return {
    async query(expr) {
      const { result } = await get<{ result: RawSample[] }>('query', { query: expr })
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
    },
    async range(expr, start, end, step) {
      const parameters = { query: expr, start: `${start}`, end: `${end}`, step: `${step}` }
      const { result } = await get<{ result: RawSeries[] }>('query_range', parameters)
      return result.map(({ metric, values }) => ({
        metric,
        values: values.map(([seconds, value]) => [seconds, Number(value)] as const),
      }))
    },
    async firing() {
      const { alerts } = await get<{ alerts: (Alert & { state: string })[] }>('alerts')
      return alerts.filter(({ state }) => state === 'firing')
    },
  }
}

/** Numbers are text, so that NaN and infinity have a form. */
type RawPoint = readonly [seconds: number, value: string]

interface RawSample {
  readonly metric: Sample['metric']
  readonly value: RawPoint
}

interface RawSeries {
  readonly metric: Series['metric']
  readonly values: readonly RawPoint[]
}
