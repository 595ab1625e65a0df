export function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

/** How many `segmentsOf` are at most, without making them. */
export function segmentCount(path: string): number {
  let segments = 0
  for (let i = 0; i < path.length; i++) {
    if (path.charCodeAt(i) === SLASH && i + 1 < path.length) segments++
  }
  return segments
}

const SLASH = 47
