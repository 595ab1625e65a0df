/** A Prometheus rule file as plain data: what `rulesYaml` writes. */
export interface RuleFile {
  readonly groups: readonly RuleGroup[]
}

/** Rules that Prometheus evaluates one after the other, at the same time stamp, every `interval`. */
export interface RuleGroup {
  /** Unique within its file. */
  readonly name: string
  /** A Prometheus duration such as `1m`; the server's `evaluation_interval` where it is left out. */
  readonly interval?: string
  readonly rules: readonly Rule[]
}

export type Rule = RecordingRule | AlertingRule

export interface RecordingRule {
  /** `level:metric:operations`, by Prometheus' convention. */
  readonly record: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
}

export interface AlertingRule {
  readonly alert: string
  readonly expr: string
  /** How long `expr` must hold before the alert fires, as a Prometheus duration. */
  readonly for?: string
  /** Values are Go templates. */
  readonly labels?: Readonly<Record<string, string>>
  /** Values are Go templates. */
  readonly annotations?: Readonly<Record<string, string>>
}
