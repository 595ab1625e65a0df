export { type FileSourceOptions, fileSource } from './file-source.ts'
export type { DataFormat } from './formats.ts'
export type { TextFileOptions } from './text-file-options.ts'
