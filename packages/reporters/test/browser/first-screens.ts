import { type DriftReport, detectDrift, profile } from '@tidegauge/drift'
import { generator } from '../drift-report.fixture.ts'
import { seededReport } from './seeded-report.ts'

type Table = Readonly<Record<string, readonly unknown[]>>

/** A report for each thing that a first screen has to tell, by what it tells. */
export function firstScreens(): Readonly<Record<string, DriftReport>> {
  const [march, april] = [bookings(1, 2000, 0), bookings(2, 2000, 1)]
  const names = { reference: 'bookings-2026-03', current: 'bookings-2026-04' }
  const roles = { names, target: 'cancelled', prediction: 'score' } as const
  const quiet = bookings(3, 2000, 0)
  return {
    drifted: detectDrift(march, april, roles),
    stable: detectDrift(march, quiet, roles),
    'all-drifted': detectDrift(numbers(1, 0), numbers(2, 2), { names }),
    'lost-features': detectDrift(march, without(april, ['price', 'city', 'weekday']), roles),
    'too-few-rows': detectDrift(march, bookings(4, 12, 0), roles),
    disjoint: detectDrift(march, renamed(april), { names }),
    wide: seededReport(400, 120),
    stored: detectDrift(profile(march), withOutliers(april), roles),
    latency: detectDrift(latencies(1, 1), latencies(2, 1.6), {
      names: { reference: 'last week', current: 'since the release' },
    }),
    evidently: detectDrift(march, april, { ...roles, preset: 'evidently' }),
    ...picturesOfAllKinds(),
  }
}

/** A column for each thing that a picture has to show, of rows, of a stored profile and of two of them. */
export function picturesOfAllKinds(): Readonly<
  Record<'pictures' | 'stored-pictures' | 'both-stored', DriftReport>
> {
  const [before, after] = [kinds(1, 0), kinds(2, 1)]
  return {
    pictures: detectDrift(before, after),
    'stored-pictures': detectDrift(profile(before), after),
    'both-stored': detectDrift(profile(before), profile(after)),
  }
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

const DAY = 86_400_000
const CITIES = ['Lisbon', 'Porto', 'Faro', 'Braga', 'Évora', 'Coimbra', 'Aveiro']

/** A month of bookings: quiet where `moved` is 0. */
function bookings(seed: number, rows: number, moved: number): Table {
  const random = generator(seed)
  const column = (draw: () => unknown): unknown[] => Array.from({ length: rows }, draw)
  return {
    price: column(() => Math.exp(4 + 0.9 * normal(random) + 0.5 * moved)),
    age: column(() => Math.round(41 + 12 * normal(random))),
    lead_days: column(() => Math.floor(-30 * Math.log(1 - random()))),
    weekday: column(() => 1 + Math.floor(7 * random() ** (1 + 0.3 * moved))),
    city: column(() => CITIES[Math.floor(CITIES.length * random() ** (1.5 + 0.6 * moved))]),
    channel: column(() => (random() < 0.6 - 0.2 * moved ? 'web' : random() < 0.7 ? 'app' : 'desk')),
    income: column(() => (random() < 0.1 + 0.28 * moved ? null : 30_000 + 9000 * normal(random))),
    returning: column(() => random() < 0.31),
    booked_at: column(() => new Date(Date.UTC(2026, 2, 1) + DAY * 31 * random())),
    remark: column(() => (random() < 0.97 ? null : 'late arrival')),
    score: column(() => Math.round(1000 * random() ** (1 + 0.1 * moved)) / 1000),
    cancelled: column(() => random() < 0.21 + 0.18 * moved),
  }
}

function kinds(seed: number, moved: number): Table {
  const random = generator(seed)
  const column = (draw: (i: number) => unknown): unknown[] =>
    Array.from({ length: 3000 }, (_, i) => draw(i))
  const skewed = (by: number) => random() ** (1 + by * moved)
  const far = [0, 1, 2, 5, 60, 1000]
  return {
    'slips of the comma': column((i) =>
      i % 1000 === 7 ? 1e7 * (1 + random()) : 50 + 10 * normal(random) + 10 * moved,
    ),
    'both ends': column((i) =>
      i % 500 === 7 ? (i % 1000 === 7 ? 1e7 : -1e7) : 10 * normal(random) + 10 * moved,
    ),
    '-999 is unknown': column((i) => (i % 50 === 7 ? -999 : 20 + 5 * normal(random) + 5 * moved)),
    'long tail': column(() => Math.exp(2 * normal(random) + moved)),
    'very long tail': column(() => 1 / (1 - random()) + moved),
    weekday: column(() => 1 + Math.floor(7 * skewed(0.3))),
    'yes or no': column(() => (random() < 0.3 + 0.2 * moved ? 1 : 0)),
    'up to twenty': column(() => Math.floor(20 * skewed(1))),
    'far apart': column(() => far[Math.floor(6 * skewed(0.3))]),
    halves: column(() => Math.floor(10 * skewed(0.5)) / 2),
    constant: column(() => 7 + moved),
    age: column(() => Math.max(18, Math.round(41 + 12 * normal(random) + 3 * moved))),
    day: column(() => new Date(Date.UTC(2026, 2, 1 + Math.floor(5 * skewed(1))))),
    'seconds since 1970': column(() => 1.7e9 + 0.01 * normal(random) + 0.01 * moved),
    'more are missing': column(() => (random() < 0.1 + 0.2 * moved ? null : normal(random))),
  }
}

function numbers(seed: number, shift: number): Table {
  const random = generator(seed)
  const draw = () => Array.from({ length: 500 }, () => normal(random) + shift)
  return Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`sensor ${i + 1}`, draw()]))
}

function without(table: Table, names: readonly string[]): Table {
  return Object.fromEntries(Object.entries(table).filter(([name]) => !names.includes(name)))
}

function renamed(table: Table): Table {
  return Object.fromEntries(
    Object.entries(table).map(([name, cells]) => [name.toUpperCase(), cells]),
  )
}

/** One value in a thousand is a slip of the comma. */
function withOutliers(table: Table): Table {
  const price = table.price!.map((cell, i) => (i % 1000 === 7 ? Number(cell) * 1e5 : cell))
  return { ...table, price }
}

const ROUTES = ['GET /predict', 'POST /bookings', 'GET /bookings/:id', 'GET /health']

/** Seconds of each route. */
function latencies(seed: number, slower: number): Parameters<typeof detectDrift>[0] {
  const random = generator(seed)
  const seconds = (route: number, factor: number): number[] =>
    Array.from({ length: 3000 }, () => 0.01 * (route + 1) * factor * Math.exp(0.5 * normal(random)))
  const table = Object.fromEntries(
    ROUTES.map((route, i) => [route, seconds(i, i === 0 ? slower : 1)]),
  )
  return table
}
