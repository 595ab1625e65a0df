import { DATA_SOURCE } from './data-source.ts'
import type {
  GrafanaField,
  GrafanaMapping,
  GrafanaOverride,
  GrafanaQuery,
  GrafanaThresholds,
  GrafanaTransformation,
  LegendOptions,
  TimeSeriesStyle,
  UnplacedPanel,
} from './grafana-dashboard.ts'

/** What a panel asks: PromQL, and the name of what comes back. */
export interface PanelQuery {
  readonly expr: string
  readonly legend: string
  /** Of a histogram: its exemplars too. */
  readonly exemplar?: true
}

export interface PanelText {
  readonly title: string
  /** How to read it. */
  readonly description: string
}

type Field = Omit<GrafanaField<never>, 'custom'>

/** One number, the last one, over its own course. */
export function statPanel(
  text: PanelText,
  query: PanelQuery | readonly PanelQuery[],
  field: Field,
  colored: 'value' | 'background' = 'value',
): UnplacedPanel {
  const queries: readonly PanelQuery[] = Array.isArray(query) ? query : [query as PanelQuery]
  const isSeveral = queries.length > 1 || queries.some(({ legend }) => legend.includes('{{'))
  return {
    ...common('stat', text, queries, range),
    fieldConfig: { defaults: { color: { mode: 'thresholds' }, ...field }, overrides: [] },
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      graphMode: colored === 'value' ? 'area' : 'none',
      colorMode: colored,
      justifyMode: 'auto',
      orientation: 'auto',
      textMode: isSeveral ? 'value_and_name' : 'value',
      wideLayout: true,
      showPercentChange: false,
      percentChangeColorMode: 'standard',
    },
  }
}

export interface TimeSeriesLook {
  readonly style?: Partial<TimeSeriesStyle>
  readonly overrides?: readonly GrafanaOverride[]
  /** One panel for each value of a variable. */
  readonly repeat?: string
}

