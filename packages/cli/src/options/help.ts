import { COMMAND_NAMES, COMMANDS, type CommandName } from './commands.ts'
import { configKey, type OptionSpec } from './option-spec.ts'

/** As wide as the narrowest terminal that people use. */
const WIDTH = 80
const TEXT_AT = 28
const NO_BREAK = '\u00a0'

/** What `tidegauge <command> --help` says. */
export function helpOf(command: CommandName): string {
  const { usage, about, arguments: args = [], options, notes = [], examples } = COMMANDS[command]
  const blocks = [
    wrapped(`Usage: tidegauge ${command} ${usage}`, 0),
    wrapped(about, 0),
    ...(args.length === 0 ? [] : [['Arguments:', ...args.flatMap(argumentLines)]]),
    ...groupsOf(Object.entries(options)).map(([group, entries]) => [
      `${group}:`,
      ...entries.flatMap(([name, option]) => optionLines(name, option)),
    ]),
    ...(notes.length === 0 ? [] : [notes.flatMap((note) => wrapped(note, 0))]),
    [examples.length === 1 ? 'Example:' : 'Examples:', ...examples.map((one) => `  ${one}`)],
  ]
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** What `tidegauge --help` says. */
export function mainHelp(): string {
  const usages = COMMAND_NAMES.map((name) => {
    const { arguments: args = [], summary } = COMMANDS[name]
    const named = args.map(([argument]) => argument).filter((argument) => argument !== '')
    return [[name, ...named].join(' '), summary] as const
  })
  const width = Math.max(...usages.map(([usage]) => usage.length)) + 2
  return `Usage: tidegauge <command>

Has the data changed since the model was trained?

Commands:
${usages.map(([usage, summary]) => `  ${usage.padEnd(width)}${summary}`).join('\n')}

Options:
  -h, --help     show this, or a command's own help
  -v, --version  show the version

Example:
  ${COMMANDS.drift.examples[0]}
`
}

/** Neighbours of one group, in the order of the table. */
function groupsOf<Entry extends readonly [string, OptionSpec]>(
  entries: readonly Entry[],
): ReadonlyArray<readonly [group: string, entries: readonly Entry[]]> {
  const names = [...new Set(entries.map(([, { group }]) => group))]
  return names.map((name) => [name, entries.filter(([, { group }]) => group === name)])
}

/** `--alpha <level>`; `"url": <url>` where only a config file says it. */
export function usageOf(name: string, { short, value, fileOnly }: OptionSpec): string {
  if (fileOnly) return `"${configKey(name)}": ${value}`
  const flag = short === undefined ? `--${name}` : `-${short}, --${name}`
  return value === undefined ? flag : `${flag} ${value}`
}

function optionLines(name: string, option: OptionSpec): readonly string[] {
  const { text, default: otherwise } = option
  // What is one word stays beside the word before it.
  const space = `${otherwise}`.includes(' ') ? ' ' : NO_BREAK
  const meaning = otherwise === undefined ? text : `${text}; default:${space}${otherwise}`
  return hung(usageOf(name, option), meaning)
}

function argumentLines([name, text]: readonly [string, string]): readonly string[] {
  return name === '' ? wrapped(text, 2) : hung(name, text)
}

/** A name with its meaning beside it, or below where it is long. */
function hung(name: string, text: string): readonly string[] {
  const [first = '', ...rest] = wrapped(text, TEXT_AT)
  const start = `  ${name}`
  if (start.length >= TEXT_AT) return [start, first, ...rest]
  return [`${start.padEnd(TEXT_AT)}${first.trimStart()}`, ...rest]
}

function wrapped(text: string, indent: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((one) => `${' '.repeat(indent)}${one.replaceAll(NO_BREAK, ' ')}`)
}
