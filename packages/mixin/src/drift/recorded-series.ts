import { type LabelMatcher, selector } from '../promql.ts'
import type { CheckedDriftRules } from './drift-rules-options.ts'

/** The label `window` of all that is recorded: files of different windows may name the same model. */
export function windowLabel({ window }: Pick<CheckedDriftRules, 'window'>): string {
  return window === null ? 'lifetime' : window.text
}

/**
 * A selector of what these rules record, and of nothing that another such file does: its models, what was
 * selected of the labels that are carried along, and its window.
 */
export function recordedSeries(
  rules: Pick<CheckedDriftRules, 'models' | 'select' | 'by' | 'window'>,
) {
  const { models, select, by } = rules
  const ours = [
    ...models,
    ...select.filter(({ label }) => by.includes(label)),
    { label: 'window', values: [windowLabel(rules)] },
  ]
  return (record: string, more: readonly LabelMatcher[] = []): string =>
    selector(record, [...ours, ...more])
}