export function timeSeriesPanel(
  text: PanelText,
  queries: readonly PanelQuery[],
  field: Field,
  { style = {}, overrides = [], repeat }: TimeSeriesLook = {},
): UnplacedPanel {
  return {
    ...common('timeseries', text, queries, range),
    ...(repeat === undefined ? {} : { repeat, repeatDirection: 'h', maxPerRow: 3 }),
    fieldConfig: {
      defaults: {
        color: { mode: 'palette-classic' },
        ...field,
        custom: {
          drawStyle: 'line',
          lineWidth: 1,
          fillOpacity: 0,
          showPoints: 'never',
          spanNulls: false,
          ...style,
        },
      },
      overrides,
    },
    options: {
      legend: legend('table', ['lastNotNull', 'max']),
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  }
}

/** A histogram over time: a column is a moment, a cell a bucket. */
export function heatmapPanel(text: PanelText, query: PanelQuery, unit: string): UnplacedPanel {
  return {
    ...common('heatmap', text, [query], { ...range, format: 'heatmap' }),
    fieldConfig: {
      defaults: { unit, custom: { scaleDistribution: { type: 'linear' } } },
      overrides: [],
    },
    options: {
      calculate: false,
      cellGap: 1,
      cellValues: { unit: 'reqps' },
      yAxis: { unit, axisPlacement: 'left' },
      rowsFrame: { layout: 'auto' },
      filterValues: { le: 1e-9 },
      color: {
        mode: 'scheme',
        scheme: 'Blues',
        steps: 64,
        exponent: 0.5,
        fill: 'dark-blue',
        scale: 'exponential',
        reverse: false,
      },
      exemplars: { color: 'orange' },
      legend: { show: true },
      showValue: 'never',
      tooltip: { mode: 'single', yHistogram: false, showColorScale: false },
    },
  }
}

/** A band for each series, in the colours of its thresholds or mappings. */
export function stateTimelinePanel(
  text: PanelText,
  queries: readonly PanelQuery[],
  field: Field,
): UnplacedPanel {
  return {
    ...common('state-timeline', text, queries, range),
    fieldConfig: {
      defaults: {
        color: { mode: 'thresholds' },
        ...field,
        custom: { fillOpacity: 80, lineWidth: 0 },
      },
      overrides: [],
    },
    options: {
      mergeValues: true,
      rowHeight: 0.85,
      showValue: 'auto',
      alignValue: 'left',
      legend: legend('list', []),
      tooltip: { mode: 'single', sort: 'none' },
    },
  }
}

/** Bars of now, side by side, one query a colour. */
export function barChartPanel(
  text: PanelText,
  queries: readonly PanelQuery[],
  field: Field,
  x: { readonly field: string; readonly transformations: readonly GrafanaTransformation[] },
): UnplacedPanel {
  return {
    ...common('barchart', text, queries, now),
    transformations: x.transformations,
    fieldConfig: {
      defaults: {
        color: { mode: 'palette-classic' },
        ...field,
        custom: { fillOpacity: 80, lineWidth: 1 },
      },
      overrides: [],
    },
    options: {
      xField: x.field,
      orientation: 'auto',
      barWidth: 0.9,
      groupWidth: 0.8,
      fullHighlight: false,
      showValue: 'never',
      stacking: 'none',
      xTickLabelMaxLength: 24,
      xTickLabelRotation: -30,
      legend: legend('list', []),
      tooltip: { mode: 'multi', sort: 'none' },
    },
  }
}

/** What is true now, a row for each set of labels, a column for each query. */
export function tablePanel(
  text: PanelText,
  queries: readonly PanelQuery[],
  field: Field,
  look: {
    readonly transformations: readonly GrafanaTransformation[]
    readonly overrides: readonly GrafanaOverride[]
    readonly sortBy: string
  },
): UnplacedPanel {
  return {
    ...common('table', text, queries, now),
    transformations: look.transformations,
    fieldConfig: {
      defaults: {
        ...field,
        custom: { align: 'auto', inspect: false, cellOptions: { type: 'auto' } },
      },
      overrides: look.overrides,
    },
    options: {
      frameIndex: 0,
      showHeader: true,
      sortBy: [{ displayName: look.sortBy, desc: true }],
    },
  }
}

/** Colours from the given values on, the first below them all. */
export function thresholds(
  below: string,
  ...steps: readonly (readonly [value: number, color: string])[]
): GrafanaThresholds {
  return {
    mode: 'absolute',
    steps: [{ color: below, value: null }, ...steps.map(([value, color]) => ({ color, value }))],
  }
}

export function valueNames(
  names: Readonly<Record<string, readonly [text: string, color: string]>>,
): readonly GrafanaMapping[] {
  const options = Object.entries(names).map(([value, [text, color]]) => [value, { text, color }])
  return [{ type: 'value', options: Object.fromEntries(options) }]
}

/** Colours and links of one column of a table, or one series, by its name. */
export function fieldOf(
  name: string,
  properties: Readonly<Record<string, unknown>>,
): GrafanaOverride {
  return {
    matcher: { id: 'byName', options: name },
    properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
  }
}

/** What Grafana calls the values of a table's query once they are merged. */
export function mergedName(query: number): string {
  return `Value #${String.fromCharCode('A'.charCodeAt(0) + query)}`
}

export function fixedColor(name: string, color: string, more: object = {}): GrafanaOverride {
  return fieldOf(name, { color: { mode: 'fixed', fixedColor: color }, ...more })
}

type Asked = Pick<GrafanaQuery, 'range' | 'instant' | 'format'>

const range: Asked = { range: true, instant: false, format: 'time_series' }
const now: Asked = { range: false, instant: true, format: 'table' }

function common<Type extends string>(
  type: Type,
  { title, description }: PanelText,
  queries: readonly PanelQuery[],
  asked: Asked,
) {
  return {
    type,
    title,
    description,
    datasource: DATA_SOURCE,
    pluginVersion: '11.2.0' as const,
    targets: queries.map(({ expr, legend, exemplar }, i) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + i),
      datasource: DATA_SOURCE,
      editorMode: 'code' as const,
      expr,
      legendFormat: legend,
      ...asked,
      ...(exemplar && { exemplar }),
    })),
  }
}

function legend(displayMode: LegendOptions['displayMode'], calcs: readonly string[]) {
  return { displayMode, placement: 'bottom', showLegend: true, calcs } as const
}
