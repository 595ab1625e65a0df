import type { RecorderReader } from '../../contract/recorder-reader.ts'
import type { Naming } from '../../naming/naming.ts'
import type { ByteWriter } from '../bytes.ts'
import { type Family, familiesOf } from '../families.ts'
import { type Rendering, renderAll } from '../rendering.ts'
import { escapeHelp } from './escape.ts'
import { type LineDialect, renderLines } from './lines.ts'
import { valueText } from './numbers.ts'

export const TEXT_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
const TEXT: LineDialect = {
  header: ({ name, help, type }) => `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`,
  // As prom-client writes it: `1`, where OpenMetrics has `1.0`.
  bound: valueText,
  exemplars: false,
}

/** Text exposition format 0.0.4, in slices. */
export function renderText(families: readonly Family[], out?: ByteWriter): Rendering {
  return renderLines(families, TEXT, out)
}

/**
 * A recorder's page in text exposition format 0.0.4, at once.
 *
 * @param labels - on each of its series
 */
export function expositionText(
  reader: RecorderReader,
  naming: Naming,
  labels: Readonly<Record<string, string>> = {},
): string {
  return renderAll(renderText(familiesOf([{ reader, naming, labels }]))).toString()
}
