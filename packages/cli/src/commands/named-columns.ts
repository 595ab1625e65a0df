import type { DetectDriftOptions } from '@tidegauge/drift'

/** Columns by the option that names them. */
export function namedColumns(
  options: DetectDriftOptions,
): Readonly<Record<string, readonly string[]>> {
  return {
    columns: options.columns ?? [],
    exclude: options.exclude ?? [],
    target: listOf(options.target),
    prediction: listOf(options.prediction),
    method: Object.keys(options.methods ?? {}),
    type: Object.keys(options.types ?? {}),
    unit: Object.keys(options.units ?? {}),
    weight: Object.keys(options.weights ?? {}),
  }
}

export function listOf(names: string | readonly string[] | undefined): readonly string[] {
  return names === undefined ? [] : typeof names === 'string' ? [names] : names
}
