import { hasDots } from './promql.ts'

/** `, namespace production, job flights` in an alert's text: of these labels those that the alert has. */
export function labelsText(labels: readonly string[]): string {
  return labels
    .map((label) => `{{ with ${labelValue(label)} }}, ${label} {{ . }}{{ end }}`)
    .join('')
}

/** A label's value in a template: empty where the alert has none. */
export function labelValue(label: string): string {
  return hasDots(label) ? `index $labels "${label}"` : `$labels.${label}`
}
