import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Diagram } from '../../src/diagram/diagram.ts'
import { identity, ones, product, sum, weight, zeroMatrix } from '../../src/linear/linear.ts'
import { addSizes, sizeOf, unknownSize } from '../../src/linear/size.ts'
import { random } from '../../src/numeric/random.ts'
import { type Counterexample, counterexampleJson, printCounterexample } from '../../src/prove/counterexample.ts'
import { findCounterexample, type RefutationOptions } from '../../src/prove/refute.ts'
import {
  apply,
  call,
  type Expression,
  type FunctionSymbol,
  fold,
  number,
  parts,
  postorder,
  printExpression,
  variable,
  withParts,
  x0,
} from '../../src/scalar/expression.ts'
import { containsPoint, interval, NON_NEGATIVE, NON_ZERO, POSITIVE, REALS } from '../../src/scalar/range.ts'
import { rational } from '../../src/scalar/rational.ts'
import {
  add,
  diagram,
  input,
  matrix,
  mul,
  output,
  pointwise,
  scalarNet,
  unknownFunction,
  weightSymbol,
} from '../numeric/build.ts'

interface Identity {
  readonly id: string
  readonly domain: Readonly<Record<string, string>>
  readonly lhs: string
  readonly rhs: string
}
const identities: { true_scalar: Identity[]; false_scalar: Identity[] } = JSON.parse(
  readFileSync(new URL('../identities.json', import.meta.url), 'utf8'),
)

function refuted(left: Diagram, right: Diagram, options?: RefutationOptions): Counterexample {
  const found = findCounterexample(left, right, options)
  expect(found.kind).toBe('counterexample')
  return found as Counterexample
}
function notRefuted(left: Diagram, right: Diagram, options?: RefutationOptions): void {
  const found = findCounterexample(left, right, options)
  expect(found.kind === 'counterexample' ? printCounterexample(found) : found.kind).toBe('none')
}

describe('identities between formulas', () => {
  test.each(identities.false_scalar)('$id is refuted: $lhs == $rhs', ({ domain, lhs, rhs }) => {
    const left = scalarNet(lhs, domain)
    const found = refuted(left, scalarNet(rhs, domain))
    for (const node of left.nodes) {
      if (node.kind !== 'input') continue
      for (const q of found.inputs.get(node.name) ?? []) expect(containsPoint(node.domain, q)).toBe(true)
    }
    if (found.left.kind === 'defined' && found.right.kind === 'defined') {
      const [l, r] = [found.left.components[0], found.right.components[0]]
      expect(l.high.compare(r.low) < 0 || r.high.compare(l.low) < 0).toBe(true)
    } else expect(found.left.kind).not.toBe(found.right.kind)
  })

  test.each(identities.true_scalar)('$id is not refuted: $lhs == $rhs', ({ domain, lhs, rhs }) => {
    notRefuted(scalarNet(lhs, domain), scalarNet(rhs, domain))
  })
})

describe('points that matter', () => {
  const claim = (lhs: string, rhs: string, domain: string): [Diagram, Diagram] => [
    scalarNet(lhs, { x: domain }),
    scalarNet(rhs, { x: domain }),
  ]
  test('x/x and 1 part at 0 only', () => {
    const found = refuted(...claim('x/x', '1 + 0*x', 'R'))
    expect(found.inputs.get('x')).toEqual([rational(0)])
    expect(found.left.kind).toBe('undefined')
    expect(found.right.kind).toBe('defined')
    notRefuted(...claim('x/x', '1 + 0*x', '!=0'))
  })
  test('a kink at a constant of the formula', () => {
    refuted(...claim('max(x, 123456)', 'max(x, 123457)', 'R'))
    refuted(...claim('abs(x - 1/3) + abs(x + 1/3)', 'max(2*abs(x), 2/3 + 1/10^20)', 'R'))
  })
  test('a difference that no double shows', () => {
    const found = refuted(...claim('x + 1', 'x + 1 + 10^(-40)*x', 'R'))
    expect(found.left.kind).toBe('defined')
    refuted(...claim('exp(x)', 'exp(x)*(1 + 10^(-30)/(1 + x^2))', 'R'))
  })
  test('a difference where both are close to 0 for most arguments', () => {
    refuted(...claim('exp(-x^2)', 'exp(-x^2) + exp(-(x-7)^2 * 1000)', 'R'))
  })
  test('both undefined is no difference', () => {
    notRefuted(...claim('ln(x) - ln(x)', '0*ln(x)', 'R'))
    notRefuted(...claim('1/0 + x', 'ln(-1) + x', 'R'))
  })
  test('a branch that is not taken need not be defined', () => {
    notRefuted(...claim('x > 0 ? ln(x) : 0', 'x > 0 ? ln(x) : 0', 'R'))
    refuted(...claim('x > 0 ? ln(x) : 0', 'ln(x)', 'R'))
  })
  test('cancellation is no difference', () => {
    notRefuted(...claim('(x + 10^30) - 10^30', 'x', 'R'))
    notRefuted(...claim('ln(exp(x))', 'x', 'R'))
    notRefuted(...claim('sin(x)^2 + cos(x)^2', '1 + 0*x', 'R'))
  })
  test('simple numbers are preferred', () => {
    const found = refuted(...claim('exp(ln(x))', 'x', 'R'))
    expect(found.inputs.get('x')).toEqual([rational(0)])
  })
})

