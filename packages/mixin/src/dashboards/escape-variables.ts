/** PromQL whose strings Grafana leaves as they are: it would fill in `$name`, `${name}` and `[[name]]`. */
export function escapeVariables(promql: string): string {
  return promql.replaceAll('$', '\\x24').replaceAll('[[', '[\\x5b')
}
