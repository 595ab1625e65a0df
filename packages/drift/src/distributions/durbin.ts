/**
 * P(D < d) of the two-sided one-sample Kolmogorov–Smirnov distance by Durbin's matrix: exact for any n,
 * O(k³ log n) with k = ⌈nd⌉.
 *
 * With h = k − nd the probability is n!/nⁿ times the middle element of Hⁿ. Powers of two are split off
 * on the way, since both factors leave the range of a double.
 *
 * @param n - sample size, a positive integer
 * @param d - the distance, above 1/(2n)
 * @see Marsaglia, Tsang & Wang (2003), Journal of Statistical Software 8(18)
 */
export function durbinMatrixCdf(n: number, d: number): number {
  const k = Math.ceil(n * d)
  const size = 2 * k - 1
  const centre = (k - 1) * size + (k - 1)
  const power = matrixPower(durbinMatrix(size, k - n * d), size, n, centre)
  let probability = power.elements[centre]!
  let exponent = power.exponent
  for (let i = 1; i <= n; i++) {
    probability *= i / n
    if (probability < 1 / SCALE) {
      probability *= SCALE
      exponent -= SCALE_EXPONENT
    }
  }
  return Math.min(1, probability * 2 ** exponent)
}

/** Rows of 1/(i − j + 1)!, and what h takes away in the first column and the last row. */
function durbinMatrix(size: number, h: number): Float64Array {
  const reciprocalFactorial = new Float64Array(size + 1).fill(1)
  for (let i = 1; i <= size; i++) reciprocalFactorial[i] = reciprocalFactorial[i - 1]! / i
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= Math.min(i + 1, size - 1); j++) {
      matrix[i * size + j] = reciprocalFactorial[i - j + 1]!
    }
  }
  const corner = (size - 1) * size
  for (let i = 0; i < size; i++) {
    const removed = h ** (i + 1) * reciprocalFactorial[i + 1]!
    matrix[i * size]! -= removed
    matrix[corner + size - 1 - i]! -= removed
  }
  matrix[corner]! += Math.max(2 * h - 1, 0) ** size * reciprocalFactorial[size]!
  return matrix
}

/** elements · 2^exponent */
interface ScaledMatrix {
  readonly elements: Float64Array
  readonly exponent: number
}

function matrixPower(matrix: Float64Array, size: number, n: number, centre: number): ScaledMatrix {
  if (n === 1) return { elements: matrix, exponent: 0 }
  const root = matrixPower(matrix, size, Math.floor(n / 2), centre)
  let elements = multiply(root.elements, root.elements, size)
  if (n % 2 === 1) elements = multiply(elements, matrix, size)
  const exponent = 2 * root.exponent
  if (elements[centre]! < SCALE) return { elements, exponent }
  return { elements: elements.map((x) => x / SCALE), exponent: exponent + SCALE_EXPONENT }
}

// A power of two, so that scaling rounds nothing; its square must stay finite.
const SCALE_EXPONENT = 400
const SCALE = 2 ** SCALE_EXPONENT

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k]!
      if (factor === 0) continue
      for (let j = 0; j < size; j++) product[i * size + j]! += factor * b[k * size + j]!
    }
  }
  return product
}
