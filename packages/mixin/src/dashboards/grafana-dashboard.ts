/**
 * The part of Grafana's dashboard model, schema 39, that our dashboards use: plain data, written as JSON by
 * `dashboardJson`. A test holds it against the types of `@grafana/schema` 11.2 and 13, which a user need not install.
 */
export interface GrafanaDashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly schemaVersion: 39
  readonly version: number
  readonly editable: boolean
  /** 1: the moment under the mouse is marked in every panel. */
  readonly graphTooltip: 1
  readonly time: { readonly from: string; readonly to: string }
  readonly refresh: string
  readonly timezone: string
  readonly annotations: { readonly list: readonly GrafanaAnnotation[] }
  readonly links: readonly GrafanaLink[]
  readonly templating: { readonly list: readonly GrafanaVariable[] }
  readonly panels: readonly (GrafanaPanel | GrafanaRow)[]
}

export interface GrafanaDataSource {
  readonly type: 'prometheus'
  readonly uid: string
}

export interface GrafanaAnnotation {
  readonly name: string
  readonly datasource: GrafanaDataSource
  readonly enable: boolean
  readonly hide: boolean
  readonly iconColor: string
  readonly target: GrafanaQuery
  /** The Prometheus data source's own: what is shown of an alert. */
  readonly titleFormat: string
  readonly textFormat: string
  readonly tagKeys: string
  readonly useValueForTime: boolean
}

export interface GrafanaLink {
  readonly type: 'link' | 'dashboards'
  readonly title: string
  readonly tooltip: string
  readonly url?: string
  readonly tags: readonly string[]
  readonly icon: string
  readonly asDropdown: boolean
  readonly includeVars: boolean
  readonly keepTime: boolean
  readonly targetBlank: boolean
}

export interface GrafanaVariable {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly type: 'datasource' | 'query'
  readonly datasource?: GrafanaDataSource
  readonly query: string | PrometheusVariableQuery
  /** 1: when the dashboard is loaded; 2: whenever its time range changes. */
  readonly refresh: 1 | 2
  readonly regex: string
  /** 1: alphabetical. */
  readonly sort?: 1
  readonly hide: 0
  readonly skipUrlSync: boolean
  readonly options: readonly GrafanaChoice[]
  readonly multi: boolean
  readonly includeAll: boolean
  readonly allValue?: string
  /** Where it is left out Grafana takes the first value there is. */
  readonly current?: GrafanaChoice
}

/** `label_values(…)` is of type 1, `query_result(…)` of type 3. */
export type PrometheusVariableQuery = Readonly<{ qryType: 1 | 3; query: string; refId: string }>

export interface GrafanaChoice {
  readonly selected: boolean
  readonly text: string | readonly string[]
  readonly value: string | readonly string[]
}

export interface GrafanaRow {
  readonly id: number
  readonly type: 'row'
  readonly title: string
  readonly collapsed: false
  readonly gridPos: GrafanaGridPosition
  readonly panels: readonly never[]
}