describe('strict functions', () => {
  test('a function that ignores its argument needs it all the same', () => {
    const constantly3: FunctionSymbol = unknownFunction('c', { definition: number(3) })
    const left = diagram('l', input('x', 1), pointwise(apply(constantly3, call('ln', x0)), 1, 0), output('y', 1, 1))
    const right = diagram('r', input('x', 1), pointwise(number(3), 1), output('y', 1, 1))
    expect(refuted(left, right).left.kind).toBe('undefined')
  })
  test('an operation on the way to an output counts, one that leads nowhere does not', () => {
    const plain = diagram('plain', input('x', 1), output('y', 0, 1))
    const dead = diagram('dead', input('x', 1), pointwise(call('ln', x0), 1, 0), output('y', 0, 1))
    notRefuted(plain, dead)
    const times0 = diagram(
      'times0',
      input('x', 1),
      pointwise(call('ln', x0), 1, 0),
      add(zeroMatrix(sizeOf(1), sizeOf(1)), 1),
      pointwise(call('+', variable(0), variable(1)), 1, 0, 2),
      output('y', 3, 1),
    )
    expect(refuted(plain, times0).right.kind).toBe('undefined')
  })
})

describe('nets with unknown weights', () => {
  const n = unknownSize('n')
  const m = unknownSize('m')
  const W = weight(weightSymbol('W', m, n))
  const A = weight(weightSymbol('A', n, n))
  const B = weight(weightSymbol('B', n, n))
  const chain = (
    name: string,
    domain: Parameters<typeof input>[2],
    first: Parameters<typeof input>[1],
    ...rest: ReturnType<typeof add>[]
  ) => {
    const last = rest.length
    return diagram(name, input('x', first, domain), ...rest, output('y', last, rest[last - 1].shape[0]))
  }
  test('mul[W] is not add[W]', () => {
    const found = refuted(chain('l', POSITIVE, n, mul(W, 0)), chain('r', POSITIVE, n, add(W, 0)))
    expect(found.sizes.size).toBe(2)
    const [[symbol, rows]] = found.weights
    expect(symbol.name).toBe('W')
    expect(rows.length).toBe(found.sizes.get('m'))
  })
  test('mul[W] is ln -> add[W] -> exp for positive inputs, not beyond', () => {
    const right = (domain: typeof POSITIVE) =>
      chain('r', domain, n, pointwise(call('ln', x0), n, 0), add(W, 1), pointwise(call('exp', x0), m, 2))
    notRefuted(chain('l', POSITIVE, n, mul(W, 0)), right(POSITIVE))
    expect(refuted(chain('l', NON_NEGATIVE, n, mul(W, 0)), right(NON_NEGATIVE)).right.kind).toBe('undefined')
    refuted(chain('l', NON_ZERO, n, mul(W, 0)), right(NON_ZERO))
  })
  test('the order of a product matters', () => {
    notRefuted(chain('l', REALS, n, add(A, 0), add(B, 1)), chain('r', REALS, n, add(product(B, A), 0)))
    refuted(chain('l', REALS, n, add(A, 0), add(B, 1)), chain('r', REALS, n, add(product(A, B), 0)))
  })
  test('mul[A] -> mul[B] is mul[B*A] for positive inputs only', () => {
    const left = (domain: typeof POSITIVE) =>
      chain('l', domain, 1, mul(matrix([[2]]), 0), mul(matrix([[rational(1, 2)]]), 1))
    const right = (domain: typeof POSITIVE) => chain('r', domain, 1, mul(matrix([[1]]), 0))
    notRefuted(left(POSITIVE), right(POSITIVE))
    const found = refuted(left(REALS), right(REALS))
    expect(found.left).toEqual({ kind: 'defined', components: [{ low: rational(1), high: rational(1) }] })
    expect(found.right).toEqual({ kind: 'defined', components: [{ low: rational(-1), high: rational(-1) }] })
  })
  test('a bias must not be lost, and multiplies by its exponential', () => {
    const b = weight(weightSymbol('b', m, 1))
    notRefuted(chain('l', REALS, n, add(W, 0, b)), chain('r', REALS, n, add(W, 0, b)))
    refuted(chain('l', REALS, n, add(W, 0, b)), chain('r', REALS, n, add(W, 0)))
    const exponential = (k: number) =>
      chain(
        'r',
        POSITIVE,
        n,
        pointwise(call('ln', x0), n, 0),
        add(W, 1, sum(b, k === 0 ? b : zeroMatrix(m, sizeOf(1)))),
        pointwise(call('exp', x0), m, 2),
      )
    notRefuted(chain('l', POSITIVE, n, mul(W, 0, b)), exponential(1))
    refuted(chain('l', POSITIVE, n, mul(W, 0, b)), exponential(0))
  })
  test('weights stay within their declared entries', () => {
    const U = weight(weightSymbol('U', 1, 2, interval(rational(0), rational(1))))
    const relu = call('relu', x0)
    notRefuted(chain('l', NON_NEGATIVE, 2, add(U, 0), pointwise(relu, 1, 1)), chain('r', NON_NEGATIVE, 2, add(U, 0)))
    const V = weight(weightSymbol('V', 1, 2))
    refuted(chain('l', NON_NEGATIVE, 2, add(V, 0), pointwise(relu, 1, 1)), chain('r', NON_NEGATIVE, 2, add(V, 0)))
  })
  test('sums over wires of unknown width', () => {
    const total = ones(sizeOf(1), n)
    const square = call('*', x0, x0)
    notRefuted(chain('l', REALS, n, add(total, 0)), chain('r', REALS, n, add(identity(n), 0), add(total, 1)))
    refuted(
      chain('l', REALS, n, add(total, 0), pointwise(square, 1, 1)),
      chain('r', REALS, n, pointwise(square, n, 0), add(total, 1)),
    )
    // Sizes are chosen so that every wire has at least one component.
    const less = addSizes(n, sizeOf(-2))
    const slice = { kind: 'slice', start: sizeOf(2), end: n, args: [0], shape: [less] } as const
    const found = refuted(chain('l', REALS, n, slice), chain('r', REALS, n, slice, pointwise(call('neg', x0), less, 1)))
    expect(found.sizes.get('n')).toBeGreaterThan(2)
  })
})

