import { ByteWriter } from '../exposition/bytes.ts'
import type { Family } from '../exposition/families.ts'
import type { ExpositionFormat } from '../exposition/negotiation.ts'
import {
  PROTOBUF_CONTENT_TYPE,
  type ProtobufOptions,
  renderProtobuf,
} from '../exposition/protobuf/protobuf.ts'
import { type RegistryPage, renderRegistry } from '../exposition/registry/registry-page.ts'
import type { Rendering } from '../exposition/rendering.ts'
import {
  END_OF_OPEN_METRICS,
  OPEN_METRICS_CONTENT_TYPE,
  renderOpenMetrics,
} from '../exposition/text/open-metrics.ts'
import { renderText, TEXT_CONTENT_TYPE } from '../exposition/text/text.ts'

export type PageRenderer = (
  families: readonly Family[],
  registryPage: RegistryPage | undefined,
  format: ExpositionFormat,
) => Rendering

/** Renders one page after the other, into the same memory where the last is through. */
export function pageRenderer(options: ProtobufOptions = {}): PageRenderer {
  let spare: ByteWriter | undefined
  return function* render(families, registryPage, format) {
    const out = spare ?? new ByteWriter(PIECE)
    spare = undefined
    if (format === 'text') yield* renderText(families, out)
    else if (format === 'openmetrics') yield* renderOpenMetrics(families, out)
    else yield* renderProtobuf(families, options, out)
    // Not where it was left half done: a piece of it may be on its way.
    spare = out
    if (registryPage !== undefined) {
      const names = new Set(families.map(({ name }) => name))
      yield* renderRegistry(registryPage, format, (name) => names.has(name))
    }
    if (format === 'openmetrics') yield Buffer.from(END_OF_OPEN_METRICS)
  }
}

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: TEXT_CONTENT_TYPE,
  openmetrics: OPEN_METRICS_CONTENT_TYPE,
  protobuf: PROTOBUF_CONTENT_TYPE,
}

/** As much as a socket takes at once. */
const PIECE = 128 * 1024
