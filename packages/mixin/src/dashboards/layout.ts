import type { GrafanaPanel, GrafanaRow, UnplacedPanel } from './grafana-dashboard.ts'

/** Panels beside each other, under a heading if there is one. */
export interface Band {
  readonly heading?: string
  readonly height: number
  readonly panels: readonly UnplacedPanel[]
}

const COLUMNS = 24

/** Places the bands below each other; the panels of one share its width, the first ones what is left over. */
export function layout(bands: readonly Band[]): (GrafanaPanel | GrafanaRow)[] {
  const placed: (GrafanaPanel | GrafanaRow)[] = []
  let y = 0
  for (const { heading, height, panels } of bands) {
    if (heading !== undefined) {
      const gridPos = { x: 0, y, w: COLUMNS, h: 1 }
      const id = placed.length + 1
      placed.push({ id, type: 'row', title: heading, collapsed: false, gridPos, panels: [] })
      y += 1
    }
    let x = 0
    panels.forEach((panel, i) => {
      const rest = COLUMNS % panels.length
      const w = Math.floor(COLUMNS / panels.length) + (i < rest ? 1 : 0)
      placed.push({ id: placed.length + 1, gridPos: { x, y, w, h: height }, ...panel })
      x += w
    })
    y += height
  }
  return placed
}
