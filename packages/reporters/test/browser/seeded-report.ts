import { type DriftReport, detectDrift } from '@tidegauge/drift'
import { generator } from '../drift-report.fixture.ts'

const DAY = 86_400_000

/** A real report on so many columns of all types; every seventh one drifts, some miss values. */
export function seededReport(columns: number, rows = 400): DriftReport {
  const random = generator(columns)
  return detectDrift(seededTable(random, columns, rows, 0), seededTable(random, columns, rows, 1), {
    names: { reference: 'bookings-2026-03', current: 'bookings-2026-04' },
  })
}

function seededTable(
  random: () => number,
  columns: number,
  rows: number,
  moved: 0 | 1,
): Record<string, unknown[]> {
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const kinds: ReadonlyArray<readonly [string, (shift: number) => unknown]> = [
    ['amount', (shift) => (random() < 0.02 + shift / 8 ? null : normal() + shift)],
    ['seconds', (shift) => Math.exp(normal() + shift)],
    ['items', (shift) => Math.floor(6 + 2 * normal() + 3 * shift)],
    ['channel', (shift) => `channel ${Math.floor(12 * random() ** (1 + 2 * shift))}`],
    ['booked', (shift) => new Date(Date.UTC(2026, 2, 1) + DAY * (30 * random() + 20 * shift))],
  ]
  return Object.fromEntries(
    Array.from({ length: columns }, (_, i) => {
      const [kind, draw] = kinds[i % kinds.length]!
      const shift = i % 7 === 0 ? 0.5 * moved : 0
      const length = i % 41 === 40 ? 12 : rows
      return [
        `${kind}_${i}`,
        Array.from({ length: rows }, (_, row) => (row < length ? draw(shift) : null)),
      ]
    }),
  )
}
