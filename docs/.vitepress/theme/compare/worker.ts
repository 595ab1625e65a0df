import { htmlReport, jsonReport } from '@tidegauge/reporters'
import { compareFiles, type NamedBytes } from './compare-files.ts'

export interface Question {
  readonly files: readonly [NamedBytes, NamedBytes]
  readonly target: string | undefined
}

export type Answer =
  /** `file` without an ending. */
  | { readonly html: string; readonly json: string; readonly file: string }
  | { readonly error: string }

/** Beside the page, which stays alive meanwhile. */
self.onmessage = async ({ data }: MessageEvent<Question>): Promise<void> => {
  self.postMessage(await answerTo(data))
}

async function answerTo({ files, target }: Question): Promise<Answer> {
  try {
    const report = await compareFiles(files, target)
    const file = `drift_${report.reference.name}_vs_${report.current.name}`
    return { html: htmlReport(report), json: jsonReport(report), file }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
