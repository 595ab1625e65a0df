import type { TextFileOptions } from '@tidegauge/sources/files'
import type { OptionValues } from './option-spec.ts'

const THOUSANDS = [',', '.', "'", 'space'] as const

/** Of the commands that read CSV and JSON: what is not said is found out on all rows of both sides. */
export const TEXT_FILE_OPTIONS = {
  na: {
    kind: 'list',
    mayBeEmpty: true,
    group: 'How text files are read',
    value: '<a,b>',
    text: "more texts that stand for a missing cell; '' takes away the known ones (--na '' keeps NA, Namibia)",
    default: 'NA, N/A, null, None, nan …; among numbers and dates also - ? . and blanks',
  },
  decimal: {
    kind: 'text',
    oneOf: ['.', ','] as const,
    group: 'How text files are read',
    value: '<sign>',
    text: 'the decimal sign of numbers: . or ,',
    default: 'found out',
  },
  thousands: {
    kind: 'text',
    oneOf: THOUSANDS as typeof THOUSANDS,
    group: 'How text files are read',
    value: '<sign>',
    text: "what stands between thousands: , . ' or space",
    default: 'found out',
  },
  'date-format': {
    kind: 'text',
    group: 'How text files are read',
    value: '<format>',
    text: 'how dates are written: day-first, month-first, or a format such as %d.%m.%Y',
    default: 'found out, on both sides together',
  },
  delimiter: {
    kind: 'text',
    group: 'How text files are read',
    value: '<sign>',
    text: 'what stands between the cells of a line; tab for a tab',
    default: 'found out',
  },
  header: {
    kind: 'text',
    oneOf: ['yes', 'no'] as const,
    group: 'How text files are read',
    value: '<yes|no>',
    text: 'does the first line name the columns: yes or no',
    default: 'found out',
  },
  encoding: {
    kind: 'text',
    group: 'How text files are read',
    value: '<name>',
    text: 'of the characters, such as windows-1252 or utf-16le',
    default: 'utf-8, or utf-16 where its bytes tell',
  },
} as const

/** What the user says of text files. */
export function textsOf(options: OptionValues<typeof TEXT_FILE_OPTIONS>): TextFileOptions {
  const { na, decimal, thousands, delimiter, header, encoding } = options
  return {
    missing: na,
    decimal,
    thousands: thousands === 'space' ? ' ' : thousands,
    dateFormat: options['date-format'],
    delimiter,
    header: header && header === 'yes',
    encoding,
  }
}
