// The axioms of real functions: every equation that a proof about expressions may use, but for arithmetic itself.
//
// An axiom is an equation of partial functions: wherever its left side is defined and its conditions hold, the right side
// is defined and equal. The letters a, b, c, d stand for expressions. Whoever distrusts a proof has this table to read,
// and expansion of sums, products and quotients (see `check/polynomial.ts`).
import {
  call,
  choose,
  constant,
  type Expression,
  type KnownName,
  number,
  type Relation,
  variable,
} from './expression.ts'
import { interval, NEGATIVE, NON_NEGATIVE, NON_POSITIVE, NON_ZERO, POSITIVE, point, type Range } from './range.ts'
import { type Rational, rational, ZERO } from './rational.ts'

/** `expression` has its values in `range`, or is a whole number written out. */
export interface Condition {
  readonly expression: Expression
  readonly range: Range | 'integer'
}

export interface Axiom {
  readonly name: string
  readonly left: Expression
  readonly right: Expression
  readonly conditions: readonly Condition[]
  /** Why it holds. */
  readonly reason: string
  /** Values of a, b, c, d just outside the condition at which the sides differ or only one is defined; null without condition. */
  readonly outside: readonly Rational[] | null
}

const ZERO_ONLY = point(ZERO)
const UNIT = interval(ZERO, rational(1), { highOpen: true })

const a = variable(0)
const b = variable(1)
const c = variable(2)
const d = variable(3)
const n = (value: number | Rational): Expression => number(value)
const plus = (u: Expression, v: Expression): Expression => call('+', u, v)
const minus = (u: Expression, v: Expression): Expression => call('-', u, v)
const times = (u: Expression, v: Expression): Expression => call('*', u, v)
const over = (u: Expression, v: Expression): Expression => call('/', u, v)
const neg = (u: Expression): Expression => call('neg', u)
const pow = (u: Expression, v: Expression): Expression => call('^', u, v)
const exp = (u: Expression): Expression => call('exp', u)
const ln = (u: Expression): Expression => call('ln', u)
const abs = (u: Expression): Expression => call('abs', u)
const sign = (u: Expression): Expression => call('sign', u)
const sin = (u: Expression): Expression => call('sin', u)
const cos = (u: Expression): Expression => call('cos', u)
const pi = constant('pi')
const half = rational(1, 2)

const is = (expression: Expression, range: Range | 'integer'): Condition => ({ expression, range })
const at = (...values: (number | Rational)[]): Rational[] => values.map(v => (typeof v === 'number' ? rational(v) : v))

type Row = [
  name: string,
  left: Expression,
  right: Expression,
  conditions: readonly Condition[],
  reason: string,
  outside: readonly Rational[] | null,
]