export interface GrafanaGridPosition {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

/** A panel and its place. */
export type GrafanaPanel = UnplacedPanel & {
  readonly id: number
  readonly gridPos: GrafanaGridPosition
}

export type UnplacedPanel =
  | PanelOf<'stat', StatOptions, Record<never, never>>
  | PanelOf<'timeseries', TimeSeriesOptions, TimeSeriesStyle>
  | PanelOf<'heatmap', HeatmapOptions, HeatmapStyle>
  | PanelOf<'state-timeline', StateTimelineOptions, StateTimelineStyle>
  | PanelOf<'barchart', BarChartOptions, BarChartStyle>
  | PanelOf<'table', TableOptions, TableStyle>

export interface PanelOf<Type extends string, Options, Style> {
  readonly type: Type
  readonly title: string
  readonly description: string
  readonly datasource: GrafanaDataSource
  readonly pluginVersion: '11.2.0'
  readonly targets: readonly GrafanaQuery[]
  readonly transformations?: readonly GrafanaTransformation[]
  readonly fieldConfig: {
    readonly defaults: GrafanaField<Style>
    readonly overrides: readonly GrafanaOverride[]
  }
  readonly options: Options
  readonly repeat?: string
  readonly repeatDirection?: 'h'
  readonly maxPerRow?: number
}

export interface GrafanaQuery {
  readonly refId: string
  readonly datasource: GrafanaDataSource
  readonly editorMode: 'code'
  readonly expr: string
  readonly legendFormat: string
  readonly range: boolean
  readonly instant: boolean
  readonly format: 'time_series' | 'table' | 'heatmap'
  /** Single requests that were noted with a bucket, as points with a link to their trace. */
  readonly exemplar?: true
}

export interface GrafanaTransformation {
  readonly id: 'merge' | 'sortBy' | 'organize'
  readonly options: Readonly<Record<string, unknown>>
}

export interface GrafanaField<Style> {
  readonly unit?: string
  readonly decimals?: number
  readonly min?: number
  readonly max?: number
  readonly noValue?: string
  readonly color?: {
    readonly mode: 'thresholds' | 'palette-classic' | 'fixed'
    readonly fixedColor?: string
  }
  readonly thresholds?: GrafanaThresholds
  readonly mappings?: readonly GrafanaMapping[]
  readonly links?: readonly GrafanaDataLink[]
  readonly custom?: Style
}

/** Where a click on a value leads. */
export interface GrafanaDataLink {
  readonly title: string
  readonly url: string
  readonly targetBlank: boolean
}

export interface GrafanaThresholds {
  readonly mode: 'absolute'
  /** The first has no value: it is the colour below every other. */
  readonly steps: readonly { readonly color: string; readonly value: number | null }[]
}

export interface GrafanaMapping {
  readonly type: 'value'
  readonly options: Readonly<Record<string, { readonly text: string; readonly color: string }>>
}

export interface GrafanaOverride {
  readonly matcher: { readonly id: 'byName'; readonly options: string }
  readonly properties: readonly { readonly id: string; readonly value: unknown }[]
}

export interface StatOptions {
  readonly reduceOptions: {
    readonly calcs: readonly string[]
    readonly fields: string
    readonly values: boolean
  }
  readonly graphMode: 'area' | 'none'
  readonly colorMode: 'value' | 'background'
  readonly justifyMode: 'auto'
  readonly orientation: 'auto'
  readonly textMode: 'value' | 'value_and_name'
  readonly wideLayout: boolean
  readonly showPercentChange: boolean
  readonly percentChangeColorMode: 'standard'
}

export interface TimeSeriesOptions {
  readonly legend: LegendOptions
  readonly tooltip: { readonly mode: 'multi'; readonly sort: 'desc' }
}

export interface LegendOptions {
  readonly displayMode: 'table' | 'list'
  readonly placement: 'bottom'
  readonly showLegend: boolean
  readonly calcs: readonly string[]
}

export interface TimeSeriesStyle {
  readonly drawStyle: 'line'
  readonly lineWidth: number
  readonly fillOpacity: number
  readonly showPoints: 'never' | 'auto'
  readonly spanNulls: boolean
  readonly scaleDistribution?:
    | { readonly type: 'log'; readonly log: number }
    | { readonly type: 'symlog'; readonly log: number; readonly linearThreshold: number }
  readonly thresholdsStyle?: { readonly mode: 'line' }
}

export interface HeatmapOptions {
  readonly calculate: boolean
  readonly cellGap: number
  readonly cellValues: { readonly unit: string }
  readonly yAxis: { readonly unit: string; readonly axisPlacement: 'left' }
  readonly rowsFrame: { readonly layout: 'auto' }
  readonly filterValues: { readonly le: number }
  readonly color: {
    readonly mode: 'scheme'
    readonly scheme: string
    readonly steps: number
    readonly exponent: number
    readonly fill: string
    readonly scale: 'exponential'
    readonly reverse: boolean
  }
  readonly exemplars: { readonly color: string }
  readonly legend: { readonly show: boolean }
  readonly showValue: 'never'
  readonly tooltip: {
    readonly mode: 'single'
    readonly yHistogram: boolean
    readonly showColorScale: boolean
  }
}

export interface HeatmapStyle {
  readonly scaleDistribution: { readonly type: 'linear' }
}

export interface StateTimelineOptions {
  readonly mergeValues: boolean
  readonly rowHeight: number
  readonly showValue: 'auto' | 'never'
  readonly alignValue: 'left'
  readonly legend: LegendOptions
  readonly tooltip: { readonly mode: 'single'; readonly sort: 'none' }
}

export interface StateTimelineStyle {
  readonly fillOpacity: number
  readonly lineWidth: number
}

export interface BarChartOptions {
  readonly xField: string
  readonly orientation: 'auto'
  readonly barWidth: number
  readonly groupWidth: number
  readonly fullHighlight: boolean
  readonly showValue: 'never'
  readonly stacking: 'none'
  readonly xTickLabelMaxLength: number
  readonly xTickLabelRotation: number
  readonly legend: LegendOptions
  readonly tooltip: { readonly mode: 'multi'; readonly sort: 'none' }
}

export interface BarChartStyle {
  readonly fillOpacity: number
  readonly lineWidth: number
}

export interface TableOptions {
  readonly frameIndex: number
  readonly showHeader: boolean
  readonly sortBy: readonly { readonly displayName: string; readonly desc: boolean }[]
}

export interface TableStyle {
  readonly align: 'auto'
  readonly inspect: boolean
  readonly cellOptions: { readonly type: 'auto' }
}