describe('nets with unknown functions', () => {
  const scalar = (fn: Expression, domain = REALS, ...more: Expression[]): Diagram =>
    diagram(
      'net',
      input('x', 1, domain),
      pointwise(fn, 1, 0),
      ...more.map((f, i) => pointwise(f, 1, i + 1)),
      output('y', 1 + more.length, 1),
    )
  const vars = [variable(0), variable(1)] as const
  const twoWires = (fn: Expression): Diagram =>
    diagram('net', input('x', 1), input('h', 1), pointwise(fn, 1, 0, 1), output('y', 2, 1))

  test('an increasing function commutes with max, an arbitrary one does not', () => {
    const both = (f: FunctionSymbol): [Diagram, Diagram] => [
      twoWires(apply(f, call('max', ...vars))),
      twoWires(call('max', apply(f, vars[0]), apply(f, vars[1]))),
    ]
    notRefuted(...both(unknownFunction('f', { monotone: 'increasing' })))
    const found = refuted(...both(unknownFunction('f')))
    expect(found.functions.size).toBe(1)
    refuted(...both(unknownFunction('f', { monotone: 'decreasing' })))
  })
  test('parity', () => {
    const even = (f: FunctionSymbol): [Diagram, Diagram] => [scalar(apply(f, call('neg', x0))), scalar(apply(f, x0))]
    notRefuted(...even(unknownFunction('f', { parity: 'even' })))
    refuted(...even(unknownFunction('f', { parity: 'odd' })))
    const odd = (f: FunctionSymbol): [Diagram, Diagram] => [
      scalar(apply(f, call('neg', x0))),
      scalar(call('neg', apply(f, x0))),
    ]
    notRefuted(...odd(unknownFunction('f', { parity: 'odd' })))
    refuted(...odd(unknownFunction('f')))
  })
  test('a declared inverse cancels, on the codomain only', () => {
    const g = { ...unknownFunction('g', { codomain: POSITIVE }) }
    const h = unknownFunction('h', { domain: [POSITIVE], codomain: REALS, inverse: g })
    g.inverse = h
    notRefuted(scalar(apply(h, apply(g, x0))), scalar(x0))
    notRefuted(scalar(apply(g, apply(h, x0)), POSITIVE), scalar(x0, POSITIVE))
    expect(refuted(scalar(apply(g, apply(h, x0))), scalar(x0)).left.kind).toBe('undefined')
  })
  test("the post's theorem, and what it needs: positive values", () => {
    const W = weight(weightSymbol('W', 2, 2))
    const V = weight(weightSymbol('V', 2, 2))
    const nets = (sigma: FunctionSymbol): [Diagram, Diagram] => {
      const inner = call('ln', apply(sigma, call('exp', x0)))
      return [
        diagram(
          'l',
          input('x', 2, POSITIVE),
          mul(W, 0),
          pointwise(apply(sigma, x0), 2, 1),
          mul(V, 2),
          output('y', 3, 2),
        ),
        diagram(
          'r',
          input('x', 2, POSITIVE),
          pointwise(call('ln', x0), 2, 0),
          add(W, 1),
          pointwise(inner, 2, 2),
          add(V, 3),
          pointwise(call('exp', x0), 2, 4),
          output('y', 5, 2),
        ),
      ]
    }
    notRefuted(...nets(unknownFunction('sigma', { domain: [POSITIVE], codomain: POSITIVE })))
    refuted(...nets(unknownFunction('sigma', { domain: [POSITIVE], codomain: REALS })))
  })
  test('a function is undefined outside its domain', () => {
    const f = unknownFunction('f', { domain: [interval(rational(0), rational(1))], codomain: REALS })
    const left = scalar(call('-', apply(f, x0), apply(f, x0)))
    const found = refuted(left, scalar(number(0)))
    expect(found.left.kind).toBe('undefined')
  })
  test('a declaration that nothing known satisfies is said', () => {
    const f = unknownFunction('f', { codomain: interval(rational(1), rational(1)), monotone: 'increasing' })
    const found = findCounterexample(scalar(apply(f, x0)), scalar(x0))
    expect(found).toMatchObject({ kind: 'none', reason: 'functions', samples: 0 })
  })
})

