/**
 * What the packages of this repository share and nobody else should need: any release may change it.
 *
 * @internal
 * @packageDocumentation
 */
export { atHand } from './at-hand.ts'
export type { DataColumn, DataTable } from './data-table.ts'
export { filePairs, shapeOf, typesOf } from './file-pairs.ts'
export { openedSource, whenIdle } from './file-source.ts'
export type { DataFormat } from './formats.ts'
export { isData, type Located } from './locate.ts'
export { type FileSide, type OpenedFiles, openFiles } from './open-files.ts'
export { whyUnread } from './read-error.ts'
export { makeScratch } from './scratch.ts'
export type { Session } from './session.ts'
export { storeColumn } from './store-columns.ts'
export { assertKey } from './stored-profile.ts'
export type { TextFileOptions } from './text-file-options.ts'
