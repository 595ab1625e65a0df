import type { Exemplar, SpanIds } from '../contract/recorder-reader.ts'

/** The ids of the span that an observation belongs to; undefined where there is none, or it is not kept. */
export type ExemplarSource = () => SpanIds | undefined

/** The part of `trace` of `@opentelemetry/api` that is used here. */
export interface ActiveSpans {
  getActiveSpan(): { spanContext(): SpanIds & { readonly traceFlags: number } } | undefined
}

const SAMPLED = 1

/**
 * Exemplars from the span that is active where an observation is made.
 *
 * A span that is not sampled gives none, since nobody could open its trace; nor does an invalid one.
 *
 * @param trace - of `@opentelemetry/api`; it is not imported here
 * @example
 * import { trace } from '@opentelemetry/api'
 * const recorder = latencyRecorder({ exemplars: openTelemetryExemplars(trace) })
 */
export function openTelemetryExemplars(trace: ActiveSpans): ExemplarSource {
  return () => {
    const context = trace.getActiveSpan()?.spanContext()
    return context !== undefined && (context.traceFlags & SAMPLED) === SAMPLED ? context : undefined
  }
}

const ROWS_PER_CHUNK = 64
const CHUNK_SHIFT = 6

interface Chunk {
  /** Trace id and span id of each bucket of each row. */
  readonly ids: (string | undefined)[]
  /** Value and timestamp of each bucket of each row. */
  readonly numbers: Float64Array
}

/** The last exemplar of each bucket of each row. Held where the recorder has a source of them. */
export class ExemplarStore {
  private readonly width: number
  private readonly now: () => number
  private chunks: (Chunk | undefined)[] = []

  constructor(width: number, now: () => number) {
    this.width = width
    this.now = now
  }

  keep(slot: number, bucket: number, value: number, span: SpanIds, at?: number): void {
    const { traceId, spanId } = span
    // The ids are checked when they are read: a request pays for the check of their lengths alone.
    if (traceId?.length !== 32 || spanId?.length !== 16) return
    const chunk = this.chunks[slot >> CHUNK_SHIFT] ?? this.newChunk(slot >> CHUNK_SHIFT)
    const place = ((slot & (ROWS_PER_CHUNK - 1)) * this.width + bucket) * 2
    chunk.ids[place] = traceId
    chunk.ids[place + 1] = spanId
    chunk.numbers[place] = value
    chunk.numbers[place + 1] = at ?? this.now()
  }

  read(slot: number, bucket: number): Exemplar | undefined {
    const chunk = this.chunks[slot >> CHUNK_SHIFT]
    const at = ((slot & (ROWS_PER_CHUNK - 1)) * this.width + bucket) * 2
    const traceId = chunk?.ids[at]
    const spanId = chunk?.ids[at + 1]
    if (!isId(traceId) || !isId(spanId)) return undefined
    return { traceId, spanId, value: chunk!.numbers[at]!, timestamp: chunk!.numbers[at + 1]! }
  }

  clear(): void {
    this.chunks = []
  }

  private newChunk(index: number): Chunk {
    const cells = ROWS_PER_CHUNK * this.width * 2
    const chunk: Chunk = {
      ids: new Array<string | undefined>(cells).fill(undefined),
      numbers: new Float64Array(cells),
    }
    this.chunks[index] = chunk
    return chunk
  }
}

/** Hexadecimal and not all zero, which is how OpenTelemetry writes an invalid id. */
function isId(id: unknown): id is string {
  return typeof id === 'string' && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id)
}