describe('what is reported', () => {
  const left = scalarNet('exp(x)', { x: 'R' })
  test('the same seed gives the same counterexample', () => {
    const W = weight(weightSymbol('W', 2, 2))
    const nets = [
      diagram('l', input('x', 2), add(W, 0), output('y', 1, 2)),
      diagram('r', input('x', 2), add(product(W, W), 0), output('y', 1, 2)),
    ] as const
    expect(counterexampleJson(refuted(...nets, { seed: 7 }))).toEqual(counterexampleJson(refuted(...nets, { seed: 7 })))
  })
  test('nets that take different inputs cannot be compared by numbers', () => {
    expect(findCounterexample(left, scalarNet('x + y', { x: 'R', y: 'R' }))).toMatchObject({ reason: 'interfaces' })
    expect(findCounterexample(left, diagram('w', input('x', 2), output('y', 0, 2)))).toMatchObject({
      reason: 'interfaces',
    })
  })
  test('an empty domain has no points', () => {
    const nowhere = diagram('n', input('x', 1, interval(rational(1), rational(0))), output('y', 0, 1))
    expect(findCounterexample(nowhere, nowhere)).toMatchObject({ kind: 'none', reason: 'empty-domain', samples: 0 })
  })
  test('budgets and signals end the search', () => {
    expect(findCounterexample(left, left, { budget: { samples: 17 } })).toMatchObject({ reason: null, samples: 17 })
    expect(findCounterexample(left, left, { budget: { signal: AbortSignal.abort() } })).toMatchObject({
      reason: 'time',
    })
  })
})

