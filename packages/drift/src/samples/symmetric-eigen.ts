export interface Eigen {
  readonly values: readonly number[]
  /** `vectors[k]` has length 1 and belongs to `values[k]`. */
  readonly vectors: readonly (readonly number[])[]
}

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi rotations.
 *
 * @param matrix - square and symmetric
 * @see Golub & Van Loan (2013), Matrix Computations, section 8.5
 */
export function symmetricEigen(matrix: readonly (readonly number[])[]): Eigen {
  const size = matrix.length
  const a = matrix.map((row) => [...row])
  const vectors = matrix.map((_, i) => matrix.map((_, j) => (i === j ? 1 : 0)))
  for (let sweep = 0; sweep < 30; sweep++) {
    let rotated = false
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        if (Math.abs(a[p]![q]!) > 1e-18 * Math.sqrt(Math.abs(a[p]![p]! * a[q]![q]!))) {
          rotate(a, vectors, p, q)
          rotated = true
        }
      }
    }
    if (!rotated) break
  }
  return { values: a.map((row, i) => row[i]!), vectors }
}

/** The rotation in the plane of p and q that makes a[p][q] 0. */
function rotate(a: number[][], vectors: number[][], p: number, q: number): void {
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!)
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(1, theta))
  const cosine = 1 / Math.hypot(1, tangent)
  const sine = tangent * cosine
  for (const row of a) rotatePair(row, p, q, cosine, sine)
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[p]![k]!, a[q]![k]!]
    a[p]![k] = cosine * x - sine * y
    a[q]![k] = sine * x + cosine * y
    const [v, w] = [vectors[p]![k]!, vectors[q]![k]!]
    vectors[p]![k] = cosine * v - sine * w
    vectors[q]![k] = sine * v + cosine * w
  }
}

function rotatePair(row: number[], p: number, q: number, cosine: number, sine: number): void {
  const [x, y] = [row[p]!, row[q]!]
  row[p] = cosine * x - sine * y
  row[q] = sine * x + cosine * y
}
