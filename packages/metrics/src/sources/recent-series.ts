/** Something about each series, kept while it is there and for a while after that. */
export class RecentSeries<T> {
  private readonly kept = new Map<string, T>()
  private readonly most: number

  /** @param live - series that are there at most at once, of which none is forgotten */
  constructor(live: number) {
    // Those of this round and of the last are both among them.
    this.most = 2 * live
  }

  get(key: string): T | undefined {
    return this.kept.get(key)
  }

  set(key: string, value: T): void {
    // Behind all others, so that the first one was not seen for longest.
    this.kept.delete(key)
    this.kept.set(key, value)
    if (this.kept.size <= this.most) return
    for (const oldest of this.kept.keys()) {
      this.kept.delete(oldest)
      return
    }
  }
}
