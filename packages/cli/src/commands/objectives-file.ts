import { readFileSync } from 'node:fs'
import { type RuleFile, type SloRulesOptions, sloRules } from '@tidegauge/mixin'
import { UsageError } from '../usage-error.ts'

export interface Objectives {
  readonly options: SloRulesOptions
  readonly rules: RuleFile
}

/**
 * What `--slo` names: the rules know whether the options in it can be worked with.
 *
 * @param links - what the command says of every alert, and the file may say otherwise
 */
export function readObjectives(
  path: string,
  links: Pick<SloRulesOptions, 'runbookUrl' | 'grafanaUrl'> = {},
): Objectives {
  return readAs(path, 'objectives as in the example of tidegauge rules --help', (text) => {
    const options = JSON.parse(text) as SloRulesOptions
    const isObject = typeof options === 'object' && !Array.isArray(options)
    return { options, rules: sloRules(isObject ? { ...links, ...options } : options) }
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
