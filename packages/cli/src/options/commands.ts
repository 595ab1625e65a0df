import { DASHBOARDS } from './dashboards-options.ts'
import { DRIFT } from './drift-options.ts'
import type { CommandSpec } from './option-spec.ts'
import { PROFILE } from './profile-options.ts'
import { REPORT } from './report-options.ts'
import { RULES } from './rules-options.ts'
import { STATEMENTS } from './statements-options.ts'

export type CommandName = 'drift' | 'profile' | 'statements' | 'report' | 'rules' | 'dashboards'

/**
 * All that the command takes: what is parsed, what `--help` says, the keys of a config file and the tables of
 * docs/cli.md come from here.
 */
export const COMMANDS: Readonly<Record<CommandName, CommandSpec>> = {
  drift: DRIFT,
  profile: PROFILE,
  statements: STATEMENTS,
  report: REPORT,
  rules: RULES,
  dashboards: DASHBOARDS,
}

export const COMMAND_NAMES: readonly CommandName[] = Object.keys(COMMANDS) as CommandName[]

/** Options of the library that the command does not have, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'drift.onProgress': 'the command draws its own line on a terminal',
  'profile.origin': 'the file that is read, and when it was last written',
  'html.live': 'for the page of a monitor',
  'html.nonce': 'for a page that a server sends',
  'html.script': 'for a page that a server sends',
  'text.color': 'told by the terminal, NO_COLOR and FORCE_COLOR',
  'text.width': 'told by the terminal',
  'rules.latency.select': '--select holds for the requests too',
}
