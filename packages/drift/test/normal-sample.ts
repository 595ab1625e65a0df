import { seededRandom } from '../src/samples/seeded-random.ts'

/** Of N(0, 1), the same for the same seed. */
export function normalSample(n: number, seed: number): number[] {
  const random = seededRandom(seed)
  return Array.from({ length: n }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()))
    return radius * Math.cos(2 * Math.PI * random())
  })
}
