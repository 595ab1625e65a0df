import { COLUMNS } from './drift-tables.ts'

/** 14 columns of numbers, normal or whole, and 6 of text, as in `drift-tables.ts`, made in this process. */
export function seededTable(seed: number, rows: number): Record<string, Float64Array | string[]> {
  const normal = seededNormal(seed)
  return Object.fromEntries(
    COLUMNS.map(({ kind }, i) => [
      `x${i}`,
      kind === 'categorical'
        ? categories(normal, rows, i - 13)
        : numbers(normal, rows, i % 7 === 6),
    ]),
  )
}

function numbers(normal: () => number, rows: number, areWhole: boolean): Float64Array {
  return new Float64Array(rows).map(() => (areWhole ? Math.floor(100 * normal()) : normal()))
}

function categories(normal: () => number, rows: number, width: number): string[] {
  const names = Array.from({ length: 16 * width }, (_, k) => `category ${k}`)
  return Array.from({ length: rows }, () => {
    const k = Math.floor((8 + normal()) * width)
    return names[Math.max(0, Math.min(names.length - 1, k))]!
  })
}

/** Normal deviates by Box and Muller, from a linear congruential generator. */
export function seededNormal(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}
