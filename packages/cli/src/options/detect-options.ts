import type { DetectDriftOptions, MethodChoice } from '@tidegauge/drift'
import { UsageError } from '../usage-error.ts'
import { DRIFT_OPTIONS, type DriftCommandOptions } from './drift-options.ts'
import { libraryOptions } from './library-options.ts'
import { EVERY_COLUMN } from './option-spec.ts'
import { redactionOf } from './redaction-key.ts'

/** What `detectDrift` gets of the options. */
export function detectOptionsOf(options: DriftCommandOptions): DetectDriftOptions {
  return {
    ...libraryOptions<DetectDriftOptions>('drift', DRIFT_OPTIONS, options),
    ...methodsOf(options),
    redact: redactionOf(options),
    types: options.type ?? {},
    units: options.unit ?? {},
  }
}

function methodsOf({
  method = {},
  'type-method': byType,
  preset,
}: DriftCommandOptions): Pick<DetectDriftOptions, 'method' | 'methods'> {
  const { [EVERY_COLUMN]: general, ...byColumn } = method
  if (general !== undefined && byType !== undefined) {
    throw new UsageError(`--method ${general} is of every type: leave --type-method out beside it`)
  }
  if (preset !== undefined && byType !== undefined) {
    throw new UsageError('--type-method must be left out beside a --preset')
  }
  const chosen =
    general === undefined
      ? byType && choicesOf('--type-method', byType)
      : methodOf('--method', general)
  return {
    ...(chosen !== undefined && { method: chosen }),
    ...(Object.keys(byColumn).length > 0 && { methods: choicesOf('--method', byColumn) }),
  }
}

function choicesOf(
  option: string,
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, MethodChoice>> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, methodOf(option, text)]),
  )
}

/** `psi`, or `psi:0.2`: with a threshold. What is no method is refused by the library. */
function methodOf(option: string, text: string): MethodChoice {
  const [, method, threshold] = /^(.*):([^:]*)$/.exec(text) ?? []
  if (method === undefined) return text as MethodChoice
  const number = threshold!.trim() === '' ? Number.NaN : Number(threshold)
  if (Number.isNaN(number)) {
    throw new UsageError(`${option} ${text}: the threshold must be a number, as in amount=psi:0.2`)
  }
  return { method, threshold: number } as MethodChoice
}
