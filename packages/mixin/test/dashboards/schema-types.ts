import type { Dashboard, FieldConfig, Panel, RowPanel } from '@grafana/schema'
import type * as BarChart from '@grafana/schema/dist/esm/raw/composable/barchart/panelcfg/x/BarChartPanelCfg_types.gen.js'
import type * as Heatmap from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen.js'
import type * as Stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.js'
import type * as StateTimeline from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen.js'
import type * as Table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen.js'
import type * as TimeSeries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.js'
import type {
  Dashboard as Dashboard13,
  FieldConfig as FieldConfig13,
  Panel as Panel13,
  RowPanel as RowPanel13,
} from '@grafana/schema-13'
import type * as BarChart13 from '@grafana/schema-13/dist/esm/raw/composable/barchart/panelcfg/x/BarChartPanelCfg_types.gen'
import type * as Heatmap13 from '@grafana/schema-13/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen'
import type * as Stat13 from '@grafana/schema-13/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen'
import type * as StateTimeline13 from '@grafana/schema-13/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen'
import type * as Table13 from '@grafana/schema-13/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen'
import type * as TimeSeries13 from '@grafana/schema-13/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen'
import type {
  BarChartOptions,
  BarChartStyle,
  GrafanaAnnotation,
  GrafanaDashboard,
  GrafanaField,
  GrafanaPanel,
  GrafanaRow,
  HeatmapOptions,
  HeatmapStyle,
  StateTimelineOptions,
  StateTimelineStyle,
  StatOptions,
  TableOptions,
  TableStyle,
  TimeSeriesOptions,
  TimeSeriesStyle,
} from '../../src/index.ts'

/** Their type as JSON has it: enumerations are their values, and nothing is to be changed. */
type Plain<T> = T extends string
  ? `${T}`
  : T extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : T extends object
      ? string extends keyof T
        ? object // of any keys
        : { readonly [Key in keyof T]: Plain<T[Key]> }
      : T

/** Paths of keys that we write and they do not know; `never` where there are none. */
type UnknownKeys<Ours, Theirs> = Ours extends readonly (infer OurItem)[]
  ? Theirs extends readonly (infer TheirItem)[]
    ? UnknownKeys<OurItem, TheirItem>
    : never
  : Ours extends object
    ? string extends keyof Ours
      ? never // of any keys
      : Theirs extends object
        ? {
            [Key in keyof Ours & string]-?: Key extends keyof Theirs
              ? UnknownKeys<Ours[Key], Exclude<Theirs[Key], undefined>>
              : Key
          }[keyof Ours & string]
        : never
    : never

/** What is wrong with the first as the second: `never` where it can be taken for it, and has no key that the second has not. */
type Misfit<Ours, Theirs> = [Ours] extends [Plain<Theirs>] ? UnknownKeys<Ours, Theirs> : 'unlike'

/** The types of one version of Grafana. */
interface Schema {
  readonly dashboard: unknown
  readonly panel: unknown
  readonly row: unknown
  readonly field: unknown
  readonly barchart: readonly [options: unknown, style: unknown]
  readonly heatmap: readonly [options: unknown, style: unknown]
  readonly stat: unknown
  readonly stateTimeline: readonly [options: unknown, style: unknown]
  readonly table: readonly [options: unknown, style: unknown]
  readonly timeseries: readonly [options: unknown, style: unknown]
}

interface Grafana11 {
  readonly dashboard: Dashboard
  readonly panel: Panel
  readonly row: RowPanel
  readonly field: FieldConfig
  readonly barchart: readonly [BarChart.Options, BarChart.FieldConfig]
  readonly heatmap: readonly [Heatmap.Options, Heatmap.FieldConfig]
  readonly stat: Stat.Options
  readonly stateTimeline: readonly [StateTimeline.Options, StateTimeline.FieldConfig]
  readonly table: readonly [Table.Options, Table.FieldConfig]
  readonly timeseries: readonly [TimeSeries.Options, TimeSeries.FieldConfig]
}

interface Grafana13 {
  readonly dashboard: Dashboard13
  readonly panel: Panel13
  readonly row: RowPanel13
  readonly field: FieldConfig13
  readonly barchart: readonly [BarChart13.Options, BarChart13.FieldConfig]
  readonly heatmap: readonly [Heatmap13.Options, Heatmap13.FieldConfig]
  readonly stat: Stat13.Options
  readonly stateTimeline: readonly [StateTimeline13.Options, StateTimeline13.FieldConfig]
  readonly table: readonly [Table13.Options, Table13.FieldConfig]
  readonly timeseries: readonly [TimeSeries13.Options, TimeSeries13.FieldConfig]
}

type Parts = 'panels' | 'annotations' | 'templating'

interface Misfits<S extends Schema> {
  readonly whole: [GrafanaDashboard] extends [Plain<S['dashboard']>] ? never : 'unlike'
  readonly dashboard: Misfit<Omit<GrafanaDashboard, Parts>, Omit<S['dashboard'], Parts>>
  readonly panel: Misfit<GrafanaPanel, S['panel']>
  readonly row: Misfit<GrafanaRow, S['row']>
  readonly field: [GrafanaField<object>] extends [Plain<S['field']>] ? never : 'unlike'
  readonly barchart:
    | Misfit<BarChartOptions, S['barchart'][0]>
    | Misfit<BarChartStyle, S['barchart'][1]>
  readonly heatmap: Misfit<HeatmapOptions, S['heatmap'][0]> | Misfit<HeatmapStyle, S['heatmap'][1]>
  readonly stat: Misfit<StatOptions, S['stat']>
  readonly stateTimeline:
    | Misfit<StateTimelineOptions, S['stateTimeline'][0]>
    | Misfit<StateTimelineStyle, S['stateTimeline'][1]>
  readonly table: Misfit<TableOptions, S['table'][0]> | Misfit<TableStyle, S['table'][1]>
  readonly timeseries:
    | Misfit<TimeSeriesOptions, S['timeseries'][0]>
    | Misfit<TimeSeriesStyle, S['timeseries'][1]>
}

/** A type error where there is any. */
type None<Problem extends never> = Problem

/** Not run: `tsc` is the test. */
export type Checks = [
  None<Misfits<Grafana11>[keyof Misfits<Grafana11>]>,
  None<Misfits<Grafana13>[keyof Misfits<Grafana13>]>,
]

type Annotation<S extends { readonly annotations?: { readonly list?: readonly unknown[] } }> =
  NonNullable<NonNullable<S['annotations']>['list']>[number]

/** What the checks must refuse: a key and a value that they do not know. */
export type Refusals = [
  // @ts-expect-error: `titleFormat` is the Prometheus data source's own, so no type of theirs has it
  None<UnknownKeys<GrafanaAnnotation, Annotation<Dashboard>>>,
  // @ts-expect-error: nor has that of the newer
  None<UnknownKeys<GrafanaAnnotation, Annotation<Dashboard13>>>,
  // @ts-expect-error: no such mode
  None<Misfit<{ readonly mode: 'several' }, Pick<TimeSeries.Options['tooltip'], 'mode'>>>,
  // @ts-expect-error: nor in the newer
  None<Misfit<{ readonly mode: 'several' }, Pick<TimeSeries13.Options['tooltip'], 'mode'>>>,
]
