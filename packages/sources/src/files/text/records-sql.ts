import { quoteLiteral, quotePath } from '../sql.ts'
import type { CleanText } from './clean-texts.ts'

/** As DuckDB wants them to be written. */
const LINE_ENDS = { '\n': "'\\n'", '\r': "'\\r'", '\r\n': "'\\r\\n'" } as const
const BUFFER_BYTES = 2 ** 22
const LINE_BYTES = 2 ** 21

/** The records of a file as DuckDB is told to read them: texts in the columns `f0`, `f1` …, NULL where they are empty. */
export function recordsSql(text: CleanText): string {
  const { path, names, skipHeader, delimiter, lineEnd, longestRecord } = text
  const options = [
    'auto_detect=false',
    `header=${skipHeader}`,
    `delim=${quoteLiteral(delimiter)}`,
    `quote='"'`,
    `escape='"'`,
    `nullstr=''`,
    // It looks for one itself, whatever it is told, and may take one out of a cell.
    `new_line=${LINE_ENDS[lineEnd]}`,
    'hive_partitioning=false',
    `buffer_size=${Math.max(BUFFER_BYTES, 2 * longestRecord)}`,
    `max_line_size=${Math.max(LINE_BYTES, longestRecord + 1)}`,
    `columns={${names.map((_, i) => `f${i}: 'VARCHAR'`).join(', ')}}`,
  ]
  return `read_csv(${quotePath(path)}, ${options.join(', ')})`
}
