// A function as a chain of functions: `ln(sigma(exp t))` is exp, then sigma, then ln. The parts of the chain are the
// subexpressions through which every occurrence of the variables passes.
import {
  call,
  compose,
  type Expression,
  fold,
  mapParts,
  parts,
  postorder,
  substitute,
  variable,
} from '../scalar/expression.ts'

/** fn = outer . inner[0 of], where outer is a function of as many arguments as fn, each through its own chain. */
export interface Decomposition {
  /** Unary functions, the first acts first, after `core`. */
  readonly after: readonly Expression[]
  /** The part that mixes the arguments (or, of a unary function, the first of the chain); same arguments as fn. */
  readonly core: Expression
  /** For each argument of core, unary functions that act on it before; the first acts first. */
  readonly before: readonly (readonly Expression[])[]
}

/** For each part, which of the variables it contains, as a bit set (all of the 31st and later share one bit). */
function variableBits(root: Expression): Map<Expression, number> {
  const bits = new Map<Expression, number>()
  for (const e of postorder(root)) {
    let b = e.kind === 'variable' ? 1 << Math.min(e.index, 30) : 0
    for (const p of parts(e)) b |= bits.get(p) as number
    bits.set(e, b)
  }
  return bits
}

/**
 * The parts through which every path from the root to the variables in `mask` passes, outermost first. Parts that may
 * be left out by a choice do not count, since a choice is lazy: only what the test contains is always evaluated.
 */
function dominators(
  root: Expression,
  order: readonly Expression[],
  bits: ReadonlyMap<Expression, number>,
  mask: number,
): Expression[] {
  const found: Expression[] = []
  const pending = new Set<Expression>([root])
  for (let i = order.length - 1; i >= 0 && pending.size > 0; i--) {
    const e = order[i]
    if (!pending.delete(e)) continue
    if (pending.size === 0) found.push(e)
    if (e.kind === 'variable') break
    if (e.kind === 'choose' && (((bits.get(e.left) as number) | (bits.get(e.right) as number)) & mask) === 0) break
    for (const p of parts(e)) if (((bits.get(p) as number) & mask) !== 0) pending.add(p)
  }
  return found
}

/** The chain of functions between dominators: from d[from] down to d[to], the innermost acting first. */
function chainBetween(d: readonly Expression[], from: number, to: number): Expression[] {
  const chain: Expression[] = []
  for (let i = to - 1; i >= from; i--) {
    // Only what lies between the two parts is walked, so that a chain of N functions takes N steps and not N^2.
    chain.push(...asExponential(cutBetween(d[i], d[i + 1])))
  }
  return chain
}

/** c^t for a number c > 0 is exp(ln(c)*t): two functions, of which a layer before can take in the first. */
function asExponential(fn: Expression): Expression[] {
  if (fn.kind !== 'call' || fn.name !== '^' || fn.args[1] !== variable(0)) return [fn]
  const [base] = fn.args
  const isPositive = base.kind === 'constant' || (base.kind === 'number' && base.value.s > 0n && base.value.n > 0n)
  if (!isPositive) return [fn]
  return [call('*', call('ln', base), variable(0)), call('exp', variable(0))]
}
function cutBetween(e: Expression, d: Expression): Expression {
  const done = new Map<Expression, Expression>([[d, variable(0)]])
  const stack: Expression[] = [e]
  while (stack.length > 0) {
    const p = stack[stack.length - 1]
    if (done.has(p)) {
      stack.pop()
      continue
    }
    const missing = parts(p).filter(q => !done.has(q))
    if (missing.length > 0) {
      stack.push(...missing)
      continue
    }
    done.set(
      p,
      mapParts(p, q => done.get(q) as Expression),
    )
    stack.pop()
  }
  return done.get(e) as Expression
}

/** Takes a function of `arity` arguments apart. Nothing is taken apart where `after` and all of `before` are empty. */
export function decompose(fn: Expression, arity: number): Decomposition {
  const order = postorder(fn)
  const bits = variableBits(fn)
  const all = bits.get(fn) as number
  if (all === 0 || arity > 30) return { after: [], core: fn, before: Array.from({ length: arity }, () => []) }
  const top = dominators(fn, order, bits, all)
  // The last dominator of a unary function is the variable itself, or the part that uses it more than once.
  const last = top[top.length - 1]
  if (arity === 1) {
    const chain = chainBetween(top, 0, top.length - 1)
    if (last.kind !== 'variable') chain.unshift(last)
    if (chain.length === 0) return { after: [], core: fn, before: [[]] }
    return { after: chain.slice(1), core: chain[0], before: [[]] }
  }
  const after = chainBetween(top, 0, top.length - 1)
  let core = last
  const before: Expression[][] = []
  for (let i = 0; i < arity; i++) {
    const mask = 1 << i
    const coreOrder = postorder(core)
    const coreBits = variableBits(core)
    const d = dominators(core, coreOrder, coreBits, mask).filter(e => coreBits.get(e) === mask)
    if (d.length < 2 || d[d.length - 1].kind !== 'variable') {
      before.push(d.length >= 1 && d[d.length - 1].kind !== 'variable' ? restOf(d) : [])
      if (before[i].length > 0) core = replacePart(core, d[0], i)
      continue
    }
    before.push(chainBetween(d, 0, d.length - 1).map(f => substitute(f, () => variable(0))))
    core = replacePart(core, d[0], i)
  }
  return { after, core, before }
}

/** The chain from the topmost part down, where the last part uses the variable more than once. */
function restOf(d: readonly Expression[]): Expression[] {
  return [substitute(d[d.length - 1], () => variable(0)), ...chainBetween(d, 0, d.length - 1)]
}

function replacePart(e: Expression, d: Expression, index: number): Expression {
  return fold<Expression>(e, (p, of) => {
    if (p === d) return variable(index)
    return mapParts(p, of)
  })
}

/** What a decomposition is a decomposition of. */
export function recompose(d: Decomposition): Expression {
  const core = substitute(d.core, i => (d.before[i] ?? []).reduce((inner, f) => compose(f, inner), variable(i)))
  return d.after.reduce((inner, f) => compose(f, inner), core)
}
