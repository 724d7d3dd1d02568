// Inverses of functions that are built from invertible ones: what `mix[f, W]` and `inverse(f)` need.
import {
  apply,
  call,
  choose,
  compose,
  type Expression,
  number,
  one,
  TooLarge,
  unfold,
  variablesOf,
  x0,
  zero,
} from '../scalar/expression.ts'
import { rational } from '../scalar/rational.ts'

/**
 * g with g(f(t)) = t for every t at which f is defined, as an expression in variable 0, where f is a composition of
 * known and declared invertible functions; else null. The range of f is not enforced: g may be defined on more.
 */
export function inverseOf(f: Expression): Expression | null {
  let outer = f
  // f = outer . (what was peeled): the inverse of what was peeled, from the outside, applied to variable 0.
  let result: Expression = x0
  for (let steps = 0; steps < 10_000; steps++) {
    if (outer === x0) return result
    const layer = peel(outer)
    if (layer === null) return null
    result = compose(layer.inverse, result)
    outer = layer.inner
  }
  return null
}

interface Layer {
  readonly inner: Expression
  /** Undoes the outermost operation, as an expression in variable 0. */
  readonly inverse: Expression
}

function isNonZero(e: Expression): boolean {
  if (e.kind === 'number') return e.value.n !== 0n
  if (e.kind === 'call' && e.name === 'neg') return isNonZero(e.args[0])
  // ln of a positive number other than 1, as in log[10].
  if (e.kind === 'call' && e.name === 'ln') {
    const of = e.args[0]
    return (
      of.kind === 'constant' ||
      (of.kind === 'number' && of.value.s > 0n && of.value.n > 0n && of.value.compare(1) !== 0)
    )
  }
  return e.kind === 'constant'
}

function isClosed(e: Expression): boolean {
  return variablesOf(e).length === 0
}

/** A definition in full, or null where it is too large to look through. */
function unfolded(definition: Expression): Expression | null {
  try {
    return unfold(definition, 10_000)
  } catch (error) {
    if (error instanceof TooLarge) return null
    throw error
  }
}

function peel(e: Expression): Layer | null {
  if (e.kind === 'apply') {
    if (e.fn.arity !== 1) return null
    const inner = e.args[0]
    if (e.fn.definition !== null) {
      const definition = unfolded(e.fn.definition)
      return definition && { inner: compose(definition, inner), inverse: x0 }
    }
    return e.fn.inverse === null ? null : { inner, inverse: apply(e.fn.inverse, x0) }
  }
  const root = oddRoot(e)
  if (root !== null) return { inner: root.of, inverse: call('^', x0, number(rational(root.degree))) }
  if (e.kind !== 'call') return null
  const [a, b] = e.args
  switch (e.name) {
    case 'exp':
      return { inner: a, inverse: call('ln', x0) }
    case 'ln':
      return { inner: a, inverse: call('exp', x0) }
    case 'sinh':
      return { inner: a, inverse: call('asinh', x0) }
    case 'asinh':
      return { inner: a, inverse: call('sinh', x0) }
    case 'tanh':
      return { inner: a, inverse: call('atanh', x0) }
    case 'atanh':
      return { inner: a, inverse: call('tanh', x0) }
    case 'sigmoid':
      return { inner: a, inverse: call('ln', call('/', x0, call('-', one, x0))) }
    case 'softplus':
      return { inner: a, inverse: call('ln', call('-', call('exp', x0), one)) }
    case 'neg':
      return { inner: a, inverse: call('neg', x0) }
    case '+':
      if (isClosed(b)) return { inner: a, inverse: call('-', x0, b) }
      return isClosed(a) ? { inner: b, inverse: call('-', x0, a) } : null
    case '-':
      if (isClosed(b)) return { inner: a, inverse: call('+', x0, b) }
      return isClosed(a) ? { inner: b, inverse: call('-', a, x0) } : null
    case '*':
      if (isNonZero(b)) return { inner: a, inverse: call('/', x0, b) }
      return isNonZero(a) ? { inner: b, inverse: call('/', x0, a) } : null
    case '/':
      if (isNonZero(b)) return { inner: a, inverse: call('*', x0, b) }
      return isNonZero(a) ? { inner: b, inverse: call('/', a, x0) } : null
    case '^': {
      // An odd power of any real; its root is the real one.
      if (b.kind !== 'number' || b.value.d !== 1n || b.value.n % 2n === 0n || b.value.s < 0n) return null
      return { inner: a, inverse: realRoot(x0, b.value.n) }
    }
    default:
      return null
  }
}

/** The real root of an odd degree, which powers have for positive numbers only. */
function realRoot(of: Expression, degree: bigint): Expression {
  const root = (t: Expression): Expression => call('^', t, number(rational(1, degree)))
  return choose('<=', zero, of, root(of), call('neg', root(call('neg', of))))
}

/** What `realRoot` makes, read back: the degree, and what the root is of. */
export function oddRoot(e: Expression): { readonly of: Expression; readonly degree: bigint } | null {
  if (e.kind !== 'choose' || e.then.kind !== 'call' || e.then.name !== '^') return null
  const exponent = e.then.args[1]
  if (exponent.kind !== 'number' || exponent.value.n !== 1n || exponent.value.s < 0n || exponent.value.d % 2n === 0n)
    return null
  const { d } = exponent.value
  return e === realRoot(e.right, d) ? { of: e.right, degree: d } : null
}
