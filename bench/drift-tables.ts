import type { Column, Distribution } from './python-peer.ts'

export interface TableColumn {
  readonly kind: 'numeric' | 'categorical'
  readonly reference: Distribution
  readonly current: Distribution
}

const numeric = (reference: Distribution, current = reference): TableColumn => ({
  kind: 'numeric',
  reference,
  current,
})
const categorical = (reference: Distribution, current = reference): TableColumn => ({
  kind: 'categorical',
  reference,
  current,
})
const drawn = (generate: string, ...parameters: number[]): Distribution => ({
  generate,
  parameters,
})

/** Fourteen columns of numbers, six of text: some moved, most did not. */
export const COLUMNS: readonly TableColumn[] = [
  numeric(drawn('normal', 0, 1)),
  numeric(drawn('normal', 0, 1), drawn('normal', 0.05, 1)),
  numeric(drawn('normal', 0, 1), drawn('normal', 0.3, 1)),
  numeric(drawn('normal', 50, 10), drawn('normal', 50, 11)),
  numeric(drawn('normal', 1.7e9, 1e6)),
  numeric(drawn('lognormal', 0, 1)),
  numeric(drawn('lognormal', 0, 1), drawn('lognormal', 0.1, 1)),
  numeric(drawn('exponential', 1)),
  numeric(drawn('gamma', 2, 1)),
  numeric(drawn('uniform', 0, 100)),
  numeric(drawn('beta', 2, 5), drawn('beta', 2, 4)),
  numeric(drawn('poisson', 20)),
  numeric(drawn('integers', 0, 1000)),
  numeric({ generate: 'mostly-one-value' }),
  categorical(drawn('integers', 0, 2)),
  categorical(drawn('integers', 0, 5)),
  categorical(drawn('binomial', 10, 0.5), drawn('binomial', 10, 0.52)),
  categorical(drawn('geometric', 0.2)),
  categorical(drawn('integers', 0, 100)),
  categorical(drawn('integers', 0, 500)),
]

export type Side = 'reference' | 'current'

/** The columns of a side, as the peer draws them. */
export function columnsOf(side: Side, size: number): Column[] {
  return COLUMNS.map((column, i) => ({
    ...column[side],
    name: `${side}${i}`,
    seed: side === 'reference' ? i : 1000 + i,
    size,
  }))
}

/** Text for whole numbers: each side makes it for itself, and alike. */
export function labels(codes: Float64Array): string[] {
  const names = new Map<number, string>()
  return Array.from(codes, (code) => {
    const known = names.get(code)
    if (known !== undefined) return known
    const name = `category ${code}`
    names.set(code, name)
    return name
  })
}
