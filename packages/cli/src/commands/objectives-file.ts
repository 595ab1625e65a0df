import { readFileSync } from 'node:fs'
import { type RuleFile, type SloRulesOptions, sloRules } from '@tidegauge/mixin'
import { UsageError } from '../usage-error.ts'

export interface Objectives {
  readonly options: SloRulesOptions
  readonly rules: RuleFile
}

/** What `--slo` names: the rules know whether the options in it can be worked with. */
export function readObjectives(path: string): Objectives {
  return readAs(path, 'options of sloRules', (text) => {
    const options = JSON.parse(text) as SloRulesOptions
    return { options, rules: sloRules(options) }
  })
}

/** What a file holds; what is wrong with it is said with its name. */
export function readAs<T>(path: string, what: string, read: (text: string) => T): T {
  const text = readFileSync(path, 'utf8')
  try {
    return read(text)
  } catch (error) {
    throw new UsageError(`${path}: it must hold ${what}: ${(error as Error).message}`)
  }
}
