// The sign of an expression: a product of the signs of simpler ones, by factoring its normal form, by comparing exponents
// instead of exponentials, arguments instead of logarithms, squares instead of roots. The factors whose signs stay open
// are what a proof splits on.
import { type Case, MINUS, NULL, PLUS, powerSigns, type Signs, timesSigns } from '../scalar/case.ts'
import { call, type Expression, number, one } from '../scalar/expression.ts'
import {
  arithmeticStep,
  axiomStep,
  conditionsOf,
  productOf,
  type Rewriting,
  replaceAll,
  signOf,
} from '../scalar/proof.ts'
import { rational } from '../scalar/rational.ts'
import type { Normal } from './expander.ts'
import { explicit, inSequence } from './explicit.ts'
import { Normalizer } from './normal.ts'
import * as P from './polynomial.ts'

export interface SignForm {
  /** The signs that the expression can have. */
  readonly signs: Signs
  /** The chain that shows it. */
  readonly chain: readonly Rewriting[]
  /** The factors of more than one possible sign. */
  readonly open: readonly { readonly expression: Expression; readonly signs: Signs; readonly exponent: number }[]
  /** The sign of the product of all other factors. */
  readonly rest: Signs
  /** A factor f(a) - f(b) of a monotone unknown function f, if there is one, with a - b. */
  readonly compared: {
    readonly factor: Expression
    readonly difference: Expression
    readonly increasing: boolean
  } | null
}

const MOST_LINKS = 300

/** A factor of the expression whose sign is looked for. */
interface Item {
  readonly expression: Expression
  readonly exponent: number
}

export const isSingle = (signs: Signs): boolean => signs === MINUS || signs === NULL || signs === PLUS

/** The sign of an expression that is defined in the case. */
export function signForm(within: Case, root: Expression, meter: P.Meter): SignForm {
  const chain: Rewriting[] = []
  let done: Item[] = []
  let todo: Item[] = [{ expression: root, exponent: 1 }]
  const use = (step: Rewriting): void => {
    if (step.before === step.after) return
    chain.push(step)
    // What is rewritten is so everywhere: also in the other factors.
    const updated = (items: readonly Item[]): Item[] =>
      items.map(i => ({ ...i, expression: replaceAll(i.expression, step.before, step.after) }))
    todo = updated(todo)
    done = updated(done)
  }
  /** Goes on from sign(u), rewritten by the equations, to the sign of something that is equal by arithmetic. */
  const become = (u: Expression, to: Expression, equations: readonly Rewriting[]): void => {
    const { steps, results } = inSequence(equations, [signOf(u)], within, meter)
    for (const step of steps) use(step)
    const image = inSequence(equations, [signOf(to)], within, meter)
    use(explicit({ ...arithmeticStep(results[0], signOf(to)), chain: image.steps }, within, meter))
  }
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    const { expression: u, exponent } = item
    const signs = within.signs(u)
    if (isSingle(signs) || chain.length > MOST_LINKS) {
      done.push({ expression: u, exponent })
      continue
    }
    const normalizer = new Normalizer(within, meter)
    const [form] = normalizer.together([u])
    if (form.value.numerator.size === 0) {
      become(u, number(0), normalizer.equations)
      done.push({ expression: number(0), exponent })
      continue
    }
    const { negative, pieces } = normalizer.pieces(form.value)
    const [only] = pieces
    if (pieces.length === 1 && !negative && only.exponent === 1 && only.base === u) {
      const next = simpler(within, u, form, normalizer, become, use)
      if (next === null) done.push({ expression: u, exponent })
      else todo.push(...next.map(expression => ({ expression, exponent })))
      continue
    }
    const factors = pieces.map(p => ({ base: p.base, exponent: p.exponent }))
    if (negative || factors.length === 0) factors.unshift({ base: number(negative ? -1 : 1), exponent: 1 })
    const wholes = factors.map(f => (f.exponent === 1 ? f.base : call('^', f.base, number(f.exponent))))
    const product = productOf(wholes)
    become(u, product, normalizer.equations)
    const prefixes = [wholes[0]]
    for (const w of wholes.slice(1)) prefixes.push(call('*', prefixes[prefixes.length - 1], w))
    for (let i = wholes.length - 1; i > 0; i--) use(axiomStep('sign-product', prefixes[i - 1], wholes[i]))
    for (const f of factors) {
      if (f.exponent !== 1) use(axiomStep('sign-power', f.base, number(f.exponent)))
      todo.push({ expression: f.base, exponent: exponent * f.exponent })
    }
  }
  const factors = done.map(f => ({ ...f, signs: within.signs(f.expression) }))
  const product = (list: typeof factors): Signs =>
    list.reduce((sign, f) => timesSigns(sign, powerSigns(f.signs, f.exponent)), PLUS as Signs)
  const open = factors.filter(f => !isSingle(f.signs))
  return {
    signs: product(factors),
    chain,
    open,
    rest: product(factors.filter(f => isSingle(f.signs))),
    compared: comparedArguments(open.map(f => f.expression)),
  }
}

