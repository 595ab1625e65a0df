import { categoricalProfile, InvalidArgumentError, numericProfile } from '@tidegauge/core'
import { assertObject } from '@tidegauge/core/internal'
import { assertOptions } from '@tidegauge/core/options'
import type {
  DriftMethod,
  EvidenceByKind,
  EvidenceKind,
  MethodResult,
} from '../plan/drift-method.ts'
import { seededRandom } from '../samples/seeded-random.ts'

/** What a method claims beyond what every method must do. */
export interface MethodTraits {
  /** Exchanging the sides changes no p-value of it, or no distance. Default true. */
  readonly symmetric?: boolean
  /** Its p-values are never too small, but may be too large: of few values, or of ties. Default false. */
  readonly conservative?: boolean
  /** Pairs of samples without drift that its p-values are held against; default 400. */
  readonly runs?: number
}

/** Of vitest, jest, mocha or node:test, as they call them. */
export interface TestRunner {
  describe(title: string, tests: () => void): void
  test(title: string, run: () => void): void
}

/**
 * What every method must do, as tests: by each kind of evidence that it takes, p in [0, 1] and a finite statistic,
 * `logPValue` the logarithm of p, p-values no smaller than chance makes them and none too large, a large change
 * found (of numbers: another place and three times the spread; of categories: one takes nearly all), the same answer when asked twice, sides exchanged or categories in another order, bins as good as the values where
 * each value has one, and nothing written to what it is given.
 *
 * @param runner - the functions of your test runner
 * @example
 * import { describe, test } from 'vitest'
 * describeMethodContract(medianShift, { describe, test }, { symmetric: true })
 */
export function describeMethodContract(
  method: DriftMethod,
  runner: TestRunner,
  traits: MethodTraits = {},
): void {
  for (const name of ['describe', 'test'] as const) {
    if (typeof runner?.[name] === 'function') continue
    const expected =
      'a function of your test runner: describeMethodContract(method, { describe, test })'
    throw new InvalidArgumentError(`runner.${name}`, expected, runner?.[name])
  }
  assertMethod(method)
  runner.describe(`${method.name} keeps the contract of a method`, () => {
    for (const { title, run } of methodContract(method, traits)) runner.test(title, run)
  })
}

/** One promise of a method; `run` throws an error that says how it is broken. */
export interface ContractCheck {
  readonly title: string
  run(): void
}

/** The same for those who have no test runner. */
export function methodContract(method: DriftMethod, traits: MethodTraits = {}): ContractCheck[] {
  assertOptions('traits', traits, { symmetric: true, conservative: true, runs: true })
  assertMethod(method)
  const kinds = (Object.keys(SAMPLES) as EvidenceKind[]).filter(
    (kind) => method.compare[kind] !== undefined,
  )
  const checks = kinds.flatMap((kind) => checksOf(kind, method, traits))
  return [
    {
      title: 'it takes some evidence',
      run: () => assert(kinds.length > 0, 'compare has no function that is known'),
    },
    ...checks,
  ]
}

function assertMethod(method: DriftMethod): void {
  assertObject('method', method, 'a method: { name, compare }')
  assertObject('method.compare', method.compare, 'its functions, by the evidence that they take')
}

function checksOf<K extends EvidenceKind>(
  kind: K,
  method: DriftMethod,
  { symmetric = true, conservative = false, runs = 400 }: MethodTraits,
): ContractCheck[] {
  const { draw, key } = SAMPLES[kind]
  const compare = method.compare[kind]!
  const ask = (reference: EvidenceByKind[K], current: EvidenceByKind[K]) =>
    checked(compare(reference, current))
  const pair = (seed: number, change: number) => {
    const random = seededRandom(seed)
    return [draw(random, SIZES.n, 0), draw(random, SIZES.m, change)] as const
  }
  const check = (title: string, run: () => void) => ({ title: `${kind}: ${title}`, run })
  return [
    check('p is in [0, 1], the statistic a number, logPValue the logarithm of p', () => {
      for (let seed = 0; seed < 20; seed++) ask(...pair(seed, seed / 4))
    }),
    check('asked twice, it answers the same', () => {
      const [reference, current] = pair(1, 0.5)
      assertEqual(ask(reference, current), ask(reference, current), 'the second answer')
    }),
    check('it writes nothing to what it is given', () => {
      const [reference, current] = pair(2, 0.5)
      const before = JSON.stringify([key(reference), key(current)])
      ask(reference, current)
      const after = JSON.stringify([key(reference), key(current)])
      assert(before === after, 'a side was changed')
    }),
    ...(symmetric
      ? [
          check('exchanging the sides changes nothing', () => {
            for (const change of [0, 0.5]) {
              const [reference, current] = pair(3, change)
              const [there, back] = [ask(reference, current), ask(current, reference)]
              const [a, b] = [answerOf(there), answerOf(back)]
              assertClose(a, b, 'the answer with the sides exchanged')
            }
          }),
        ]
      : []),
    check('no p-value is too small without drift, and a large change is found', () => {
      const found = ask(...pair(4, LARGE))
      const quiet = Array.from({ length: runs }, (_, run) => ask(...pair(100 + run, 0)))
      if (found.kind === 'divergence') {
        const largest = quiet.reduce((most, { statistic }) => Math.max(most, statistic), 0)
        assert(
          found.statistic > largest,
          `the distance of a large change is ${found.statistic}, without any it was up to ${largest}`,
        )
        return
      }
      assert(found.pValue <= 0.01, `a large change has p = ${found.pValue}`)
      for (const level of LEVELS) {
        const alarms = quiet.filter((one) => 'pValue' in one && one.pValue <= level).length
        const [least, most] = boundsOf(runs, level)
        assert(alarms <= most, `${alarms} of ${runs} p-values are at most ${level}`)
        assert(conservative || alarms >= least, `only ${alarms} of ${runs} are at most ${level}`)
      }
    }),
    ...(kind === 'counts'
      ? [check('the order of the categories is no matter', () => anyOrder(method))]
      : []),
    ...(kind === 'bins' && method.compare.values !== undefined && method.bins !== 'deciles'
      ? [check('bins for each value are as good as the values', () => binsAsValues(method))]
      : []),
  ]
}

