import { InvalidArgumentError } from '@tidegauge/core'
import { assertOptions } from '@tidegauge/core/options'
import { LIVE_SCRIPT_HASH, LIVE_STYLE_HASH } from './live/live-script.ts'
import { SCRIPT_HASH, STYLE_HASH } from './page-script.ts'

export interface PolicyOptions {
  /** Allow style sheet and script by this nonce of the response instead of by their hashes. */
  readonly nonce?: string
  /** `false`: a page without its script, and a policy that allows none. */
  readonly script?: boolean
}

/** Every option of a policy. */
export const POLICY_OPTIONS: Readonly<Record<keyof PolicyOptions, true>> = {
  nonce: true,
  script: true,
}

/**
 * The Content-Security-Policy of a report: its own style sheet and script, those of a live page among them, and nothing
 * else, no image, no font, no connection, no form. The page states it itself; a server may send it as a header as well.
 *
 * @throws InvalidArgumentError where the nonce is not the base64 of 16 bytes or more, or something is no option
 * @example
 * response.setHeader('content-security-policy', reportPolicy({ nonce }))
 */
export function reportPolicy(options: PolicyOptions = {}): string {
  return pagePolicy(options, true)
}

/** That of one page, which is live or not. */
export function pagePolicy(options: PolicyOptions, isLive: boolean): string {
  assertOptions('options', options, POLICY_OPTIONS)
  const { nonce, script = true } = options
  if (nonce !== undefined && !/^[\w+/-]{22,}={0,2}$/.test(nonce)) {
    throw new InvalidArgumentError('nonce', 'base64 of at least 16 bytes', nonce)
  }
  const by = (hash: string, ofLive: string): string => {
    if (nonce !== undefined) return `'nonce-${nonce}'`
    return isLive ? `'${hash}' '${ofLive}'` : `'${hash}'`
  }
  const allowed = [
    `style-src ${by(STYLE_HASH, LIVE_STYLE_HASH)}`,
    ...(script ? [`script-src ${by(SCRIPT_HASH, LIVE_SCRIPT_HASH)}`] : []),
  ]
  return ["default-src 'none'", ...allowed, "base-uri 'none'", "form-action 'none'"].join('; ')
}