function comparedArguments(factors: readonly Expression[]): SignForm['compared'] {
  for (const factor of factors) {
    if (factor.kind !== 'call' || factor.name !== '-') continue
    const [u, v] = factor.args
    if (u.kind !== 'apply' || v.kind !== 'apply' || u.fn !== v.fn || u.fn.monotone === null || u.args.length !== 1)
      continue
    return { factor, difference: call('-', u.args[0], v.args[0]), increasing: u.fn.monotone === 'increasing' }
  }
  return null
}

/** Expressions the product of whose signs is that of u, which does not factor; null when there are none simpler. */
function simpler(
  within: Case,
  u: Expression,
  form: Normal,
  normalizer: Normalizer,
  become: (u: Expression, to: Expression, equations: readonly Rewriting[]) => void,
  use: (step: Rewriting) => void,
): Expression[] | null {
  if (u.kind === 'call' && u.name === 'ln') {
    const step = axiomStep('sign-ln', u.args[0])
    use(step)
    return [call('-', u.args[0], one)]
  }
  const { ring } = normalizer
  const p = form.value.numerator
  const kindsOf = (m: P.Monomial): (string | undefined)[] => P.pairsOf(m).map(([v]) => normalizer.kindOf(v))
  const terms = [...p]
  const positive = terms.find(([, c]) => c > 0n)
  const negative = terms.find(([, c]) => c < 0n)
  if (terms.length === 2 && positive !== undefined && negative !== undefined) {
    const [m, c] = positive
    const [n, d] = negative
    if ([...kindsOf(m), ...kindsOf(n)].every(kind => kind === 'exp')) {
      const factor = ring.expressPolynomial(P.monomialPolynomial(n, -d))
      const logarithm = [call('ln', number(rational(c, -d)))]
      for (const [monomial, direction] of [
        [m, 1],
        [n, -1],
      ] as const) {
        for (const [v, exponent] of P.pairsOf(monomial)) {
          logarithm.push(call('*', number(direction * exponent), (normalizer.argumentOf(v) as Normal).current))
        }
      }
      const w = normalizer.express(normalizer.normal(logarithm.reduce((a, b) => call('+', a, b))))
      normalizer.normal(call('exp', w))
      const difference = call('-', call('exp', w), one)
      become(u, call('*', factor, difference), normalizer.equations)
      use(axiomStep('sign-product', factor, difference))
      use(axiomStep('sign-exp', w))
      return [factor, w]
    }
    if ([...kindsOf(m), ...kindsOf(n)].includes('root')) {
      const left = ring.expressPolynomial(P.monomialPolynomial(m, c))
      const right = ring.expressPolynomial(P.monomialPolynomial(n, -d))
      const step = axiomStep('sign-squares', left, right)
      if (conditionsOf(step).every(condition => within.holds(condition))) {
        become(u, call('-', left, right), normalizer.equations)
        use(step)
        return [call('-', call('^', left, number(2)), call('^', right, number(2)))]
      }
    }
  }
  // A sum of whole multiples of logarithms is the logarithm of a product.
  const logarithms = terms.filter(([m]) => m.length === 2 && m.charCodeAt(1) === 1 && kindsOf(m)[0] === 'ln')
  if (logarithms.length === 0 || logarithms.some(([, c]) => c > 20n || c < -20n)) return null
  const rest = new Map(terms.filter(t => !logarithms.includes(t)))
  if ([...rest.keys()].some(m => kindsOf(m).includes('ln'))) return null
  const factors = logarithms.map(([m, c]) =>
    call('^', (normalizer.argumentOf(m.charCodeAt(0)) as Normal).current, number(rational(c))),
  )
  if (rest.size > 0) factors.push(call('exp', ring.expressPolynomial(rest)))
  const product = factors.reduce((a, b) => call('*', a, b))
  const whole = call('ln', product)
  const check = normalizer.normal(whole)
  if (!ring.same(check.value, form.value)) return null
  become(u, whole, normalizer.equations)
  use(axiomStep('sign-ln', product))
  return [call('-', product, one)]
}
