// From the declarations of a file to sizes, weights and functions.
import {
  asymmetricDomain,
  contradiction,
  type Diagnostic,
  declaredTwice,
  inverseDiffers,
  inverseIsKnown,
  inverseOfAnother,
  inverseOfOne,
  noBijection,
  noSuchFunction,
  notClosed,
  notLiteral,
  propertyOfOne,
  recursiveFunction,
  reservedOperation,
  type Span,
  shadowsKnown,
  sharedInverse,
  tooManySizes,
} from '../diagnostic.ts'
import type { WeightSymbol } from '../linear/linear.ts'
import { printShape, type Size, sizeOf } from '../linear/size.ts'
import { canBeBijective, canBeMonotone, canBeOdd } from '../scalar/declared.ts'
import { type Expression, type FunctionSymbol, variable } from '../scalar/expression.ts'
import { anyFunction } from '../scalar/functions.ts'
import { negate, REALS, sameRange } from '../scalar/range.ts'
import { literalTerm } from './matrices.ts'
import { OPERATIONS, rangeTree, type Scope, sizeTerm, spanAt } from './scope.ts'
import { expressionTerm, functionExpression, functionTerm, isFunctionName } from './terms.ts'
import {
  type FileTree,
  type FunctionTree,
  type Identifier,
  namesIn,
  type Piece,
  type Term,
  type WeightsTree,
} from './tree.ts'

/** A scope that is being filled. */
export interface OpenScope extends Scope {
  readonly sizes: Set<string>
  readonly weights: Map<string, WeightSymbol>
  readonly functions: Map<string, FunctionSymbol>
  readonly places: Map<string, Span>
  readonly broken: Set<string>
}

/** Declares all that the statements of a file declare, whatever their order. */
export function declareAll(scope: OpenScope, tree: FileTree): void {
  const functions: { readonly tree: FunctionTree; readonly name: Identifier }[] = []
  for (const s of tree.statements) {
    if (s.kind === 'size') for (const n of s.names) if (claim(scope, n)) scope.sizes.add(n.name)
  }
  for (const s of tree.statements) {
    if (s.kind === 'weights') declareWeights(scope, s)
    if (s.kind === 'function')
      for (const name of s.names) if (claimFunction(scope, name)) functions.push({ tree: s, name })
  }
  for (const f of functions) if (f.tree.form.kind === 'unknown') declareUnknown(scope, f.tree, f.name)
  for (const f of functions) if (f.tree.form.kind === 'unknown') linkInverse(scope, f.tree, f.name)
  declareDefined(scope, functions)
}

/** Takes a name for a declaration; false where it has one. */
function claim(scope: OpenScope, { name, start, end }: Identifier): boolean {
  const span = spanAt(scope, 0, { start, end })
  const first = scope.places.get(name)
  if (first === undefined) scope.places.set(name, span)
  else scope.report(declaredTwice(span, name, first))
  return first === undefined
}

function claimFunction(scope: OpenScope, name: Identifier): boolean {
  const span = spanAt(scope, 0, name)
  if (OPERATIONS.has(name.name)) {
    scope.report(reservedOperation(span, name.name))
    return false
  }
  if (isFunctionName(name.name)) scope.report(shadowsKnown(span, name.name))
  return claim(scope, name)
}

function declareWeights(scope: OpenScope, tree: WeightsTree): void {
  const symbol = weightSymbol(scope, tree)
  for (const n of tree.names) {
    if (!claim(scope, n)) continue
    if (symbol === null) scope.broken.add(n.name)
    else {
      const { rows, columns, vector, entries, value } = symbol
      scope.weights.set(n.name, { name: n.name, rows, columns, vector, entries, value })
    }
  }
}

function weightSymbol(scope: Scope, tree: WeightsTree): WeightSymbol | null {
  if (tree.value !== null) {
    const { offset, tree: value } = tree.value
    const list = value.kind === 'group' ? value.of : value
    if (list.kind !== 'list') {
      scope.report(notLiteral(spanAt(scope, offset, value)))
      return null
    }
    const literal = literalTerm(scope, offset, list)
    if (literal === null || literal.kind !== 'literal') return null
    const vector = list.items.every(i => i.kind !== 'list')
    return { name: '', rows: literal.rows, columns: literal.columns, vector, entries: REALS, value: literal.entries }
  }
  const shape = (tree.shape ?? []).map(t => sizeTerm(scope, 0, t))
  const entries = tree.entries === null ? REALS : rangeTree(scope, 0, tree.entries)
  if (entries === null || shape.some(s => s === null)) return null
  const [rows, columns, more] = shape as Size[]
  if (more !== undefined) {
    const at = (tree.shape as readonly Term[])[2]
    scope.report(tooManySizes(spanAt(scope, 0, at), printShape(shape as Size[])))
    return null
  }
  return { name: '', rows, columns: columns ?? sizeOf(1), vector: columns === undefined, entries, value: null }
}

