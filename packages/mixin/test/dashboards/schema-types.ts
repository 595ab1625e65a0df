import type { Dashboard, FieldConfig, Panel, RowPanel } from '@grafana/schema'
import type * as BarChart from '@grafana/schema/dist/esm/raw/composable/barchart/panelcfg/x/BarChartPanelCfg_types.gen.js'
import type * as Heatmap from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen.js'
import type * as Stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.js'
import type * as StateTimeline from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen.js'
import type * as Table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen.js'
import type * as TimeSeries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.js'
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

/** A type error where the first cannot be taken for the second, or has a key that the second has not. */
type Fits<Ours extends Plain<Theirs>, Theirs, _Unknown extends never = never> = Ours

type Parts = 'panels' | 'annotations' | 'templating'

/** Not run: `tsc` is the test. */
export type Checks = [
  Fits<GrafanaDashboard, Dashboard>,
  Fits<
    Omit<GrafanaDashboard, Parts>,
    Omit<Dashboard, Parts>,
    UnknownKeys<Omit<GrafanaDashboard, Parts>, Omit<Dashboard, Parts>>
  >,
  Fits<GrafanaPanel, Panel, UnknownKeys<GrafanaPanel, Panel>>,
  Fits<GrafanaRow, RowPanel, UnknownKeys<GrafanaRow, RowPanel>>,
  Fits<GrafanaField<object>, FieldConfig>,
  Fits<StatOptions, Stat.Options, UnknownKeys<StatOptions, Stat.Options>>,
  Fits<TimeSeriesOptions, TimeSeries.Options, UnknownKeys<TimeSeriesOptions, TimeSeries.Options>>,
  Fits<
    TimeSeriesStyle,
    TimeSeries.FieldConfig,
    UnknownKeys<TimeSeriesStyle, TimeSeries.FieldConfig>
  >,
  Fits<HeatmapOptions, Heatmap.Options, UnknownKeys<HeatmapOptions, Heatmap.Options>>,
  Fits<HeatmapStyle, Heatmap.FieldConfig, UnknownKeys<HeatmapStyle, Heatmap.FieldConfig>>,
  Fits<
    StateTimelineOptions,
    StateTimeline.Options,
    UnknownKeys<StateTimelineOptions, StateTimeline.Options>
  >,
  Fits<
    StateTimelineStyle,
    StateTimeline.FieldConfig,
    UnknownKeys<StateTimelineStyle, StateTimeline.FieldConfig>
  >,
  Fits<BarChartOptions, BarChart.Options, UnknownKeys<BarChartOptions, BarChart.Options>>,
  Fits<BarChartStyle, BarChart.FieldConfig, UnknownKeys<BarChartStyle, BarChart.FieldConfig>>,
  Fits<TableOptions, Table.Options, UnknownKeys<TableOptions, Table.Options>>,
  Fits<TableStyle, Table.FieldConfig, UnknownKeys<TableStyle, Table.FieldConfig>>,
]

type Annotations = NonNullable<Dashboard['annotations']>['list']

/** What the check must refuse: a key and a value that they do not know. */
export type Refusals = [
  // @ts-expect-error: `titleFormat` is the Prometheus data source's own, so no type of theirs has it
  Fits<GrafanaAnnotation, object, UnknownKeys<GrafanaAnnotation, NonNullable<Annotations>[number]>>,
  // @ts-expect-error: no such mode
  Fits<{ readonly mode: 'several' }, Pick<TimeSeries.Options['tooltip'], 'mode'>>,
]
