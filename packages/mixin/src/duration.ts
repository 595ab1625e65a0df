import { InvalidArgumentError } from '@tidegauge/core'

const UNITS = { d: 86_400, h: 3600, m: 60, s: 1 } as const

/** A length of time as Prometheus writes it; two equal ones have equal text. */
export interface Duration {
  /** `90m`, `30d`: one number, in the largest unit that leaves it whole. */
  readonly text: string
  readonly seconds: number
}

/**
 * Reads `5m`, `1h`, `30d`: whole seconds, minutes, hours, days or weeks.
 *
 * @throws InvalidArgumentError on anything else, and on zero
 * @example
 * duration('window', '120m') // { text: '2h', seconds: 7200 }
 */
export function duration(argument: string, value: unknown): Duration {
  const [, digits, unit] =
    /^([1-9]\d{0,8})([smhdw])$/.exec(typeof value === 'string' ? value : '') ?? []
  if (digits === undefined || unit === undefined) {
    throw new InvalidArgumentError(argument, "a duration such as '5m', '1h' or '30d'", value)
  }
  const seconds = Number(digits) * (unit === 'w' ? 7 * UNITS.d : UNITS[unit as keyof typeof UNITS])
  const [name, size] = Object.entries(UNITS).find(([, size]) => seconds % size === 0)!
  return { text: `${seconds / size}${name}`, seconds }
}
