import { expect, test } from 'vitest'
import { assertOneExpression, fromSql } from './one-expression.ts'

const check = (sql: string, escapesByBackslash = false) =>
  assertOneExpression('where', sql, { escapesByBackslash })
const PLAIN = { escapesByBackslash: false }
const SPARK = { escapesByBackslash: true }
const POSTGRES = { escapesByBackslash: false, mayEscapeByBackslash: true }
const checkBoth = (sql: string) => assertOneExpression('where', sql, POSTGRES)

test.each([
  "as_of = '2024-01-31'",
  'name = \'it\'\'s\' AND "odd ""name""" <> \'\'',
  "a -> 'b' #> '{c}' @> ARRAY[1, 2]",
  "x IN (SELECT y FROM z WHERE (a OR b) AND c = ')')",
  "note = E'it\\'s) ' AND b",
  "path = 'C:\\'",
  "r'x' = E'y'",
  'v$session.sid = 1',
  "t.e = 'x' AND DATE'2024-01-31' < d",
  'ｘ = 1 OR "Größe" > 2 AND größe < 3',
  'a // 2 = 1',
  "note = '-- no comment; /* nor this */ $$ # ’'",
])('one expression stays one: %s', (sql) => {
  expect(() => check(sql)).not.toThrow()
})

test.each([
  "name = 'it\\'s' AND `odd``name` <> ''",
  "note = '# ; -- $$ // ’' AND \"it's\" <> 'x'",
  "DATE'2024-01-31' < d AND r'x' = 'y\\\\'",
  "map['a'] = 1 AND {x: 1} IS NOT NULL",
])('where a backslash escapes, too: %s', (sql) => {
  expect(() => check(sql, true)).not.toThrow()
})

test.each([
  ['', 'is not empty'],
  [' \n', 'is not empty'],
  ['true); COMMIT; BEGIN READ WRITE; DROP TABLE t; --', 'no ) closes'],
  ['true; DROP TABLE t', 'without a ;'],
  ['true) OR (true', 'no ) closes'],
  ['(true', 'a ) at its end'],
  ['(true]', 'no ] closes'],
  ['true -- x', 'without a comment'],
  ['true /* x */', 'without a comment'],
  ["a = 'x", "each ' of which has a second one"],
  ["a = E'\\'", "each ' of which has a second one"],
  ['"a', 'each " of which has a second one'],
  ['true\0', 'without a NUL'],
  // Between such quotes a ' is a letter: what looks like a text to us does not to the engine.
  ["$$ ' $$ = 'x') OR (true OR $$ ' $$ = 'x'", 'without a $'],
  ["$a$ ' $a$ = 'x') OR (true OR $a$ ' $a$ = 'x'", 'without a $'],
  ["$é$ ' $é$ = 'x') OR (true OR $é$ ' $é$ = 'x'", 'without a $'],
  [`$${'a'.repeat(99)}$ ' $${'a'.repeat(99)}$ = 'x') OR (true`, 'without a $'],
  ['a ` 3) OR (` 4', 'without a `'],
  // No E, but the end of a name.
  ["éE'\\' ) OR (true OR éE'\\'", 'no ) closes'],
  ["E'a'\n'b\\'' ) OR (true OR a = 'x", "no text follows an E'…'"],
  ["1E'\\' ) OR (true OR 1E'\\'", "a number right before a '"],
  ["‘'’ ) OR (true OR ‘'’", 'without a ‘'],
])('what would end it is refused: %s', (sql, why) => {
  expect(() => check(sql)).toThrow(why)
})

test.each([
  ["r'\\' ) OR (true OR a = '", "without a \\ in what begins by r'"],
  ['`a\\` ) OR (true OR `b\\`', 'without a \\ between `'],
  ["true # '\n) OR (true # '", 'without a comment (# or //)'],
  ["true // '\n) OR (true // '", 'without a comment (# or //)'],
  ["''' ' ''' = 'x') OR (true OR a = '", "without '''"],
  ["“'” ) OR (true OR “'”", 'without a “'],
  ["a = '\\'", "each ' of which has a second one"],
])('and where a backslash escapes: %s', (sql, why) => {
  expect(() => check(sql, true)).toThrow(why)
})

test.each([
  ['user_snapshots', 'user_snapshots'],
  ['selections', 'selections'],
  ['withdrawals', 'withdrawals'],
  [' public."User" ', 'public."User"'],
  ["read_parquet('a)b.parquet')", "read_parquet('a)b.parquet')"],
  ['SELECT a FROM b', '(\nSELECT a FROM b\n)'],
  ['select(1)', '(\nselect(1)\n)'],
  ['WITH a AS (SELECT 1) SELECT * FROM a', '(\nWITH a AS (SELECT 1) SELECT * FROM a\n)'],
  ['(SELECT 1) UNION (SELECT 2)', '(\n(SELECT 1) UNION (SELECT 2)\n)'],
])('behind FROM stands one name, one call or one query: %s', (sql, expected) => {
  expect(fromSql('from', sql, PLAIN)).toBe(expected)
})

test.each([
  "path = 'C:\\temp' AND a = '\\\\'",
  "path = E'C:\\\\' AND b = E'it\\'s) '",
  '"a\\" = 1',
])('where a setting says what a backslash is, a text that ends in one place: %s', (sql) => {
  expect(() => checkBoth(sql)).not.toThrow()
})

test.each([
  "path = 'C:\\'",
  "a = '\\'' ) OR (true OR a = '\\''",
  "a = '\\''; DROP TABLE kept; --'",
])('and none that may end in two places: %s', (sql) => {
  expect(() => check(sql)).not.toThrow()
  expect(() => checkBoth(sql)).toThrow("without a \\ right before a '")
  expect(() => fromSql('from', `SELECT a FROM b WHERE ${sql}`, POSTGRES)).toThrow(/right before/)
})

test.each([
  'a, b',
  'a AS b',
  'a JOIN b ON true',
  'f(1) JOIN g(2) ON true',
  "f('a') WHERE g(')')",
  'DELETE FROM a',
  'INSERT INTO a SELECT 1',
  'a; DROP TABLE a',
  'a -- b',
  '',
])('what is more is refused: %s', (sql) => {
  expect(() => fromSql('from', sql, PLAIN)).toThrow(/"from" must be/)
})

test('where a backslash escapes a call ends where the engine ends it', () => {
  expect(() => fromSql('from', "f('\\'') JOIN g(')')", SPARK)).toThrow(/"from" must be/)
  expect(fromSql('from', "f('\\')')", SPARK)).toBe("f('\\')')")
})
