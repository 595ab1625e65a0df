import { type LabelMatcher, selector } from '../promql.ts'
import type { CheckedDriftRules } from './drift-rules-options.ts'

/**
 * A selector of what these rules record, and of nothing that another such file does: its models, and what was
 * selected of the labels that are carried along.
 */
export function recordedSeries({
  models,
  select,
  by,
}: Pick<CheckedDriftRules, 'models' | 'select' | 'by'>) {
  const ours = [...models, ...select.filter(({ label }) => by.includes(label))]
  return (record: string, more: readonly LabelMatcher[] = []): string =>
    selector(record, [...ours, ...more])
}
