// From terms to stages: what stands between the arrows of a chain.
import { misused, noInverse, notSize, rowsClash } from '../diagnostic.ts'
import type { Linear } from '../linear/linear.ts'
import type { Expression } from '../scalar/expression.ts'
import { inverseOf } from './inverse.ts'
import { declaredIn, matrixTerm, vectorTerm } from './matrices.ts'
import { rationalTerm, type Scope, spanAt } from './scope.ts'
import { nameOf, unaryTerm } from './terms.ts'
import type { Term } from './tree.ts'

/** What a stage does to the wire that enters it; worked out once for equal texts. */
export type Stage =
  | { readonly kind: 'pointwise'; readonly fn: Expression }
  | {
      readonly kind: 'additive' | 'multiplicative'
      readonly operators: readonly Linear[]
      readonly bias: Linear | null
    }
  | { readonly kind: 'mix'; readonly fn: Expression; readonly inverse: Expression; readonly operator: Linear }
  | { readonly kind: 'reduce'; readonly operation: 'max' | 'min'; readonly group: number }
  | { readonly kind: 'softmax' | 'logsoftmax' }

/** Operations that take whole wires; in a formula they make nodes of their own. */
const STRUCTURAL = new Set(['add', 'mul', 'mix', 'maxpool', 'minpool', 'softmax', 'logsoftmax'])

/** Whether a term is an operation on whole wires. */
export function isStructural(fn: Term): boolean {
  return (fn.kind === 'name' || fn.kind === 'indexed') && STRUCTURAL.has(fn.name)
}

/** Stages that are kept at a time. */
const MOST_KEPT = 1_000

/** Stages that were worked out, by their (shared) trees: a file's nets use one. */
export type StageCache = Map<Term, Stage>

/** The stage that a term says, or null where it has an error, which is reported. */
export function stageOf(scope: Scope, offset: number, term: Term, cache: StageCache): Stage | null {
  const known = cache.get(term)
  if (known !== undefined) return known
  const made = makeStage(scope, offset, term)
  // Layers of weights are made as fast as they are found again, and mostly occur once.
  if (made === null || (term.kind === 'indexed' && term.args.every(a => a.kind === 'name'))) return made
  if (cache.size >= MOST_KEPT) cache.clear()
  cache.set(term, made)
  return made
}

function makeStage(scope: Scope, offset: number, term: Term): Stage | null {
  const name = term.kind === 'name' || term.kind === 'indexed' ? term.name : ''
  if (!STRUCTURAL.has(name)) {
    const fn = unaryTerm(scope, offset, term)
    return fn && { kind: 'pointwise', fn }
  }
  const parameters = term.kind === 'indexed' ? term.args : []
  const wrong = (): null => {
    scope.report(misused(spanAt(scope, offset, term), name))
    return null
  }
  switch (name) {
    case 'softmax':
    case 'logsoftmax':
      return parameters.length === 0 ? { kind: name } : wrong()
    case 'maxpool':
    case 'minpool': {
      if (parameters.length !== 1) return wrong()
      const group = rationalTerm(parameters[0])
      if (group === null || group.d !== 1n || group.s < 0n || group.n < 1n || group.n > 1_000_000_000n) {
        scope.report(notSize(spanAt(scope, offset, parameters[0]), null))
        return null
      }
      return { kind: 'reduce', operation: name === 'maxpool' ? 'max' : 'min', group: Number(group.n) }
    }
    case 'mix': {
      if (parameters.length !== 2) return wrong()
      const fn = unaryTerm(scope, offset, parameters[0])
      const operator = matrixTerm(scope, offset, parameters[1])
      if (fn === null || operator === null) return null
      const inverse = inverseOf(fn)
      if (inverse !== null) return { kind: 'mix', fn, inverse, operator }
      scope.report(noInverse(spanAt(scope, offset, parameters[0]), nameOf(parameters[0])))
      return null
    }
    default:
      if (parameters.length !== 1 && parameters.length !== 2) return wrong()
      return layerOf(scope, offset, term, name === 'add' ? 'additive' : 'multiplicative', 1)
  }
}

/** `add[W]`, `add[W, b]`, and on two wires `add[V, W](x, y)`, `add[V, W, b](x, y)`. */
export function layerOf(
  scope: Scope,
  offset: number,
  term: Term,
  kind: 'additive' | 'multiplicative',
  wires: number,
): Stage | null {
  const parameters = term.kind === 'indexed' ? term.args : []
  const operators = parameters.slice(0, wires).map(p => matrixTerm(scope, offset, p))
  const last = parameters[wires]
  const bias = last === undefined ? null : vectorTerm(scope, offset, last)
  if (operators.some(o => o === null) || (last !== undefined && bias === null)) return null
  const all = operators as Linear[]
  for (const [i, part] of [...all, ...(bias === null ? [] : [bias])].entries()) {
    if (part.rows === all[0].rows) continue
    const what = i === wires ? 'bias' : 'matrix'
    const related = [parameters[i], parameters[0]].flatMap(p => declaredIn(scope, p))
    scope.report(rowsClash(spanAt(scope, offset, parameters[i]), what, part.rows.text, all[0].rows.text, related))
    return null
  }
  return { kind, operators: all, bias }
}
