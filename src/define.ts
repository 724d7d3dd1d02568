// Rules from TypeScript: the language in a tagged template, or builders that write it. Either way a rule is read and
// compiled as one in a file is, so that all three give the same value. It is not believed before it is proved.
import { type Diagnostic, renderDiagnostic } from './diagnostic.ts'
import { parse } from './load.ts'
import type { Property, Rule } from './rewrite/rule.ts'

/** A rule that cannot be read. The message shows the place of the first error in the text. */
export class RuleError extends RangeError {
  constructor(
    readonly diagnostics: readonly Diagnostic[],
    readonly text: string,
  ) {
    super(diagnostics.length === 0 ? 'the text has to hold one rule' : renderDiagnostic(diagnostics[0], text))
  }
}

/**
 * The rule that a text says, with what it needs declared before it: rule`rule r { relu -> abs ==> relu }`. Values in the
 * template are put in as text. Throws RuleError where the text is wrong, or does not hold exactly one rule.
 */
export function rule(strings: TemplateStringsArray, ...values: readonly (string | number)[]): Rule {
  return readRule(strings.map((part, i) => part + (i < values.length ? String(values[i]) : '')).join(''))
}

/** The rule that a text says. Throws RuleError where it is wrong, or does not hold exactly one rule. */
export function readRule(text: string): Rule {
  const { rules, diagnostics } = parse(text, { file: 'rule' })
  const errors = diagnostics.filter(d => d.severity === 'error')
  if (errors.length > 0 || rules.length !== 1) throw new RuleError(errors, text)
  return rules[0]
}

/** The rule in the usual form, with its reason as a comment: text that reads as the same rule. */
export function printRule({ reason, text }: Rule): string {
  const comment = reason === '' ? [] : reason.split('\n').map(line => `// ${line}`.trimEnd())
  return [...comment, text, ''].join('\n')
}

// --- Variables ----------------------------------------------------------------------------------------------------------

/** What a variable of a rule stands for, by how it is declared. */
export interface Variable {
  readonly declare: (name: string) => string
}
/** A number or a size as the language writes it: `n`, `2*n + 1`. */
export type SizeText = string | number

const within = (set: string | undefined): string => (set === undefined ? '' : ` in ${set}`)

/** Any size. Those of weights and wires need no declaration. */
export function size(): Variable {
  return { declare: name => `size ${name}` }
}
/** Any matrix of rows x columns, or a vector where there are no columns; with entries in a set. */
export function weights(rows: SizeText, columns?: SizeText, entries?: string): Variable {
  const shape = columns === undefined ? `${rows}` : `${rows} x ${columns}`
  return { declare: name => `weights ${name} : ${shape}${within(entries)}` }
}
/** Any linear operator. */
export function operator(rows: SizeText, columns: SizeText): Variable {
  return { declare: name => `operator ${name} : ${rows} x ${columns}` }
}
/** Any closed number, or any of a set. */
export function real(set?: string): Variable {
  return { declare: name => `real ${name}${within(set)}` }
}
/** A wire that enters the rule, of any width or of this one. */
export function wire(width?: SizeText): Variable {
  return { declare: name => `wire ${name}${width === undefined ? '' : ` : ${width}`}` }
}
/** Any part of a net, from a wire of `columns` components to one of `rows`; `total`: one that is defined for every input. */
export function part(columns: SizeText, rows: SizeText, options: { readonly total?: boolean } = {}): Variable {
  return { declare: name => `net ${name} : ${columns} -> ${rows}${options.total === true ? ' total' : ''}` }
}
/** Any function of one number. */
export function anyFunction(): Variable {
  return { declare: name => `function ${name}` }
}
/** Any function of any number of wires, of which one is the rule's. */
export function variadicFunction(): Variable {
  return { declare: name => `function ${name}(..)` }
}
/** Any function from a set (or several, for several arguments) into a set, with properties such as `increasing`. */
export function functionFrom(
  domain: string | readonly string[],
  codomain: string,
  ...properties: readonly ('increasing' | 'decreasing' | 'odd' | 'even')[]
): Variable {
  const sets = typeof domain === 'string' ? [domain] : domain
  return { declare: name => [`function ${name} : ${sets.join(' x ')} -> ${codomain}`, ...properties].join(' ') }
}

// --- Sides --------------------------------------------------------------------------------------------------------------

/** One stage of a side. */
export interface StageText {
  readonly stage: string
}
/** A side of a rule. */
export interface SideText {
  readonly side: string
}

const stage = (text: string): StageText => ({ stage: text })
const indexed = (name: string, ...args: readonly (string | number | undefined)[]): StageText =>
  stage(`${name}[${args.filter(a => a !== undefined).join(', ')}]`)