const elementary: readonly Row[] = [
  ['e', constant('e'), exp(n(1)), [], 'the definition of e', null],
  ['exp-zero', exp(n(0)), n(1), [], 'exp is 1 at 0', null],
  ['exp-sum', exp(plus(a, b)), times(exp(a), exp(b)), [], 'exp turns sums into products', null],
  ['exp-multiple', exp(times(a, b)), pow(exp(b), a), [], 'exp(b)^a is exp(a*ln(exp(b))), for exp(b) > 0', null],
  ['exp-power', pow(exp(a), b), exp(times(b, a)), [], 'exp(a)^b is exp(b*ln(exp(a))), for exp(a) > 0', null],
  [
    'exp-log',
    exp(times(a, ln(b))),
    pow(b, a),
    [],
    'the definition of a power of b > 0; ln(b) is defined only there',
    null,
  ],
  ['exp-ln', exp(ln(a)), a, [], 'ln is the inverse of exp; ln(a) is defined only for a > 0', null],
  ['ln-exp', ln(exp(a)), a, [], 'ln is the inverse of exp', null],
  ['ln-one', ln(n(1)), n(0), [], 'ln is 0 at 1', null],
  [
    'ln-product',
    ln(times(a, b)),
    plus(ln(a), ln(b)),
    [is(a, POSITIVE), is(b, POSITIVE)],
    'ln turns products of positive numbers into sums',
    at(-1, -1),
  ],
  ['ln-power', ln(pow(a, b)), times(b, ln(a)), [is(a, POSITIVE)], 'a^b is exp(b*ln(a)) for a > 0', at(-1, 2)],
  ['ln-abs', ln(a), ln(abs(a)), [], 'ln(a) is defined only for a > 0, where abs(a) = a', null],
  [
    'ln-abs-product',
    ln(abs(times(a, b))),
    plus(ln(abs(a)), ln(abs(b))),
    [],
    'abs(a*b) = abs(a)*abs(b), and both are positive where the left side is defined',
    null,
  ],
  [
    'ln-abs-power',
    ln(abs(pow(a, b))),
    times(b, ln(abs(a))),
    [is(b, 'integer'), is(b, NON_ZERO)],
    'abs(a^b) = abs(a)^b for whole b; b other than 0 excludes a = 0',
    at(0, 0),
  ],
  [
    'power',
    pow(a, b),
    exp(times(b, ln(a))),
    [is(a, POSITIVE)],
    'the definition of a power with a positive base',
    at(-1, 2),
  ],
  [
    'power-product',
    pow(times(a, b), c),
    times(pow(a, c), pow(b, c)),
    [is(a, NON_NEGATIVE), is(b, NON_NEGATIVE), is(c, POSITIVE)],
    'for positive a, b by exp and ln; where one is 0 both sides are 0',
    at(-1, -1, half),
  ],
  [
    'power-product-positive',
    pow(times(a, b), c),
    times(pow(a, c), pow(b, c)),
    [is(a, POSITIVE), is(b, POSITIVE)],
    'by exp and ln',
    at(-1, -1, half),
  ],
  [
    'power-power',
    pow(pow(a, b), c),
    pow(a, times(b, c)),
    [is(a, NON_NEGATIVE), is(b, NON_NEGATIVE), is(c, NON_NEGATIVE)],
    'for a > 0 by exp and ln; 0^0 = 1 and 0^b = 0 for b > 0',
    at(-1, 2, half),
  ],
  ['power-power-positive', pow(pow(a, b), c), pow(a, times(b, c)), [is(a, POSITIVE)], 'by exp and ln', at(-1, 2, half)],
  [
    'power-split',
    pow(a, times(b, c)),
    pow(pow(a, b), c),
    [is(a, NON_NEGATIVE), is(b, NON_NEGATIVE), is(c, NON_NEGATIVE)],
    'for a > 0 by exp and ln; 0^0 = 1 and 0^b = 0 for b > 0',
    at(-1, half, 2),
  ],
  ['power-split-positive', pow(a, times(b, c)), pow(pow(a, b), c), [is(a, POSITIVE)], 'by exp and ln', at(-1, half, 2)],
  [
    'power-of-square',
    pow(pow(a, n(2)), b),
    pow(abs(a), times(n(2), b)),
    [],
    'a^2 = abs(a)^2, a power of a power; at a = 0 both sides are defined for the same b',
    null,
  ],
  [
    'root',
    pow(pow(a, over(n(1), b)), b),
    a,
    [is(a, NON_NEGATIVE), is(b, POSITIVE)],
    'a power of a power',
    at(-1, half),
  ],
  ['square-root', call('sqrt', a), pow(a, n(half)), [], 'sqrt(a) is defined only for a >= 0, as is a^0.5', null],
  ['zero-base', pow(n(0), a), n(0), [is(a, POSITIVE)], '0^a is 0 for a > 0', at(0)],
  ['zero-exponent', pow(a, n(0)), n(1), [], 'a^0 is 1, also for a = 0', null],
  ['one-base', pow(n(1), a), n(1), [], '1^a is 1', null],
]