const SIZES = { n: 120, m: 90 }
/** Of numbers: a shift by so many standard deviations, of which there is that many times more spread. */
const LARGE = 3
const LEVELS = [0.01, 0.05, 0.2, 0.5]

/** Exceeded with a probability of about one in a million. */
function boundsOf(runs: number, level: number): readonly [least: number, most: number] {
  const spread = 5 * Math.sqrt(runs * level * (1 - level))
  return [runs * level - spread - 1, runs * level + spread + 1]
}

interface Sample<E> {
  readonly draw: (random: () => number, size: number, change: number) => E
  /** What of it must stay as it is. */
  readonly key: (sample: E) => unknown
}

const SAMPLES: { readonly [K in EvidenceKind]: Sample<EvidenceByKind[K]> } = {
  values: { draw: drawValues, key: (values) => Array.from(values) },
  bins: {
    draw: (random, size, change) => numericProfile(drawValues(random, size, change), EDGES),
    key: (profile) => profile,
  },
  counts: {
    draw: (random, size, change) => {
      const counts = new Map<string, number>()
      for (let i = 0; i < size; i++) {
        const name = random() < 0.5 + (0.495 * change) / LARGE ? 'a' : 'b'
        counts.set(name, (counts.get(name) ?? 0) + 1)
      }
      return categoricalProfile(counts)
    },
    key: (profile) => profile,
  },
  documents: {
    draw: (random, size, change) =>
      Array.from({ length: size }, () =>
        Array.from({ length: 6 }, () => {
          const word = Math.floor(random() * 40)
          return `word${random() < change / LARGE ? word + 40 : word}`
        }).join(' '),
      ),
    key: (documents) => documents,
  },
}

const EDGES = Array.from({ length: 25 }, (_, i) => (i - 12) / 2)

function drawValues(random: () => number, size: number, change: number): Float64Array {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const spread = 1 + (2 * change) / LARGE
  return Float64Array.from({ length: size }, () => spread * normal() + change).sort()
}

function anyOrder({ compare: { counts } }: DriftMethod): void {
  const before = { a: 70, b: 50 }
  const after = { a: 30, b: 60 }
  const inOrder = (sign: 1 | -1) => {
    const profileOf = (side: Readonly<Record<string, number>>) => {
      const entries = Object.entries(side)
      return categoricalProfile(new Map(sign === 1 ? entries : entries.toReversed()))
    }
    return checked(counts!(profileOf(before), profileOf(after)))
  }
  assertClose(answerOf(inOrder(1)), answerOf(inOrder(-1)), 'the answer in another order')
}

function binsAsValues({ compare: { values, bins } }: DriftMethod): void {
  const random = seededRandom(5)
  const reference = drawValues(random, SIZES.n, 0)
  const current = drawValues(random, SIZES.m, 0.4)
  const edges = [...new Set([...reference, ...current])].sort((a, b) => a - b)
  const [first, second] = [numericProfile(reference, edges), numericProfile(current, edges)]
  const [exact, binned] = [values!(reference, current), bins!(first, second)]
  assertClose(exact.statistic, binned.statistic, 'the statistic of bins')
}

function answerOf(result: MethodResult): number {
  return 'pValue' in result ? result.pValue : result.statistic
}

function checked(result: MethodResult): MethodResult {
  assert(!Number.isNaN(result.statistic), 'the statistic is no number')
  if (result.kind === 'divergence') {
    assert(Number.isFinite(result.statistic), `the distance is ${result.statistic}`)
    return result
  }
  const { pValue, logPValue } = result
  assert(pValue >= 0 && pValue <= 1, `p is ${pValue}`)
  if (logPValue === undefined) return result
  assert(logPValue <= 0, `logPValue is ${logPValue}`)
  if (pValue > 0)
    assert(
      Math.abs(Math.log(pValue) - logPValue) <= 1e-9 * (1 - logPValue),
      'logPValue is not ln p',
    )
  return result
}

function assertClose(a: number, b: number, what: string): void {
  assert(
    Math.abs(a - b) <= 1e-9 * Math.max(1e-300, Math.abs(a), Math.abs(b)),
    `${what} is ${b}, not ${a}`,
  )
}

function assertEqual(a: MethodResult, b: MethodResult, what: string): void {
  assert(JSON.stringify(a) === JSON.stringify(b), `${what} differs`)
}

function assert(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message)
}
