import type { LiveState } from '@tidegauge/core'
import type { DriftReport } from '@tidegauge/drift'
import type { ComponentChildren, VNode } from 'preact'
import { Name } from '../name.tsx'
import { Sides } from '../summary.tsx'
import { isoText, momentText, warningsOf } from './live-words.ts'

export interface LiveProps {
  readonly live: LiveState
}

/** Whose window it is and of when, and where else to look. */
export function LiveHead({ live, report }: LiveProps & { readonly report: DriftReport }): VNode {
  const { model, replica, reference, now, links, refreshSeconds } = live
  return (
    <header class="live">
      <h1>
        Live drift of <Name of={model} limit={80} />
      </h1>
      <dl class="live-facts">
        {replica !== undefined && (
          <Fact label="Replica">
            <Name of={replica} limit={60} />
          </Fact>
        )}
        <Fact label="Reference">
          <Name of={reference.id} limit={40} />
          {reference.trainedAt !== undefined && (
            <>
              , trained <Moment at={reference.trainedAt} beside={now} />
            </>
          )}
        </Fact>
        <Fact label="Held against it">
          since <Moment at={reference.since} beside={now} />
        </Fact>
      </dl>
      <Sides of={report} />
      <div class="live-bar" data-refresh-seconds={refreshSeconds}>
        <p>
          <AsOf live={live} />
        </p>
        <a href={THIS_PAGE}>Refresh</a>
        <button type="button" aria-keyshortcuts="Alt+P" hidden>
          Pause
        </button>
        {Object.keys(links).length > 0 && (
          <nav aria-label="Elsewhere">
            {Object.entries(links).map(([name, href]) => (
              <a key={name} href={href}>
                <Name of={name} limit={40} />
              </a>
            ))}
          </nav>
        )}
      </div>
      {warningsOf(live, report).map((warning) => (
        <p key={warning} class="live-warning">
          {warning}
        </p>
      ))}
    </header>
  )
}

/** Whatever its address is. */
const THIS_PAGE = ''

/** The clock of the page's script counts down what is written here as a time. */
function AsOf({ live: { asOf, now, pace, looks } }: LiveProps): VNode {
  const of = (
    <>
      As of{' '}
      <b>
        <Moment at={asOf} beside={now} />
      </b>{' '}
      UTC
    </>
  )
  if (pace === undefined) {
    return (
      <>
        {of}. The monitor makes no looks of its own, since it was not started: the page compares
        when it is asked for.
      </>
    )
  }
  const isOfALook = looks.length > 0 && looks.some(({ time }) => time === asOf)
  return (
    <>
      {of}
      {isOfALook ? ', ' : ', before the first look against this reference; '}
      <span data-next={Math.round(pace.next - now)}>
        next look at <Moment at={pace.next} beside={now} />
      </span>
    </>
  )
}

interface FactProps {
  readonly label: string
  readonly children: ComponentChildren
}

function Fact({ label, children }: FactProps): VNode {
  return (
    <div>
      <dt>{label}</dt> <dd>{children}</dd>
    </div>
  )
}

export function Moment({ at, beside }: { readonly at: number; readonly beside: number }): VNode {
  const iso = isoText(at)
  return (
    <time class="number" {...(iso !== null && { datetime: iso })}>
      {momentText(at, beside)}
    </time>
  )
}