const definitions: readonly Row[] = [
  ['sigmoid', call('sigmoid', a), over(exp(a), plus(exp(a), n(1))), [], 'sigmoid(a) = 1/(1 + exp(-a))', null],
  ['softplus', call('softplus', a), ln(plus(exp(a), n(1))), [], 'the definition of softplus', null],
  [
    'tanh',
    call('tanh', a),
    over(minus(exp(times(n(2), a)), n(1)), plus(exp(times(n(2), a)), n(1))),
    [],
    'tanh = sinh/cosh',
    null,
  ],
  ['sinh', call('sinh', a), over(minus(exp(a), over(n(1), exp(a))), n(2)), [], 'the definition of sinh', null],
  ['cosh', call('cosh', a), over(plus(exp(a), over(n(1), exp(a))), n(2)), [], 'the definition of cosh', null],
  ['tan', call('tan', a), over(sin(a), cos(a)), [], 'tan(a) is defined only where cos(a) is not 0', null],
  [
    'asinh',
    call('asinh', a),
    ln(plus(a, pow(plus(pow(a, n(2)), n(1)), n(half)))),
    [],
    'the solution of sinh(y) = a',
    null,
  ],
  [
    'acosh',
    call('acosh', a),
    ln(plus(a, pow(minus(pow(a, n(2)), n(1)), n(half)))),
    [],
    'the solution y >= 0 of cosh(y) = a; acosh(a) is defined only for a >= 1',
    null,
  ],
  [
    'atanh',
    call('atanh', a),
    over(ln(over(plus(n(1), a), minus(n(1), a))), n(2)),
    [],
    'the solution of tanh(y) = a; atanh(a) is defined only for -1 < a < 1',
    null,
  ],
]

const periodic: readonly Row[] = [
  ['sin-sum', sin(plus(a, b)), plus(times(sin(a), cos(b)), times(cos(a), sin(b))), [], 'the addition law of sin', null],
  [
    'cos-sum',
    cos(plus(a, b)),
    minus(times(cos(a), cos(b)), times(sin(a), sin(b))),
    [],
    'the addition law of cos',
    null,
  ],
  ['sin-odd', sin(neg(a)), neg(sin(a)), [], 'sin is odd', null],
  ['cos-even', cos(neg(a)), cos(a), [], 'cos is even', null],
  ['sin-zero', sin(n(0)), n(0), [], 'sin is 0 at 0', null],
  ['cos-zero', cos(n(0)), n(1), [], 'cos is 1 at 0', null],
  ['pythagoras', pow(sin(a), n(2)), minus(n(1), pow(cos(a), n(2))), [], 'sin^2 + cos^2 = 1', null],
  ['sin-pi', sin(pi), n(0), [], 'a value of sin', null],
  ['cos-pi', cos(pi), n(-1), [], 'a value of cos', null],
  ['sin-pi/2', sin(times(n(half), pi)), n(1), [], 'a value of sin', null],
  ['cos-pi/2', cos(times(n(half), pi)), n(0), [], 'a value of cos', null],
  ['sin-pi/3', sin(times(n(rational(1, 3)), pi)), times(n(half), pow(n(3), n(half))), [], 'a value of sin', null],
  ['cos-pi/3', cos(times(n(rational(1, 3)), pi)), n(half), [], 'a value of cos', null],
  ['sin-pi/4', sin(times(n(rational(1, 4)), pi)), times(n(half), pow(n(2), n(half))), [], 'a value of sin', null],
  ['cos-pi/4', cos(times(n(rational(1, 4)), pi)), times(n(half), pow(n(2), n(half))), [], 'a value of cos', null],
  ['sin-pi/6', sin(times(n(rational(1, 6)), pi)), n(half), [], 'a value of sin', null],
  ['cos-pi/6', cos(times(n(rational(1, 6)), pi)), times(n(half), pow(n(3), n(half))), [], 'a value of cos', null],
]

const piecewise: readonly Row[] = [
  ['relu-above', call('relu', a), a, [is(a, NON_NEGATIVE)], 'the definition of relu', at(-1)],
  ['relu-below', call('relu', a), n(0), [is(a, NON_POSITIVE)], 'the definition of relu', at(1)],
  ['abs-above', abs(a), a, [is(a, NON_NEGATIVE)], 'the definition of abs', at(-1)],
  ['abs-below', abs(a), neg(a), [is(a, NON_POSITIVE)], 'the definition of abs', at(1)],
  ['max-left', call('max', a, b), a, [is(minus(a, b), NON_NEGATIVE)], 'the definition of max', at(0, 1)],
  ['max-right', call('max', a, b), b, [is(minus(a, b), NON_POSITIVE)], 'the definition of max', at(1, 0)],
  ['min-left', call('min', a, b), a, [is(minus(a, b), NON_POSITIVE)], 'the definition of min', at(1, 0)],
  ['min-right', call('min', a, b), b, [is(minus(a, b), NON_NEGATIVE)], 'the definition of min', at(0, 1)],
  ['sign-above', sign(a), n(1), [is(a, POSITIVE)], 'the definition of sign', at(0)],
  ['sign-zero', sign(a), n(0), [is(a, ZERO_ONLY)], 'the definition of sign', at(1)],
  ['sign-below', sign(a), n(-1), [is(a, NEGATIVE)], 'the definition of sign', at(0)],
  [
    'floor',
    call('floor', a),
    b,
    [is(b, 'integer'), is(minus(a, b), UNIT)],
    'floor(a) is the whole number b with b <= a < b + 1',
    at(1, 0),
  ],
  [
    'floor-shift',
    call('floor', plus(a, b)),
    plus(call('floor', a), b),
    [is(b, 'integer')],
    'adding a whole number moves floor by it',
    at(half, half),
  ],
  ['floor-whole', call('floor', call('floor', a)), call('floor', a), [], 'floor gives whole numbers', null],
  ['erf-odd', call('erf', neg(a)), neg(call('erf', a)), [], 'erf is odd', null],
  ['erf-zero', call('erf', n(0)), n(0), [], 'erf is 0 at 0', null],
]

