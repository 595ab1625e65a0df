import { InvalidArgumentError } from '@tidegauge/core'

/**
 * A report holds no NaN and no infinity. One that does would sort at random, and JSON would turn it
 * into null in silence.
 *
 * @throws InvalidArgumentError naming the path of the first such number, `report.columns[2].effect`
 */
export function assertFinite(argument: string, value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new InvalidArgumentError(argument, 'a finite number or null', value)
  }
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      // Most are counts and names, a million of them at times: a path for each would cost more than the check.
      if (typeof item !== 'string' && !Number.isFinite(item))
        assertFinite(`${argument}[${i}]`, item)
    })
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) assertFinite(`${argument}.${key}`, item)
  }
}
