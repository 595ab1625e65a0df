/** An option as the command line, the help, the config file and the docs know it. */
export type OptionSpec = Described &
  (
    | { readonly kind: 'flag' }
    | { readonly kind: 'text'; readonly oneOf?: readonly string[] }
    /** Repeated, or with commas. */
    | {
        readonly kind: 'list'
        readonly oneOf?: readonly string[]
        /** An empty text is one of its values. */
        readonly mayBeEmpty?: true
      }
    | ({ readonly kind: 'number' } & Bounds)
    | MapSpec
  )

interface Described {
  /** The heading below which the help has it. */
  readonly group: string
  /** What stands behind its name, such as `<file>`; a flag has nothing. */
  readonly value?: string
  /** What it does; with what it can be, where that is one of a few. */
  readonly text: string
  /** What holds where it is not said: as the library has it, or in words. */
  readonly default?: number | string
  /** One letter. */
  readonly short?: string
  /** Not in a config file. */
  readonly lineOnly?: true
  /** In a config file alone: what stands on a command line, others see. */
  readonly fileOnly?: true
  /** Options of the library that get its value as it is, such as `drift.alpha`. */
  readonly fills?: string | readonly string[]
  /** Options of the library that the command makes of its value. */
  readonly feeds?: string | readonly string[]
}

/** What a number must be; what the library checks it says itself. */
interface Bounds {
  readonly whole?: true
  readonly least?: number
  readonly above?: number
  readonly most?: number
}

/** `key=value`, repeated. */
interface MapSpec {
  readonly kind: 'map'
  readonly oneOf?: readonly string[]
  /** What the keys must be; default: anything. */
  readonly keys?: readonly string[]
  /** The values are numbers. */
  readonly numbers?: true
  /** A value without a key holds for every one. */
  readonly every?: true
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

/** A command: what its help says above and below its options, and where it is found in a config file. */
export interface CommandSpec {
  /** One line, for the list of the commands. */
  readonly summary: string
  /** Behind its name. */
  readonly usage: string
  readonly about: string
  readonly arguments?: ReadonlyArray<readonly [name: string, text: string]>
  readonly options: OptionSpecs
  /** `top`: its options are the keys of a config file; `part`: those of a part by its name. */
  readonly config: 'top' | 'part' | 'none'
  /** What a config file calls its arguments. */
  readonly paths: readonly string[]
  readonly notes?: readonly string[]
  readonly examples: readonly string[]
}

type OneOf<Spec> = Spec extends { readonly oneOf: ReadonlyArray<infer Choice> } ? Choice : string

type ValueOf<Spec extends OptionSpec> = Spec['kind'] extends 'text'
  ? OneOf<Spec>
  : Spec['kind'] extends 'number'
    ? number
    : Spec['kind'] extends 'flag'
      ? boolean
      : Spec['kind'] extends 'list'
        ? ReadonlyArray<OneOf<Spec>>
        : Readonly<Record<string, Spec extends { readonly numbers: true } ? number : OneOf<Spec>>>

/** What was said; an option that was not is absent. */
export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]?: ValueOf<Specs[Name]>
}

/** The key of a map for a value without one: `--method psi`. */
export const EVERY_COLUMN = ''

/** What a config file calls an option. */
export function configKey(option: string): string {
  return option.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** The options of the library that an option is for. */
export function librariesOf({ fills = [], feeds = [] }: OptionSpec): readonly string[] {
  return [fills, feeds].flat()
}