describe('points that the nets suggest', () => {
  test.each([
    ['(3*x - 7)/(3*x - 7)', '1 + 0*x', ['7/3']],
    ['x/(2.37*x - 1)*(2.37*x - 1)', 'x', ['100/237']],
  ] as const)('%s == %s', (lhs, rhs, at) => {
    const found = refuted(scalarNet(lhs, { x: 'R' }), scalarNet(rhs, { x: 'R' }))
    expect(found.inputs.get('x')?.map(q => q.toFraction())).toEqual(at)
  })
  test('zeros in a narrow domain', () => {
    const narrow = (text: string): Diagram => scalarNet(text, { x: '(0,1)' })
    expect(refuted(narrow('x*(7*x - 2)/(7*x - 2)'), narrow('x')).inputs.get('x')).toEqual([rational(2, 7)])
  })
  test('zeros of several variables', () => {
    const names = { x: 'R', y: 'R' }
    refuted(scalarNet('x*(5*x - 3*y + 1.7)/(5*x - 3*y + 1.7)', names), scalarNet('x', names))
  })
  test('irrational zeros can be tried, but nothing is shown there', () => {
    notRefuted(scalarNet('(x^2 - 2)/(x^2 - 2)', { x: 'R' }), scalarNet('1 + 0*x', { x: 'R' }))
  })
})

describe('true equations made by sound steps', () => {
  const two = number(2)
  /** Steps that change neither the values nor where they are defined. */
  const steps: ((e: Expression) => Expression | null)[] = [
    e =>
      e.kind === 'call' && (e.name === '+' || e.name === '*' || e.name === 'max')
        ? call(e.name, e.args[1], e.args[0])
        : null,
    e => call('neg', call('neg', e)),
    e => call('ln', call('exp', e)),
    e => call('asinh', call('sinh', e)),
    e => call('-', call('relu', e), call('relu', call('neg', e))),
    e =>
      e.kind === 'call' && e.name === 'max'
        ? call('neg', call('min', call('neg', e.args[0]), call('neg', e.args[1])))
        : null,
    e => (e.kind === 'call' && e.name === 'relu' ? call('/', call('+', e.args[0], call('abs', e.args[0])), two) : null),
    e =>
      e.kind === 'call' && e.name === 'tanh'
        ? call('-', call('*', two, call('sigmoid', call('*', two, e.args[0]))), number(1))
        : null,
    e => (e.kind === 'call' && e.name === 'abs' ? call('sqrt', call('^', e.args[0], two)) : null),
    e => (e.kind === 'call' && e.name === '-' ? call('+', e.args[0], call('neg', e.args[1])) : null),
    e => (e.kind === 'call' && e.name === '/' ? call('*', e.args[0], call('/', number(1), e.args[1])) : null),
    e => (e.kind === 'call' && e.name === 'exp' ? call('/', number(1), call('exp', call('neg', e.args[0]))) : null),
  ]
  test('are never refuted', () => {
    const source = random(31)
    const unary = [
      'exp',
      'ln',
      'abs',
      'relu',
      'tanh',
      'sqrt',
      'sigmoid',
      'neg',
      'floor',
      'sin',
      'softplus',
      'sign',
    ] as const
    const binary = ['+', '-', '*', '/', 'max', 'min', '^'] as const
    for (let trial = 0; trial < 120; trial++) {
      let left: Expression = variable(source.integer(0, 1))
      for (let i = 0; i < 6; i++) {
        const other = source.pick([variable(0), variable(1), number(rational(source.integer(-3, 3), 2))])
        left = source.oneIn(2)
          ? call(source.pick(unary), left)
          : call(source.pick(binary), ...(source.oneIn(2) ? [left, other] : [other, left]))
      }
      let right = left
      for (let i = 0; i < 4; i++) {
        const place = source.pick(postorder(right))
        const changed = source.pick(steps)(place)
        if (changed === null) continue
        right = fold<Expression>(right, (e, of) =>
          e === place ? changed : parts(e).length === 0 ? e : withParts(e, parts(e).map(of)),
        )
      }
      const net = (fn: Expression): Diagram =>
        diagram(printExpression(fn), input('x', 1), input('z', 1), pointwise(fn, 1, 0, 1), output('y', 2, 1))
      notRefuted(net(left), net(right), { seed: trial, budget: { samples: 300 } })
    }
  })
})