// --- Unknown functions --------------------------------------------------------------------------------------------

type UnknownForm = Extract<FunctionTree['form'], { kind: 'unknown' }>

function declareUnknown(scope: OpenScope, tree: FunctionTree, name: Identifier): void {
  const form = tree.form as UnknownForm
  const symbol = unknownFunction(scope, form, name.name)
  if (symbol === null) scope.broken.add(name.name)
  else scope.functions.set(name.name, symbol)
}

/** The symbol of an unknown function (its inverse is linked later); what no function can satisfy is reported. */
export function unknownFunction(scope: Scope, form: UnknownForm, name: string): FunctionSymbol | null {
  const domain = form.domain.map(d => rangeTree(scope, 0, d))
  const codomain = rangeTree(scope, 0, form.codomain)
  if (codomain === null || !domain.every(d => d !== null)) return null
  const found = { monotone: null as FunctionSymbol['monotone'], parity: null as FunctionSymbol['parity'] }
  for (const p of form.properties) {
    const span = spanAt(scope, 0, p)
    const refuse = (why: Diagnostic): null => {
      scope.report(why)
      return null
    }
    if (domain.length > 1) return refuse(propertyOfOne(span, p.property))
    if (p.property === 'increasing' || p.property === 'decreasing') {
      if (found.monotone !== null) return refuse(contradiction(span, found.monotone, p.property))
      found.monotone = p.property
      if (!canBeMonotone({ domain, codomain, ...found })) return refuse(noSuchFunction(span, p.property))
    } else {
      if (found.parity !== null) return refuse(contradiction(span, found.parity, p.property))
      found.parity = p.property
      if (!sameRange(domain[0], negate(domain[0]))) return refuse(asymmetricDomain(span, p.property))
    }
    if (found.parity === 'even' && found.monotone !== null) return refuse(contradiction(span, 'even', found.monotone))
    if (p.property === 'odd' && !canBeOdd({ domain, codomain, ...found })) return refuse(noSuchFunction(span, 'odd'))
  }
  const parameters = domain.length === 1 ? ['t'] : domain.map((_, i) => `t${i + 1}`)
  return { name, arity: domain.length, domain, codomain, ...found, inverse: null, definition: null, parameters }
}

function linkInverse(scope: OpenScope, tree: FunctionTree, name: Identifier): void {
  const { inverse } = tree.form as UnknownForm
  const fn = scope.functions.get(name.name)
  if (inverse === null || fn === undefined) return
  const problem = inverseProblem(scope, tree, fn, inverse)
  if (problem !== null) {
    scope.report(problem)
    scope.broken.add(name.name)
    scope.functions.delete(name.name)
    return
  }
  const other = inverse.name === name.name ? fn : scope.functions.get(inverse.name)
  if (other !== undefined) {
    fn.inverse = other
    other.inverse = fn
  } else if (claim(scope, inverse)) {
    const { codomain, domain, monotone, parity } = fn
    const made: FunctionSymbol = {
      name: inverse.name,
      arity: 1,
      domain: [codomain],
      codomain: domain[0],
      monotone,
      parity,
      inverse: fn,
      definition: null,
      parameters: ['t'],
    }
    fn.inverse = made
    scope.functions.set(inverse.name, made)
  } else scope.broken.add(name.name)
}

/** What is wrong with a function's inverse, if anything is. */
function inverseProblem(
  scope: OpenScope,
  tree: FunctionTree,
  fn: FunctionSymbol,
  inverse: Identifier,
): Diagnostic | null {
  const span = spanAt(scope, 0, inverse)
  if (fn.arity !== 1) return inverseOfOne(span)
  if (tree.names.length > 1 && inverse.name !== fn.name) return sharedInverse(span, tree.names.length)
  if (!canBeBijective(fn)) return noBijection(span)
  if (isFunctionName(inverse.name) || OPERATIONS.has(inverse.name)) return inverseIsKnown(span, inverse.name)
  const other = inverse.name === fn.name ? fn : scope.functions.get(inverse.name)
  if (other === undefined) return null
  if (other.inverse !== null && other.inverse !== fn) return inverseOfAnother(span, inverse.name, other.inverse.name)
  const fits =
    other.arity === 1 &&
    sameRange(other.domain[0], fn.codomain) &&
    sameRange(other.codomain, fn.domain[0]) &&
    other.monotone === fn.monotone &&
    other.parity === fn.parity
  return fits ? null : inverseDiffers(span, inverse.name, fn.name)
}

