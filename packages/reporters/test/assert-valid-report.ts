import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'

export interface SchemaNode {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, SchemaNode>>
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly enum?: readonly unknown[]
  readonly items?: SchemaNode | false
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
}

export const SCHEMA: SchemaNode = JSON.parse(
  readFileSync(new URL('../schema/drift-report.v2.schema.json', import.meta.url), 'utf8'),
)

const validate = new Ajv2020({ strict: true, allErrors: false, allowUnionTypes: true }).compile(
  SCHEMA,
)

/** Valid by the published schema, or an error that says what is not. */
export function assertValidReport(value: unknown): void {
  if (validate(value)) return
  const errors = validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`)
  throw new Error(`no valid report: ${errors.join('; ')}`)
}

export function isValidReport(value: unknown): boolean {
  return validate(value)
}
