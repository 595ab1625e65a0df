/** One cell, and how every reader of tidegauge must read it. */
export interface CellCase {
  readonly name: string
  readonly cell: unknown
  /** The same cell as DuckDB has it; null where it has none such. */
  readonly duckdb: string | null
  readonly number: number | 'missing' | 'invalid'
  /** `text` where it is a category. */
  readonly category: { readonly text: string } | 'missing' | 'invalid'
}

const MAXIMUM = Number.MAX_VALUE

/** The golden table: the library, the monitor and the command each pass it, and whatever reads cells later. */
export const CELL_CASES: readonly CellCase[] = [
  row('null', null, 'NULL::DOUBLE', 'missing', 'missing'),
  row('undefined', undefined, null, 'missing', 'missing'),
  row('NaN', Number.NaN, "'nan'::DOUBLE", 'missing', 'missing'),
  row('the invalid date', new Date('no date'), null, 'missing', 'missing'),
  row('zero', 0, '0::DOUBLE', 0, text('0')),
  row('minus zero', -0, "'-0.0'::DOUBLE", 0, text('0')),
  row('a whole number', 7, '7::INTEGER', 7, text('7')),
  row('a fraction', 0.1, '0.1::DOUBLE', 0.1, text('0.1')),
  row('a large double', 1e21, '1e21::DOUBLE', 1e21, text('1e+21')),
  row('a double of 21 digits', 1e20, '1e20::DOUBLE', 1e20, text('100000000000000000000')),
  row('a small double', 1e-7, '1e-7::DOUBLE', 1e-7, text('1e-7')),
  row(
    'the largest double',
    MAXIMUM,
    `'${MAXIMUM}'::DOUBLE`,
    MAXIMUM,
    text('1.7976931348623157e+308'),
  ),
  row('the smallest double', 5e-324, "'5e-324'::DOUBLE", 5e-324, text('5e-324')),
  row('infinity', Infinity, "'inf'::DOUBLE", Infinity, text('Infinity')),
  row('minus infinity', -Infinity, "'-inf'::DOUBLE", -Infinity, text('-Infinity')),
  row('a float', Math.fround(0.1), '0.1::FLOAT', Math.fround(0.1), text('0.10000000149011612')),
  row('a small bigint', 7n, '7::BIGINT', 7, text('7')),
  row(
    'a bigint beyond 2^53',
    2n ** 53n + 1n,
    '9007199254740993',
    2 ** 53,
    text('9007199254740993'),
  ),
  row(
    'a negative bigint',
    -(2n ** 63n),
    "'-9223372036854775808'::BIGINT",
    -(2 ** 63),
    text('-9223372036854775808'),
  ),
  row(
    'a bigint of 128 bits',
    2n ** 100n,
    "'1267650600228229401496703205376'::HUGEINT",
    2 ** 100,
    text('1267650600228229401496703205376'),
  ),
  row('a decimal', 1.5, '1.50::DECIMAL(10, 2)', 1.5, text('1.5')),
  row('a whole decimal', 1n, '1::DECIMAL(18, 0)', 1, text('1')),
  row('true', true, 'true', 1, text('true')),
  row('false', false, 'false', 0, text('false')),
  row(
    'a date without time',
    new Date('2001-01-01'),
    "DATE '2001-01-01'",
    978_307_200_000,
    text('2001-01-01'),
  ),
  row(
    'a moment at midnight',
    new Date('2001-01-01T00:00:00Z'),
    "TIMESTAMP '2001-01-01 00:00:00'",
    978_307_200_000,
    text('2001-01-01'),
  ),
  row(
    'a moment',
    new Date('2001-01-01T12:30:00.25Z'),
    "TIMESTAMP '2001-01-01 12:30:00.25'",
    978_352_200_250,
    text('2001-01-01T12:30:00.250Z'),
  ),
  row(
    'a moment with a zone',
    new Date('2001-01-01T00:00:00+02:00'),
    "TIMESTAMPTZ '2001-01-01 00:00:00+02'",
    978_300_000_000,
    text('2000-12-31T22:00:00.000Z'),
  ),
  row(
    'a moment with nanoseconds, of which milliseconds count',
    new Date('2001-01-01T12:30:00.123Z'),
    "TIMESTAMP_NS '2001-01-01 12:30:00.123456789'",
    978_352_200_123,
    text('2001-01-01T12:30:00.123Z'),
  ),
  row(
    'a moment before 1970 with microseconds',
    new Date('1969-12-31T23:59:59.999Z'),
    "TIMESTAMP '1969-12-31 23:59:59.999900'",
    -1,
    text('1969-12-31T23:59:59.999Z'),
  ),
  row(
    'a year of five digits',
    new Date('+012345-01-01'),
    "DATE '12345-01-01'",
    327_403_382_400_000,
    text('+012345-01-01'),
  ),
  row('an infinite date', null, "'infinity'::DATE", 'missing', 'missing'),
  row('empty text', '', "''", 'invalid', text('')),
  row('a blank', ' ', "' '", 'invalid', text(' ')),
  row('text', 'Oslo', "'Oslo'", 'invalid', text('Oslo')),
  row('text "NaN"', 'NaN', "'NaN'", 'invalid', text('NaN')),
  row('text of a number', '1.50', "'1.50'", 1.5, text('1.50')),
  row('text of a number with blanks', ' 7 ', "' 7 '", 7, text(' 7 ')),
  row('text of a signed number', '+.5e1', "'+.5e1'", 5, text('+.5e1')),
  row('text "inf"', '-inf', "'-inf'", -Infinity, text('-inf')),
  row('text of a hexadecimal number', '0x10', "'0x10'", 'invalid', text('0x10')),
  row('text with underscores', '1_000', "'1_000'", 'invalid', text('1_000')),
  row('text of a date', '2001-01-01', "'2001-01-01'", 'invalid', text('2001-01-01')),
  row('text of a name that objects have', '__proto__', "'__proto__'", 'invalid', text('__proto__')),
  row('text with a NUL', 'a\0b', "'a' || chr(0) || 'b'", 'invalid', text('a\0b')),
  row('a nested object', { a: 1 }, null, 'invalid', 'invalid'),
  row('a list', [1, 2], null, 'invalid', 'invalid'),
  row('binary', new Uint8Array([1, 2]), null, 'invalid', 'invalid'),
]

function row(
  name: string,
  cell: unknown,
  duckdb: string | null,
  number: CellCase['number'],
  category: CellCase['category'],
): CellCase {
  return { name, cell, duckdb, number, category }
}

function text(category: string): { readonly text: string } {
  return { text: category }
}