// --- Defined functions --------------------------------------------------------------------------------------------

/** Definitions in the order of their dependence, without recursion; cycles are reported. */
function declareDefined(
  scope: OpenScope,
  functions: readonly { readonly tree: FunctionTree; readonly name: Identifier }[],
): void {
  const waiting = new Map<string, { readonly tree: FunctionTree; readonly name: Identifier; state: 'new' | 'open' }>()
  for (const f of functions) if (f.tree.form.kind !== 'unknown') waiting.set(f.name.name, { ...f, state: 'new' })
  for (const start of [...waiting.keys()]) {
    const stack = [start]
    while (stack.length > 0) {
      const top = stack[stack.length - 1]
      const task = waiting.get(top)
      if (task === undefined) {
        stack.pop()
        continue
      }
      if (task.state === 'new') {
        task.state = 'open'
        const used = usedBy(task.tree).filter(n => waiting.has(n))
        const open = used.find(n => waiting.get(n)?.state === 'open')
        if (open !== undefined) {
          const cycle = [...new Set(stack.slice(stack.indexOf(open)).filter(n => waiting.get(n)?.state === 'open'))]
          scope.report(recursiveFunction(spanAt(scope, 0, (waiting.get(open) as { name: Identifier }).name), cycle))
          for (const n of cycle) {
            waiting.delete(n)
            scope.broken.add(n)
          }
          continue
        }
        for (const n of used.toReversed()) stack.push(n)
        if (used.length > 0) continue
      }
      stack.pop()
      waiting.delete(top)
      const symbol = definedFunction(scope, task.tree, task.name)
      if (symbol === null) scope.broken.add(top)
      else scope.functions.set(top, symbol)
    }
  }
}

function usedBy(tree: FunctionTree): string[] {
  const { form } = tree
  if (form.kind !== 'formula' && form.kind !== 'composition') return []
  const parameters = new Set(form.kind === 'formula' ? form.parameters.map(p => p.name) : [])
  const used = new Set<string>()
  namesIn(form.body.tree, (name, at) => {
    // A parameter hides a function of its name only where a number stands.
    if (!(at.kind === 'name' && parameters.has(name))) used.add(name)
  })
  return [...used]
}

function definedFunction(scope: Scope, tree: FunctionTree, name: Identifier): FunctionSymbol | null {
  const { form } = tree
  const make = (arity: number, definition: Expression, parameters: readonly string[]): FunctionSymbol => ({
    ...anyFunction(name.name, arity),
    definition,
    parameters,
  })
  if (form.kind === 'composition') {
    const fn = functionTerm(scope, form.body.offset, form.body.tree)
    if (fn === null) return null
    const definition = functionExpression(fn)
    const arity = fn.arity === Infinity ? 2 : fn.arity
    return make(arity, definition, arity === 1 ? ['t'] : Array.from({ length: arity }, (_, i) => `t${i + 1}`))
  }
  if (form.kind !== 'formula') return null
  const index = new Map<string, number>()
  for (const p of form.parameters) {
    const first = form.parameters[index.get(p.name) ?? 0]
    if (index.has(p.name)) {
      scope.report(declaredTwice(spanAt(scope, 0, p), p.name, spanAt(scope, 0, first)))
      return null
    }
    index.set(p.name, index.size)
  }
  const definition = formula(scope, form.body, index)
  return definition && make(index.size, definition, [...index.keys()])
}

function formula(scope: Scope, body: Piece<Term>, parameters: ReadonlyMap<string, number>): Expression | null {
  const inside: Scope = { ...scope, locals: () => parameters.keys() }
  return expressionTerm(inside, body.offset, body.tree, t => {
    if (t.kind !== 'name') return undefined
    const index = parameters.get(t.name)
    if (index !== undefined) return variable(index)
    if (!scope.weights.has(t.name)) return undefined
    scope.report(notClosed(spanAt(scope, body.offset, t), t.name))
    return null
  })
}
