import { ConnectError } from '../connect-error.ts'
import type { MlflowApi, MlflowRun } from './mlflow-api.ts'

export interface OwnRunOptions {
  readonly api: Pick<MlflowApi, 'runsWithTag' | 'deleteRun' | 'setOnce'>
  readonly experimentId: string
  /** The `id` of the report, which all of its runs have as a tag. */
  readonly reportId: string
  /** Begins a run with that tag; undefined where the server was busy, and may have done it all the same. */
  readonly begin: () => Promise<MlflowRun | undefined>
  /** Before another attempt. */
  readonly pause: (attempt: number) => Promise<void>
  /** What errors call the server. */
  readonly name: string
}

export const REPORT_ID = 'drift.report_id'

/** A parameter, since those are written once: the server lets nobody change what it says. */
const HOLDS_REPORT = 'drift.holds_report'

const MOST_ATTEMPTS = 10

/**
 * The one run that has a report, or is to have it: the same for all who send it, whenever they do.
 *
 * Whoever finds no run begins one, looks again, and proposes the first of those that there are. Before it says so of that
 * one, it says of each other that it is none: where that cannot be written, the other was chosen before. So nobody
 * chooses a run that somebody else, who has not seen his, may still choose. Clocks do not matter.
 */
export async function ownRun(options: OwnRunOptions): Promise<MlflowRun> {
  const { api, begin, pause, name } = options
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const known = await candidates(options)
    const made = known.length === 0 ? await begin() : undefined
    const chosen = await choose(made === undefined ? known : await candidates(options), api)
    if (made !== undefined && made.runId !== chosen?.runId) await removed(made, api)
    if (chosen !== undefined) return chosen
    await pause(attempt)
  }
  throw new ConnectError(
    `${name}: beginning a run: the server was busy, or others were faster, ${MOST_ATTEMPTS} times`,
  )
}

/** Without those that are none. */
async function candidates({
  api,
  experimentId,
  reportId,
}: OwnRunOptions): Promise<readonly MlflowRun[]> {
  const runs = await api.runsWithTag(experimentId, { key: REPORT_ID, value: reportId })
  return runs.filter(({ params }) => params.get(HOLDS_REPORT) !== 'no')
}

async function choose(
  runs: readonly MlflowRun[],
  api: OwnRunOptions['api'],
): Promise<MlflowRun | undefined> {
  const chosen = runs.find(({ params }) => params.get(HOLDS_REPORT) === 'yes')
  if (chosen !== undefined) return chosen
  const [first, ...others] = [...runs].sort(
    (a, b) => a.startTime - b.startTime || (a.runId < b.runId ? -1 : 1),
  )
  if (first === undefined) return undefined
  for (const other of others) {
    // One that is deleted can never be chosen either.
    if ((await api.setOnce(other.runId, HOLDS_REPORT, 'no')) === 'says otherwise') return other
  }
  if ((await api.setOnce(first.runId, HOLDS_REPORT, 'yes')) !== 'says so') return undefined
  // Whoever began them may be gone.
  for (const other of others) await removed(other, api)
  return first
}

/** It may be gone already: nobody else needs it. */
async function removed({ runId }: MlflowRun, api: OwnRunOptions['api']): Promise<void> {
  try {
    await api.deleteRun(runId)
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
  }
}
