/** What a report is shown as, by media type. */
export type PageFormat = 'text/html' | 'application/json'

/**
 * The format that a client prefers, by its `Accept` header.
 *
 * Of two that are wanted alike the one named more closely is sent, and JSON of two that are named as closely:
 * a browser names HTML, while a program that takes anything has no use for a page.
 *
 * @param offered - the formats that can be made
 * @returns undefined where the header allows none of them
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.accept
 * @example
 * negotiatePageFormat('text/html,application/xml;q=0.9,*\/*;q=0.8', ['application/json', 'text/html']) // 'text/html'
 */
export function negotiatePageFormat(
  accept: string | undefined,
  offered: readonly PageFormat[],
): PageFormat | undefined {
  const ranges = accept?.trim() ? accept.split(',').map(parseRange) : [ANYTHING]
  let chosen: PageFormat | undefined
  let best: Wanted = NOT_AT_ALL
  for (const format of PREFERENCE) {
    if (!offered.includes(format)) continue
    const wanted = howWanted(ranges, format)
    const better =
      wanted.quality > best.quality ||
      (wanted.quality === best.quality && wanted.closeness > best.closeness)
    if (wanted.quality > 0 && better) {
      chosen = format
      best = wanted
    }
  }
  return chosen
}

const PREFERENCE: readonly PageFormat[] = ['application/json', 'text/html']

interface MediaRange {
  readonly type: string
  readonly quality: number
}

interface Wanted {
  readonly quality: number
  readonly closeness: number
}

const ANYTHING: MediaRange = { type: '*/*', quality: 1 }
const NOT_AT_ALL: Wanted = { quality: 0, closeness: 0 }

/** By the most specific range that includes the format. */
function howWanted(ranges: readonly MediaRange[], format: PageFormat): Wanted {
  const family = `${format.slice(0, format.indexOf('/'))}/*`
  return [ANYTHING.type, family, format].reduce<Wanted>((wanted, type, i) => {
    const fitting = ranges.filter((range) => range.type === type)
    if (fitting.length === 0) return wanted
    return { quality: fitting.reduce(bestQuality, 0), closeness: i + 1 }
  }, NOT_AT_ALL)
}

function bestQuality(best: number, { quality }: MediaRange): number {
  return Math.max(best, quality)
}

/** Of parameters only the quality matters: both formats have no others. */
function parseRange(range: string): MediaRange {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => /^q\s*=/.test(parameter))
  return { type, quality: quality === undefined ? 1 : parseQuality(quality) }
}

/** A quality that is none counts as 0: what is not understood is not sent. */
function parseQuality(parameter: string): number {
  const text = /^q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(parameter)?.[1]
  return text === undefined ? 0 : Number(text)
}
