import { InvalidArgumentError } from '@tidegauge/core'
import { EVIDENTLY, EVIDENTLY_07 } from './evidently/evidently.ts'
import { OURS } from './ours.ts'
import type { Preset, Semantics } from './semantics.ts'

const PRESETS: Readonly<Record<Preset, Semantics>> = {
  evidently: EVIDENTLY,
  'evidently-0.7': EVIDENTLY_07,
}

/**
 * The rules that were chosen, by name or as the object itself.
 *
 * @throws InvalidArgumentError where there is no preset of that name
 */
export function semanticsOf(preset: Preset | Semantics | null | undefined): Semantics {
  if (preset === null || preset === undefined) return OURS
  const name = typeof preset === 'string' ? preset : (preset as Partial<Semantics>).name
  if (typeof name !== 'string' || !Object.hasOwn(PRESETS, name)) {
    const expected = `one of ${Object.keys(PRESETS).join(', ')}`
    throw new InvalidArgumentError('preset', expected, name ?? preset)
  }
  return PRESETS[name]
}
