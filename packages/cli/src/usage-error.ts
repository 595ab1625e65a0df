/** Wrong usage or data that cannot be read: one clear line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'ERR_USAGE'
}
