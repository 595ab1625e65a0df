import { hasDots } from './promql.ts'

/** `, namespace production, job flights` in an alert's text: of these labels those that the alert has. */
export function labelsText(labels: readonly string[]): string {
  const value = (label: string) =>
    hasDots(label) ? `index $labels "${label}"` : `$labels.${label}`
  return labels.map((label) => `{{ with ${value(label)} }}, ${label} {{ . }}{{ end }}`).join('')
}
