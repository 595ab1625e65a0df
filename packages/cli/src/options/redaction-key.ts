import { readFileSync } from 'node:fs'
import { UsageError } from '../usage-error.ts'

export interface RedactionOptions {
  readonly redact?: boolean
  readonly 'redact-key-file'?: string
}

/** Never an argument: other users of the machine see those, and shells keep them. */
export const KEY_VARIABLE = 'TIDEGAUGE_REDACTION_KEY'

const SHORTEST_KEY = 8

/**
 * Whether the names of categories are to be kept out, and with which key: that of the file, else that of the
 * environment. A key alone asks for it too: nobody sets one to see the names.
 *
 * @throws UsageError where the file cannot be read or the key is too short; it never quotes the key
 */
export function redactionOf(
  { redact = false, 'redact-key-file': file }: RedactionOptions,
  env: NodeJS.ProcessEnv = process.env,
): boolean | string {
  const ofEnvironment = env[KEY_VARIABLE]
  if (file !== undefined) return validKey(file, keyIn(file))
  return ofEnvironment ? validKey(KEY_VARIABLE, ofEnvironment) : redact
}

/** The text of the file without the line end that an editor puts behind it. */
function keyIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : `${code}`
    throw new UsageError(`cannot read the key in ${file}: ${why}`)
  }
}

function validKey(source: string, key: string): string {
  if (key.length >= SHORTEST_KEY) return key
  throw new UsageError(
    `the key in ${source} must have at least ${SHORTEST_KEY} characters, it has ${key.length}`,
  )
}
