/**
 * Sort numbers in place, ascending: several times as fast as `Float64Array.prototype.sort` on many.
 *
 * Whole numbers of a small range (ages, counts) are counted. All others: a radix sort on the high 32 bits
 * (11 + 11 + 10), then one insertion sort over what they leave equal. Where that turns out long (timestamps,
 * say, that differ in the low bits alone) the built-in sort ends it.
 *
 * @param numbers - without NaN; −0 and 0 are equal, come in either order, and −0 may come out as 0
 * @returns `numbers`
 */
export function sortNumbers(numbers: Float64Array): Float64Array {
  const n = numbers.length
  if (n < WORTH_ITS_TABLES) return numbers.sort()
  if (sortedByCounting(numbers)) return numbers
  let from: Float64Array = numbers
  let to: Float64Array = new Float64Array(n)
  for (const [k, offsets] of digitOffsets(numbers).entries()) {
    if (offsets === ALL_ALIKE) continue
    distribute(from, to, offsets, SHIFTS[k]!)
    ;[from, to] = [to, from]
  }
  if (from !== numbers) numbers.set(from)
  return insertionSort(numbers, 8 * n) ? numbers : numbers.sort()
}

const WORTH_ITS_TABLES = 768

/** Whole numbers of a small range are counted, and written down in order. @returns false for all others */
function sortedByCounting(numbers: Float64Array): boolean {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let i = 0; i < numbers.length; i++) {
    const x = numbers[i]!
    if (x < low) low = x
    if (x > high) high = x
    // Not of infinite ones: ∞ − ∞ is no range.
    if (Math.floor(x) !== x || !(high - low <= LARGEST_RANGE)) return false
  }
  const counts = new Uint32Array(high - low + 1)
  for (let i = 0; i < numbers.length; i++) counts[numbers[i]! - low]!++
  let end = 0
  for (let k = 0; k < counts.length; k++) {
    const start = end
    end += counts[k]!
    numbers.fill(low + k, start, end)
  }
  return true
}

/** Of whole numbers that are counted: the counts stay in the cache. */
const LARGEST_RANGE = 1 << 12

/** Where each digit of the high word begins, and how many values it has. */
const SHIFTS = [0, 11, 22] as const
const SIZES = [1 << 11, 1 << 11, 1 << 10] as const
/** Every number has the same digit (that of small integers, say): there is nothing to move. */
const ALL_ALIKE = null

/** Where the high word of a double lies in its two words. */
export const HIGH_WORD: 0 | 1 = /* @__PURE__ */ highWord()

function highWord(): 0 | 1 {
  return new Uint32Array(new Float64Array([1]).buffer)[1] === 0 ? 0 : 1
}

/** The high word as an unsigned number in the order of the doubles: negative ones are all inverted. */
function orderedWord(word: number): number {
  return word ^ ((word >> 31) | 0x80000000)
}

/** For each of the three digits, where the first double with that digit belongs. */
function digitOffsets(numbers: Float64Array): Array<Uint32Array | typeof ALL_ALIKE> {
  const low = new Uint32Array(SIZES[0])
  const middle = new Uint32Array(SIZES[1])
  const high = new Uint32Array(SIZES[2])
  const words = wordsOf(numbers)
  for (let i = HIGH_WORD; i < words.length; i += 2) {
    const word = orderedWord(words[i]!)
    low[word & 2047]!++
    middle[(word >>> 11) & 2047]!++
    high[word >>> 22]!++
  }
  return [low, middle, high].map((counts) => startsOf(counts, numbers.length))
}

/** Turns counts into the place of each digit's first number, in place. */
function startsOf(counts: Uint32Array, total: number): Uint32Array | typeof ALL_ALIKE {
  let before = 0
  for (let digit = 0; digit < counts.length; digit++) {
    const count = counts[digit]!
    if (count === total) return ALL_ALIKE
    counts[digit] = before
    before += count
  }
  return counts
}

/** One pass: move every double behind those with a smaller digit. */
function distribute(
  from: Float64Array,
  to: Float64Array,
  offsets: Uint32Array,
  shift: number,
): void {
  const mask = offsets.length - 1
  const words = wordsOf(from)
  for (let i = 0; i < from.length; i++) {
    const digit = (orderedWord(words[2 * i + HIGH_WORD]!) >>> shift) & mask
    to[offsets[digit]!++] = from[i]!
  }
}

export function wordsOf(numbers: Float64Array): Uint32Array {
  return new Uint32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length)
}

/** @returns false where it gave up after that many moves; the numbers are all there, in some order. */
function insertionSort(numbers: Float64Array, maxMoves: number): boolean {
  let moves = 0
  let largest = numbers[0]!
  for (let i = 1; i < numbers.length; i++) {
    const x = numbers[i]!
    if (x >= largest) {
      largest = x
      continue
    }
    let j = i
    while (j > 0 && numbers[j - 1]! > x) {
      numbers[j] = numbers[j - 1]!
      j--
    }
    numbers[j] = x
    moves += i - j
    if (moves > maxMoves) return false
  }
  return true
}