const branches: readonly Row[] = (['<', '<=', '==', '!='] as const).flatMap((relation: Relation): Row[] => {
  const holds: Range = { '<': NEGATIVE, '<=': NON_POSITIVE, '==': ZERO_ONLY, '!=': NON_ZERO }[relation]
  const fails: Range = { '<': NON_NEGATIVE, '<=': POSITIVE, '==': NON_ZERO, '!=': ZERO_ONLY }[relation]
  const inside = { '<': at(-1, 0, 0, 1), '<=': at(0, 0, 0, 1), '==': at(0, 0, 0, 1), '!=': at(1, 0, 0, 1) }[relation]
  const outside = { '<': at(0, 0, 0, 1), '<=': at(1, 0, 0, 1), '==': at(1, 0, 0, 1), '!=': at(0, 0, 0, 1) }[relation]
  const whole = choose(relation, a, b, c, d)
  return [
    [`then ${relation}`, whole, c, [is(minus(a, b), holds)], 'the test holds', outside],
    [`else ${relation}`, whole, d, [is(minus(a, b), fails)], 'the test fails', inside],
  ]
})

const signs: readonly Row[] = [
  ['sign-product', sign(times(a, b)), times(sign(a), sign(b)), [], 'the sign of a product', null],
  ['sign-quotient', sign(over(a, b)), times(sign(a), sign(b)), [], 'the sign of a quotient', null],
  [
    'sign-power',
    sign(pow(a, b)),
    pow(sign(a), b),
    [],
    'a negative base has a whole exponent: the sign of a product, repeated; a power of a positive base is positive',
    null,
  ],
  [
    'sign-squares',
    sign(minus(a, b)),
    sign(minus(pow(a, n(2)), pow(b, n(2)))),
    [is(a, NON_NEGATIVE), is(b, NON_NEGATIVE)],
    'squaring increases on the numbers that are not negative',
    at(0, -1),
  ],
  ['sign-exp', sign(minus(exp(a), n(1))), sign(a), [], 'exp increases and is 1 at 0', null],
  ['sign-ln', sign(ln(a)), sign(minus(a, n(1))), [], 'ln increases and is 0 at 1', null],
]

const odd = (name: KnownName): Row => [
  `${name}-odd`,
  call(name, neg(a)),
  neg(call(name, a)),
  [],
  `${name} is odd`,
  null,
]
const inverse = (outer: KnownName, inner: KnownName, reason: string): Row => [
  `${outer}-${inner}`,
  call(outer, call(inner, a)),
  a,
  [],
  reason,
  null,
]

