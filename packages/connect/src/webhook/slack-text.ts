import { visibleText } from '@tidegauge/core/internal'
import type { Verdict } from './verdict.ts'

/** What Slack takes; Mattermost, Rocket.Chat and Discord (`/slack`) take the same. */
export interface SlackMessage {
  readonly text: string
  readonly mrkdwn: true
  readonly link_names: 0
  readonly parse: 'none'
  readonly unfurl_links: false
}

const SIGNS: Readonly<Record<Verdict['action'], string>> = {
  ACTION: ':rotating_light:',
  NO_ACTION: ':white_check_mark:',
  UNDECIDED: ':grey_question:',
}

const MOST_NAMES = 10

/**
 * A verdict as a message: the decision, both sides, the columns that drifted and those that were not judged.
 *
 * Whatever comes from the data stands in a code span: nothing in it is a mention, a link, an emoji or bold there.
 */
export function slackMessage(verdict: Verdict): SlackMessage {
  const { action, reason, reference, current, driftedColumns, notJudgedColumns, link } = verdict
  const lines = [
    `${SIGNS[action]} *${action}* ${code(reason, 600)}`,
    `${code(reference.name, 80)} (${rowsOf(reference.rows)}) against ${code(current.name, 80)} (${rowsOf(current.rows)})`,
    ...listed(
      'Drifted',
      driftedColumns.map(({ name, effect }) => ({
        name,
        note: effect === null ? '' : ` (shift ${effect.toPrecision(2)})`,
      })),
    ),
    ...listed(
      'Not judged',
      notJudgedColumns.map(({ name }) => ({ name, note: '' })),
    ),
    ...(link === undefined ? [] : [`<${escaped(link)}|The report>`]),
  ]
  return {
    text: lines.join('\n'),
    mrkdwn: true,
    link_names: 0,
    parse: 'none',
    unfurl_links: false,
  }
}

function listed(
  title: string,
  columns: ReadonlyArray<{ readonly name: string; readonly note: string }>,
): string[] {
  if (columns.length === 0) return []
  const named = columns.slice(0, MOST_NAMES).map(({ name, note }) => `${code(name, 60)}${note}`)
  const more = columns.length - named.length
  return [`${title}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`]
}

function rowsOf(rows: number): string {
  return `${rows.toLocaleString('en-US')} rows`
}

/** Nothing ends it: not even the sign that would. */
function code(text: string, most: number): string {
  const characters = Array.from(visibleText(text).replace(/`/g, "'").trim())
  const cut = characters.length > most ? [...characters.slice(0, most), '…'] : characters
  return cut.length === 0 ? '` `' : `\`${escaped(cut.join(''))}\``
}

/** The three signs that mean something to Slack. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