/** A function, `sinh`, `g . f`, `inverse(f)`, or a part of a net by its name. */
export function fn(text: string): StageText {
  return stage(text)
}
export function add(matrix: string, bias?: string): StageText {
  return indexed('add', matrix, bias)
}
export function mul(matrix: string, bias?: string): StageText {
  return indexed('mul', matrix, bias)
}
export function mix(f: string, matrix: string): StageText {
  return indexed('mix', f, matrix)
}
export function maxpool(group: SizeText): StageText {
  return indexed('maxpool', group)
}
export function minpool(group: SizeText): StageText {
  return indexed('minpool', group)
}
export function scale(factor: string | number): StageText {
  return indexed('scale', factor)
}
export function shift(by: string | number): StageText {
  return indexed('shift', by)
}
export function pow(exponent: string | number): StageText {
  return indexed('pow', exponent)
}
export function log(base: string | number): StageText {
  return indexed('log', base)
}
export const softmax: StageText = stage('softmax')
export const logsoftmax: StageText = stage('logsoftmax')

/** Stages one after the other; without any, the wire itself. */
export function chain(...stages: readonly StageText[]): SideText {
  return { side: stages.length === 0 ? 'id' : stages.map(s => s.stage).join(' -> ') }
}
/** A term over the rule's wires, `max(x, y)`, and stages after it. */
export function term(text: string, ...stages: readonly StageText[]): SideText {
  return { side: [text, ...stages.map(s => s.stage)].join(' -> ') }
}

// --- Conditions ---------------------------------------------------------------------------------------------------------

export interface ConditionText {
  readonly condition: string
}
const condition = (text: string): ConditionText => ({ condition: text })

export type PropertyName = Property

/** What can be asked of a variable (or of a size, `2*n`). */
export interface Subject {
  /** Its values, or all of its entries, lie in a set. */
  in(set: string): ConditionText
  is(property: PropertyName): ConditionText
  /** For sizes. */
  equals(size: SizeText): ConditionText
  atLeast(size: SizeText): ConditionText
  atMost(size: SizeText): ConditionText
}
export function variable(name: string): Subject {
  return {
    in: set => condition(`${name} in ${set}`),
    is: property => condition(`${name} ${property}`),
    equals: other => condition(`${name} = ${other}`),
    atLeast: other => condition(`${name} >= ${other}`),
    atMost: other => condition(`${name} <= ${other}`),
  }
}
/** The wire that enters the chain. */
export const input: Pick<Subject, 'in'> & { inDomainOf(f: string): ConditionText } = {
  in: set => condition(`input in ${set}`),
  inDomainOf: f => condition(`input in domain(${f})`),
}

// --- The rule -----------------------------------------------------------------------------------------------------------

export interface RuleSpec {
  readonly name: string
  readonly title?: string
  /** Why it is true. */
  readonly because?: string
  readonly variables?: Readonly<Record<string, Variable>>
  readonly left: SideText
  readonly right: SideText
  readonly when?: ConditionText | readonly ConditionText[]
  /** `forward`: used left to right when normalizing; `both`: only where somebody asks for it, in either direction. */
  readonly direction?: 'forward' | 'both'
}

/** A rule from values: the text that they write, read as a file is. Throws RuleError where that is no rule. */
export function defineRule(spec: RuleSpec): Rule {
  const { name, title, because, variables = {}, left, right, when = [], direction = 'forward' } = spec
  for (const [argument, side] of Object.entries({ left, right }))
    if (typeof side?.side !== 'string')
      throw new TypeError(`defineRule: ${argument} is no side: chain(...) or term(...)`)
  if (direction !== 'forward' && direction !== 'both')
    throw new RangeError(`defineRule: direction is forward or both, and not ${String(direction)}`)
  if (title !== undefined && /["\n]/.test(title))
    throw new RangeError('defineRule: a title has no quotes and no line ends')
  const conditions = (Array.isArray(when) ? (when as readonly ConditionText[]) : [when as ConditionText]).map(
    c => c.condition,
  )
  const sign = direction === 'both' ? '==' : '==>'
  return readRule(
    [
      ...(because === undefined ? [] : because.split('\n').map(line => `// ${line}`)),
      `rule ${name}${title === undefined ? '' : ` "${title}"`} {`,
      ...Object.entries(variables).map(([key, v]) => v.declare(key)),
      `${left.side} ${sign} ${right.side}${conditions.length === 0 ? '' : ` when ${conditions.join(' and ')}`}`,
      '}',
    ].join('\n'),
  )
}
