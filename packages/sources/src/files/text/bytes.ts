export const LF = 0x0a
export const CR = 0x0d
export const QUOTE = 0x22
export const BACKSLASH = 0x5c

/** What a byte is to a reader of records. */
export const ORDINARY = 0
export const KIND_DELIMITER = 1
export const KIND_LF = 2
export const KIND_CR = 3
export const KIND_QUOTE = 4
export const KIND_NUL = 5

export function kindsOf(delimiter: string): Uint8Array {
  const kinds = new Uint8Array(256)
  kinds[LF] = KIND_LF
  kinds[CR] = KIND_CR
  kinds[QUOTE] = KIND_QUOTE
  kinds[0] = KIND_NUL
  kinds[delimiter.charCodeAt(0)] = KIND_DELIMITER
  return kinds
}