// Shorter ways to say what the axioms above say: readable forms are reached with them.
const readable: readonly Row[] = [
  ['exp-merge', times(exp(a), exp(b)), exp(plus(a, b)), [], 'exp turns sums into products', null],
  ['exp-softplus', exp(call('softplus', a)), plus(exp(a), n(1)), [], 'softplus(a) is ln(exp(a) + 1)', null],
  [
    'exp-opposite-softplus',
    exp(neg(call('softplus', a))),
    call('sigmoid', neg(a)),
    [],
    '1/(exp(a) + 1), the definition of sigmoid(-a)',
    null,
  ],
  ['ln-sigmoid', ln(call('sigmoid', a)), neg(call('softplus', neg(a))), [], 'ln(1/(1 + exp(-a)))', null],
  ['fold-softplus', ln(plus(exp(a), n(1))), call('softplus', a), [], 'the definition of softplus', null],
  [
    'fold-sigmoid',
    over(b, plus(exp(a), n(1))),
    times(b, call('sigmoid', neg(a))),
    [],
    'the definition of sigmoid(-a)',
    null,
  ],
  [
    'fold-sigmoid-exp',
    over(times(b, exp(a)), plus(exp(a), n(1))),
    times(b, call('sigmoid', a)),
    [],
    'exp(a)/(exp(a) + 1) is sigmoid(a)',
    null,
  ],
  ['sigmoid-ln', call('sigmoid', ln(a)), over(a, plus(a, n(1))), [], 'exp(ln(a))/(exp(ln(a)) + 1)', null],
  ['softplus-ln', call('softplus', ln(a)), ln(plus(a, n(1))), [], 'ln(exp(ln(a)) + 1)', null],
  ['sqrt-square', call('sqrt', pow(a, n(2))), abs(a), [], 'the root that is not negative', null],
  ['square-of-sqrt', pow(call('sqrt', a), n(2)), a, [], 'sqrt(a) is defined only for a >= 0', null],
  [
    'sqrt-exp',
    call('sqrt', exp(a)),
    exp(times(n(half), a)),
    [],
    'exp(a) is the square of exp(a/2), which is positive',
    null,
  ],
  ['fold-sqrt', pow(a, n(half)), call('sqrt', a), [], 'both are defined for a >= 0', null],
  ['max-zero', call('max', a, n(0)), call('relu', a), [], 'the definition of relu', null],
  ['max-commutes', call('max', b, a), call('max', a, b), [], 'max is symmetric', null],
  ['min-commutes', call('min', b, a), call('min', a, b), [], 'min is symmetric', null],
  ['max-same', call('max', a, a), a, [], 'max is idempotent', null],
  ['min-same', call('min', a, a), a, [], 'min is idempotent', null],
  ['max-exp', call('max', exp(a), exp(b)), exp(call('max', a, b)), [], 'exp increases', null],
  ['min-exp', call('min', exp(a), exp(b)), exp(call('min', a, b)), [], 'exp increases', null],
  ['max-exp-one', call('max', exp(a), n(1)), exp(call('relu', a)), [], 'exp increases and is 1 at 0', null],
  ['max-ln', call('max', ln(a), ln(b)), ln(call('max', a, b)), [], 'ln increases, and both a and b are positive', null],
  ['min-ln', call('min', ln(a), ln(b)), ln(call('min', a, b)), [], 'ln increases, and both a and b are positive', null],
  ['abs-even', abs(neg(a)), abs(a), [], 'abs is even', null],
  ['cosh-even', call('cosh', neg(a)), call('cosh', a), [], 'cosh is even', null],
  odd('tan'),
  odd('sinh'),
  odd('tanh'),
  odd('asinh'),
  odd('atanh'),
  odd('sign'),
  inverse('tanh', 'atanh', 'atanh is the inverse of tanh'),
  inverse('atanh', 'tanh', 'atanh is the inverse of tanh'),
  inverse('sinh', 'asinh', 'asinh is the inverse of sinh'),
  inverse('asinh', 'sinh', 'asinh is the inverse of sinh'),
  inverse('cosh', 'acosh', 'acosh(a) >= 0 is a number whose cosh is a'),
  [
    'acosh-cosh',
    call('acosh', call('cosh', a)),
    abs(a),
    [],
    'the number that is not negative and has the same cosh',
    null,
  ],
  ...(['<', '<=', '==', '!='] as const).map(
    (relation): Row => [`same ${relation}`, choose(relation, a, b, c, c), c, [], 'both branches are the same', null],
  ),
]

/** Every axiom, in the order in which the documentation lists them. */
export const AXIOMS: readonly Axiom[] = [
  ...elementary,
  ...definitions,
  ...periodic,
  ...piecewise,
  ...branches,
  ...signs,
  ...readable,
].map(([name, left, right, conditions, reason, outside]) => ({ name, left, right, conditions, reason, outside }))
