/** A sample's value, as both text formats write it. */
export function valueText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}

/**
 * A bucket bound as OpenMetrics wants it in `le`, so that one bound is one text everywhere: Go's `%g`, with
 * `.0` where there is neither point nor exponent.
 *
 * @see https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#considerations-canonical-numbers
 * @example
 * canonicalBound(1) // '1.0'
 * canonicalBound(1048576) // '1.048576e+06'
 */
export function canonicalBound(bound: number): string {
  if (!Number.isFinite(bound)) return valueText(bound)
  const [mantissa, exponent] = bound.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (power >= -4 && power < 6) {
    const plain = String(bound)
    return plain.includes('.') ? plain : `${plain}.0`
  }
  const digits = String(Math.abs(power)).padStart(2, '0')
  return `${mantissa}e${power < 0 ? '-' : '+'}${digits}`
}
