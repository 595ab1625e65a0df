import { writeUtf8 } from '../bytes.ts'

const BACKSLASH = 0x5c
const QUOTE = 0x22
const LINE_FEED = 0x0a

/** Writes a label value of either text format, escaped, without its quotes; returns the place behind it. */
export function writeLabelValue(bytes: Buffer, at: number, value: string): number {
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (unit > 0x7f || unit === QUOTE || unit === BACKSLASH || unit === LINE_FEED) {
      return writeUtf8(bytes, at, escapeLabelValue(value))
    }
    bytes[at + i] = unit
  }
  return at + value.length
}

export function escapeLabelValue(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))
}

/** In text 0.0.4 a help text keeps its quotes. */
export function escapeHelp(help: string): string {
  return help.replace(/[\\\n]/g, (character) => (character === '\n' ? '\\n' : '\\\\'))
}
