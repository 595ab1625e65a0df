import type { Action } from './decision.ts'
import { InvalidArgumentError } from './errors.ts'

/**
 * What a monitor tells the page of its window besides the report: whose it is, and how it came to be. All times are
 * milliseconds since 1970, by the clock of the monitor. What is not known is left out.
 */
export interface LiveState {
  readonly model: string
  /** Which of several processes this is. */
  readonly replica?: string
  readonly reference: LiveReference
  /** When the page was made. */
  readonly now: number
  /** The moment that the report is of: of the last look, or now, where there is no look against this reference yet. */
  readonly asOf: number
  /** Left out where nobody started the monitor: then the page alone compares, whenever it is asked for. */
  readonly pace?: LivePace
  /** The window, in seconds. */
  readonly windowSeconds: number
  /** The last ones, oldest first, whatever they were held against. */
  readonly looks: readonly Look[]
  /** Since when looks come to the last look's decision. */
  readonly heldSince?: number
  /** The last ones, oldest first. */
  readonly replacements: readonly Replacement[]
  /** What `onVerdict` was told last. */
  readonly told?: { readonly time: number; readonly action: Action }
  /** Of the features of the report: those that met values which the reference does not know. */
  readonly strangers: readonly Strangers[]
  /** By the name that is shown. */
  readonly links: Readonly<Record<string, string>>
  /** How often the page is to be loaded anew, in seconds; left out: not by itself. */
  readonly refreshSeconds?: number
}

export interface LiveReference {
  readonly id: string
  /** When the model was trained on it, where that was said. */
  readonly trainedAt?: number
  /** Since when rows are held against it, by this process. */
  readonly since: number
}

export interface LivePace {
  readonly everySeconds: number
  /** Since when it looks. */
  readonly since: number
  /** How many looks are remembered. */
  readonly kept: number
  /** When the next look is due. */
  readonly next: number
}

/** One look of the monitor's own timer. */
export interface Look {
  readonly time: number
  /** null: the look failed, and `onError` was told why. */
  readonly action: Action | null
  /** Of the features that drifted, by weight; null where none could be judged. */
  readonly share: number | null
  /** The share from which on it is ACTION. */
  readonly threshold: number
  /** In the window. */
  readonly rows: number
}

/** Another reference was put in the place of the one before, after a training. */
export interface Replacement {
  readonly time: number
  readonly previous: string
  readonly reference: string
}

/** Values of a feature in the window. */
export interface Strangers {
  readonly feature: string
  /** Categories that the reference does not name. */
  readonly unnamed: number
  /** Of the wrong type. */
  readonly invalid: number
}

const LONGEST_LINK = 2000
const MOST_LINKS = 20

/**
 * Links of a page, by their names: of `http:` or `https:`, or relative to the page.
 *
 * @throws InvalidArgumentError where one leads anywhere else, or there are more than 20
 */
export function assertLinks(argument: string, links: unknown): void {
  if (typeof links !== 'object' || links === null || Array.isArray(links)) {
    throw new InvalidArgumentError(argument, 'addresses by their names', links)
  }
  const entries = Object.entries(links)
  if (entries.length > MOST_LINKS) {
    throw new InvalidArgumentError(argument, `at most ${MOST_LINKS} links`, entries.length)
  }
  for (const [name, href] of entries) {
    if (name !== '' && typeof href === 'string' && isLink(href)) continue
    const expected = 'an address of http: or https:, or one relative to the page'
    throw new InvalidArgumentError(`${argument}.${name}`, expected, href)
  }
}

/** As a browser reads it: it passes over tabs, line breaks and what stands before. */
function isLink(href: string): boolean {
  if (href === '' || href.length > LONGEST_LINK) return false
  const base = 'http://page.invalid/'
  return URL.canParse(href, base) && /^https?:$/.test(new URL(href, base).protocol)
}
