export type { Preset, Semantics } from '../semantics.ts'
export { EVIDENTLY, EVIDENTLY_07 } from './evidently.ts'
export {
  type EvidentlyFitTest,
  evidentlyChiSquare,
  evidentlyFisherExact,
  evidentlyGTest,
  evidentlyZTest,
} from './tests.ts'
