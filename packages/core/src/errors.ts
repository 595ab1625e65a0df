/**
 * The root of every error tidegauge throws on purpose.
 *
 * Match on `code`: `instanceof` fails between the ESM and the CJS build of one package.
 */
export class TidegaugeError extends Error {
  override readonly name: string = 'TidegaugeError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** An argument that cannot be worked with: names it, says what it must be and what came. */
export class InvalidArgumentError extends TidegaugeError {
  override readonly name = 'InvalidArgumentError'

  constructor(argument: string, expected: string, received: unknown) {
    super(
      'ERR_INVALID_ARGUMENT',
      `"${argument}" must be ${expected}, received ${describe(received)}`,
    )
  }
}

/** Two profiles that cannot be added or compared: other edges, or another kind. */
export class IncompatibleProfilesError extends TidegaugeError {
  override readonly name = 'IncompatibleProfilesError'

  constructor(message: string) {
    super('ERR_INCOMPATIBLE_PROFILES', message)
  }
}

/** A stored file written by a version of tidegauge that this one does not know. */
export class UnsupportedVersionError extends TidegaugeError {
  override readonly name = 'UnsupportedVersionError'

  constructor(what: string, known: number, received: unknown) {
    super(
      'ERR_UNSUPPORTED_VERSION',
      `${what} has version ${describe(received)}, this release reads version ${known}: write it again, or install the release that wrote it`,
    )
  }
}

const LONGEST = 80

function describe(value: unknown): string {
  if (typeof value === 'string')
    return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value
  if (typeof value === 'function') return `function ${value.name}`
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'object' && value !== null)
    return `an object of ${value.constructor?.name ?? 'no class'}`
  return String(value)
}
