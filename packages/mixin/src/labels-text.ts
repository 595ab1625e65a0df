/** `, namespace production, job flights` in an alert's text: of these labels those that the alert has. */
export function labelsText(labels: readonly string[]): string {
  return labels.map((label) => `{{ with $labels.${label} }}, ${label} {{ . }}{{ end }}`).join('')
}
