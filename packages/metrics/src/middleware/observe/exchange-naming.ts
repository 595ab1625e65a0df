import type { ServerResponse } from 'node:http'
import { InvalidArgumentError } from '@tidegauge/core'

/** How an exchange is named, from what its framework hands out. Each is asked once, at the end. */
export interface ExchangeNaming<Source> {
  /** The template; undefined where none matched. */
  readonly route: ((source: Source) => string | undefined) | undefined
  /** The user's own answer, before `route` is asked. */
  readonly asked?: ((source: Source) => string | undefined) | undefined
  readonly labels?: ((source: Source, res: ServerResponse) => readonly string[]) | undefined
  readonly ignore?: ((source: Source) => boolean) | undefined
}

/** What the user says, else what the framework does; undefined where neither knows one. */
export function routeOf<Source>(
  { asked, route }: Pick<ExchangeNaming<Source>, 'asked' | 'route'>,
  source: Source,
  report: (error: unknown) => void,
): string | undefined {
  if (asked === undefined) return route?.(source)
  try {
    const own: unknown = asked(source)
    if (typeof own === 'string') return own
    if (own !== undefined) throw new InvalidArgumentError('route()', 'a text or undefined', own)
  } catch (error) {
    report(error)
  }
  return route?.(source)
}
