import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  COMMAND_NAMES,
  COMMANDS,
  type CommandName,
  LEFT_OUT,
} from '../packages/cli/src/options/commands.ts'
import { usageOf } from '../packages/cli/src/options/help.ts'
import { configKey, type OptionSpec } from '../packages/cli/src/options/option-spec.ts'

/** `pnpm docs:options` writes the options of the command into docs/cli.md, out of the table they are parsed by. */
const PAGE = fileURLToPath(new URL('../docs/cli.md', import.meta.url))
const START = '<!-- written by pnpm docs:options -->'
const END = '<!-- end of what it writes -->'

/** The page with the options as they are now. */
export function withOptions(page: string): string {
  const from = page.indexOf(START)
  const to = page.indexOf(END)
  if (from < 0 || to < from) throw new Error(`${PAGE} must hold ${START} and ${END}`)
  return `${page.slice(0, from + START.length)}\n\n${optionTables()}\n\n${page.slice(to)}`
}

function optionTables(): string {
  const left = Object.entries(LEFT_OUT).map(([path, why]) => `- \`${path}\`: ${why}`)
  return [
    ...COMMAND_NAMES.map(tableOf),
    ['In code alone, of what the functions take that the command calls:', '', ...left].join('\n'),
  ].join('\n\n')
}

function tableOf(command: CommandName): string {
  const { options, config } = COMMANDS[command]
  const rows = Object.entries(options).map(([name, option]) => rowOf(name, option, config))
  const head = ['option', ...(config === 'none' ? [] : ['in a config file']), 'default', 'meaning']
  return [`### \`tidegauge ${command}\``, '', ...table([head, ...rows])].join('\n')
}

function rowOf(
  name: string,
  option: OptionSpec,
  config: (typeof COMMANDS)[CommandName]['config'],
): readonly string[] {
  const { lineOnly = false, text, default: otherwise = '' } = option
  const key = lineOnly ? '' : `\`${configKey(name)}\``
  return [`\`${usageOf(name, option)}\``, ...(config === 'none' ? [] : [key]), `${otherwise}`, text]
}

function table(rows: ReadonlyArray<readonly string[]>): readonly string[] {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`
  const [head, ...body] = cells
  return [
    line(head!),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...body.map(line),
  ]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(PAGE, withOptions(readFileSync(PAGE, 'utf8')))
}
