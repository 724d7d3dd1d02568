// As much of JSON Schema 2020-12 as docs/certificate.schema.json uses. A keyword that is not known here is an error, so that
// no part of the schema is passed over.
import { isDeepStrictEqual } from 'node:util'

export type Schema = { readonly [keyword: string]: unknown }
type Items = readonly unknown[]
type Fields = { readonly [key: string]: unknown }

const ANNOTATIONS = new Set(['$schema', '$defs', 'title', 'description'])

const isList = (v: unknown): v is Items => Array.isArray(v)
const isObject = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !isList(v)

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (isList(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

/** Why a value does not fit the schema, each with its place; empty when it fits. Nesting is that of the schema. */
export function problemsOf(value: unknown, schema: Schema, root: Schema = schema, place = ''): string[] {
  const found: string[] = []
  const fail = (why: string): void => {
    found.push(`${place || '/'}: ${why}`)
  }
  const inside = (v: unknown, s: unknown, key: string | number): void => {
    if (s === false) found.push(`${place}/${key}: not allowed`)
    else if (s !== undefined) found.push(...problemsOf(v, s as Schema, root, `${place}/${key}`))
  }
  const check: Readonly<Record<string, (operand: never) => void>> = {
    $ref: (name: string) => {
      const target = (root.$defs as Record<string, Schema>)[name.replace('#/$defs/', '')]
      if (target === undefined) throw new Error(`the schema has no ${name}`)
      found.push(...problemsOf(value, target, root, place))
    },
    type: (types: string | Items) => {
      const type = typeOf(value)
      const allowed = [types].flat()
      if (!allowed.includes(type) && !(type === 'integer' && allowed.includes('number'))) fail(`not of type ${allowed}`)
    },
    const: (only: unknown) => {
      if (!isDeepStrictEqual(value, only)) fail(`not ${JSON.stringify(only)}`)
    },
    enum: (values: Items) => {
      if (!values.some(v => isDeepStrictEqual(v, value))) fail(`not one of ${JSON.stringify(values)}`)
    },
    pattern: (text: string) => {
      if (typeof value === 'string' && !new RegExp(text, 'u').test(value)) fail(`does not match ${text}`)
    },
    minLength: (n: number) => {
      if (typeof value === 'string' && value.length < n) fail('too short')
    },
    maxLength: (n: number) => {
      if (typeof value === 'string' && value.length > n) fail('too long')
    },
    minimum: (n: number) => {
      if (typeof value === 'number' && value < n) fail(`less than ${n}`)
    },
    minItems: (n: number) => {
      if (isList(value) && value.length < n) fail(`fewer than ${n} items`)
    },
    maxItems: (n: number) => {
      if (isList(value) && value.length > n) fail(`more than ${n} items`)
    },
    prefixItems: (schemas: Items) => {
      if (isList(value)) for (const [i, v] of value.slice(0, schemas.length).entries()) inside(v, schemas[i], i)
    },
    items: (s: unknown) => {
      const start = (schema.prefixItems as Items | undefined)?.length ?? 0
      if (isList(value)) for (const [i, v] of value.slice(start).entries()) inside(v, s, start + i)
    },
    required: (keys: readonly string[]) => {
      if (isObject(value)) for (const key of keys) if (!Object.hasOwn(value, key)) fail(`${key} is missing`)
    },
    properties: (schemas: Fields) => {
      if (isObject(value)) for (const [key, v] of Object.entries(value)) inside(v, schemas[key], key)
    },
    additionalProperties: (s: unknown) => {
      const known = (schema.properties ?? {}) as Fields
      if (isObject(value))
        for (const [key, v] of Object.entries(value)) if (!Object.hasOwn(known, key)) inside(v, s, key)
    },
    oneOf: (schemas: readonly Schema[]) => {
      const results = schemas.map(s => problemsOf(value, s, root, place))
      const fitting = results.filter(r => r.length === 0).length
      // What fits best tells most about what is wrong.
      const nearest = results.reduce((a, b) => (b.length < a.length ? b : a))
      if (fitting !== 1) fail(`fits ${fitting} of ${schemas.length} ways: ${nearest.join('; ')}`)
    },
  }
  for (const [keyword, operand] of Object.entries(schema)) {
    if (ANNOTATIONS.has(keyword)) continue
    if (check[keyword] === undefined) throw new Error(`${keyword} is not known`)
    check[keyword](operand as never)
  }
  return found
}
