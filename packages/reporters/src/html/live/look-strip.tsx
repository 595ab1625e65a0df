import type { Look, Replacement } from '@tidegauge/core'
import type { VNode } from 'preact'
import { formatPercent, plural } from '../../format.ts'
import { shortText } from '../../visible-text.ts'
import { type LiveProps, Moment } from './live-head.tsx'
import {
  countsText,
  durationText,
  heldText,
  kindOf,
  LOOK_WORDS,
  type LookKind,
  lookText,
  momentText,
} from './live-words.ts'

/** More than a monitor keeps are not drawn. */
const MOST_LOOKS = 60

/** The last looks: the share of each against its threshold, what it came to, and where the reference was another. */
export function LookStrip({ live }: LiveProps): VNode | null {
  const { now, pace, told, replacements } = live
  const looks = live.looks.slice(-MOST_LOOKS)
  if (pace === undefined && looks.length === 0) return null
  const held = heldText(live)
  const replaced = replacements.at(-1)
  return (
    <section class="looks" aria-labelledby="looks">
      <h2 id="looks">
        {held ?? (looks.length === 0 ? 'No look yet' : 'No look against this reference yet')}
      </h2>
      <p class="small">
        {told !== undefined && (
          <>
            Last verdict told: <b>{LOOK_WORDS[kindOf(told)]}</b> at{' '}
            <Moment at={told.time} beside={now} />.{' '}
          </>
        )}
        {replaced !== undefined && (
          <>
            Reference replaced at <Moment at={replaced.time} beside={now} />.{' '}
          </>
        )}
        {looks.length > 0 && (
          <>
            The last {plural(looks.length, 'look')}: {countsText(looks)}.{' '}
          </>
        )}
        {pace !== undefined && (
          <span class="muted">
            Looks every {durationText(pace.everySeconds)} since{' '}
            <Moment at={pace.since} beside={now} /> UTC; the last {pace.kept} are kept.
          </span>
        )}
      </p>
      {looks.length > 0 && <Strip looks={looks} replacements={replacements} now={now} />}
    </section>
  )
}

interface StripProps {
  readonly looks: readonly Look[]
  readonly replacements: readonly Replacement[]
  readonly now: number
}

function Strip({ looks, replacements, now }: StripProps): VNode {
  const threshold = looks.findLast(({ action }) => action !== null)?.threshold
  const first = looks[0]!
  // Of one that was before the first look which is drawn nothing is seen.
  const marks = inTime(
    looks,
    replacements.filter(({ time }) => time >= first.time),
  )
  return (
    <>
      <LookShapes />
      <div class="strip">
        <ol aria-label="Looks, oldest first">
          {marks.map((mark, i) =>
            'action' in mark ? (
              <LookMark key={i} look={mark} now={now} />
            ) : (
              <ReplacementMark key={i} of={mark} now={now} />
            ),
          )}
        </ol>
        <p class="strip-ends">
          {Object.entries(SHOWN).map(([size, count]) => (
            <span key={size} class={size}>
              <Moment at={(marks.at(-count) ?? first).time} beside={now} />
            </span>
          ))}
          {marks.length > 1 && <Moment at={marks[marks.length - 1]!.time} beside={now} />}
        </p>
      </div>
      {threshold !== undefined && (
        <p class="tiny muted">
          Share of drifted features, 0 to 100%. The line is the threshold,{' '}
          {formatPercent(threshold)}.
        </p>
      )}
    </>
  )
}

/** So many of the newest marks a page of that width has room for, as the style sheet has it. */
const SHOWN = { wide: Number.POSITIVE_INFINITY, middling: 40, narrow: 30 }

/** Both in one order of time; a look at the moment of a replacement was made after it. */
function inTime(
  looks: readonly Look[],
  replacements: readonly Replacement[],
): readonly (Look | Replacement)[] {
  return [...replacements, ...looks].sort((a, b) => a.time - b.time)
}

/** Heights, from above: the bar of 0 to 100 %, and the shape below it. */
const BAR = 44
const HEIGHT = 58

function LookMark({ look, now }: { readonly look: Look; readonly now: number }): VNode {
  const kind = kindOf(look)
  const { share, threshold } = look
  // Features that are gone may be all there is to say.
  const height = share === null ? (kind === 'action' ? BAR : 0) : heightOf(share)
  const line = BAR - heightOf(threshold)
  return (
    <li class={kind}>
      <svg height={HEIGHT} aria-hidden="true">
        <rect class="look-room" x="12%" width="76%" height={BAR} />
        {kind === 'undecided' && <rect fill="url(#look-hatch)" x="12%" width="76%" height={BAR} />}
        {height > 0 && (
          <rect class="look-bar" x="12%" width="76%" y={BAR - height} height={height} />
        )}
        {kind !== 'failed' && <line class="look-threshold" x2="100%" y1={line} y2={line} />}
        <use href={`#look-${kind}`} width="100%" height="10" y={BAR + 4} />
      </svg>
      <span class="look-text">{lookText(look, now)}</span>
    </li>
  )
}

function heightOf(share: number): number {
  return Math.round(BAR * Math.min(1, Math.max(0, share)))
}

function ReplacementMark({
  of: { time, previous, reference },
  now,
}: {
  readonly of: Replacement
  readonly now: number
}): VNode {
  return (
    <li class="replaced">
      <svg height={HEIGHT} aria-hidden="true">
        <line class="look-replaced" x1="50%" x2="50%" y2={BAR} />
        <use href="#look-replaced" width="100%" height="10" y={BAR + 4} />
      </svg>
      <span class="look-text">
        {momentText(time, now)} reference replaced: {shortText(previous, 20)} →{' '}
        {shortText(reference, 20)}
      </span>
    </li>
  )
}

/** Triangle, disc, hollow diamond, cross, and a circle of two arrows. */
const SHAPES: Readonly<Record<LookKind | 'replaced', string>> = {
  action: 'M6 .8 11.6 11H.4z',
  calm: 'M6 2.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z',
  undecided: 'M6 0 12 6 6 12 0 6zM6 2.6 2.6 6 6 9.4 9.4 6z',
  failed: 'M2.2.6 6 4.4 9.8.6l1.6 1.6L7.6 6l3.8 3.8-1.6 1.6L6 7.6l-3.8 3.8L.6 9.8 4.4 6 .6 2.2z',
  replaced:
    'M6 0a6 6 0 0 1 5.7 4.2l-1.9.6A4 4 0 0 0 3.2 3.2L4.6 4.6H0V0l1.8 1.8A6 6 0 0 1 6 0zm0 12A6 6 0 0 1 .3 7.8l1.9-.6a4 4 0 0 0 6.6 1.6L7.4 7.4H12V12l-1.8-1.8A6 6 0 0 1 6 12z',
}

function LookShapes(): VNode {
  return (
    <svg class="symbols" aria-hidden="true">
      <pattern id="look-hatch" width="5" height="5" patternUnits="userSpaceOnUse">
        <path d="M-1 6 6-1M-1 1 1-1M4 6 6 4" />
      </pattern>
      {Object.entries(SHAPES).map(([kind, path]) => (
        <symbol key={kind} id={`look-${kind}`} viewBox="0 0 12 12">
          <path d={path} />
        </symbol>
      ))}
    </svg>
  )
}
