/** A share in [0, 1] as people read it: 0.05 → `5%`. */
export function formatPercent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`
}
