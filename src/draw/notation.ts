// Functions, linear operators and sizes as mathematics writes them: `ln∘σ∘exp`, `t²`, `2t + 1`, `BA`, `n − 1`.
import { type Linear, linearPostorder } from '../linear/linear.ts'
import type { Size } from '../linear/size.ts'
import { type Expression, fold, type KnownName, variablesOf, x0 } from '../scalar/expression.ts'
import { printRational, type Rational } from '../scalar/rational.ts'
import { concat, type Label, labelText, labelWidth, nameLabel, plain, superscript } from './label.ts'

const OPERATORS: Partial<Record<KnownName, string>> = { '+': '+', '-': '−', '*': '×', '/': '÷', '^': '^' }

export function rationalText(q: Rational): string {
  return printRational(q).replace('-', '−')
}
/** `2*n - 1` as `2n − 1`. */
export function sizeText(size: Size): string {
  return size.text.replaceAll('*', '').replaceAll('-', '−')
}

/** The operator (`+`, `*`, `max`, ...) of which the expression is the value at the variables 0, 1, ..., each once and in order. */
export function operatorOf(fn: Expression): KnownName | null {
  if (fn.kind !== 'call') return null
  const spine: Expression[] = []
  let e: Expression = fn
  while (e.kind === 'call' && e.name === fn.name && e.args.length === 2) {
    spine.push(e.args[1])
    e = e.args[0]
  }
  spine.push(e)
  const inOrder = spine.reverse().every((part, i) => part.kind === 'variable' && part.index === i)
  if (!inOrder || fn.args.length !== 2) return null
  return spine.length === 2 || ['+', '*', 'max', 'min'].includes(fn.name) ? fn.name : null
}

/** The functions that a chain of unary ones is made of, outermost first, or null where it is no such chain. */
function chainOf(fn: Expression, names: ReadonlyMap<Expression, string>): Label[] | null {
  const chain: Label[] = []
  let e = fn
  for (;;) {
    const name = names.get(e)
    if (name !== undefined && e.kind !== 'variable') {
      chain.push(nameLabel(name))
      return chain
    }
    if (e.kind === 'variable') return e.index === 0 && chain.length > 0 ? chain : null
    if (e.kind === 'apply' && e.args.length === 1) {
      chain.push(functionName(e.fn.name))
      e = e.args[0]
    } else if (e.kind === 'call' && e.args.length === 1 && e.name !== 'neg') {
      chain.push(plain(e.name))
      e = e.args[0]
    } else return null
    // Nobody reads on: the label is cut long before.
    if (chain.length > 60) return [...chain, plain('…')]
  }
}

/** The name of a declared function; `inverse(f)` and `f^-1` with an exponent. */
function functionName(name: string): Label {
  const inverse = /^inverse\((.*)\)$/.exec(name)?.[1] ?? /^(.*)\^-1$/.exec(name)?.[1]
  return inverse === undefined ? nameLabel(name) : concat(nameLabel(inverse), superscript(plain('−1')))
}

/** A pointwise function by its declared name, else as an operator, as a composition, or as a formula in t (t1, t2, ...). */
export function functionLabel(fn: Expression, names: ReadonlyMap<Expression, string>): Label {
  const name = names.get(fn)
  if (name !== undefined) return functionName(name)
  if (fn === x0) return plain('id')
  const operator = operatorOf(fn)
  if (operator !== null) return plain(OPERATORS[operator] ?? operator)
  if (fn.kind === 'apply' && fn.args.every((a, i) => a.kind === 'variable' && a.index === i))
    return functionName(fn.fn.name)
  const chain = chainOf(fn, names)
  if (chain !== null) return concat(...chain.flatMap((part, i) => (i === 0 ? [part] : [plain('∘'), part])))
  return formulaLabel(fn)
}

const RELATIONS = { '<': '<', '<=': '≤', '==': '=', '!=': '≠' } as const
type Formula = { readonly label: Label; readonly level: number }
const SUM = 3
const PRODUCT = 4
const SIGN = 5
const POWER = 6
const ATOM = 9

/** A formula as mathematics sets it, in its parameters, or in t (t1, t2, ...). Every part is cut at the limit of a label, so that shared parts cannot blow it up. */
export function formulaLabel(root: Expression, parameters: readonly string[] = []): Label {
  const single = variablesOf(root).every(i => i === 0)
  const variableLabel = (index: number): Label =>
    parameters[index] === undefined ? (single ? plain('t') : nameLabel(`t${index + 1}`)) : nameLabel(parameters[index])
  return fold<Formula>(root, (e, of) => {
    const at = (part: Expression, level: number): Label => {
      const f = of(part)
      return f.level >= level ? f.label : concat(plain('('), f.label, plain(')'))
    }
    switch (e.kind) {
      case 'number':
        return { label: plain(rationalText(e.value)), level: e.value.d !== 1n ? PRODUCT : e.value.s < 0n ? SIGN : ATOM }
      case 'constant':
        return { label: nameLabel(e.name), level: ATOM }
      case 'variable':
        return { label: variableLabel(e.index), level: ATOM }
      case 'apply':
        return {
          label: concat(functionName(e.fn.name), plain('('), ...separated(e.args.map(a => of(a).label)), plain(')')),
          level: ATOM,
        }
      case 'choose':
        return {
          label: concat(
            at(e.left, SUM),
            plain(` ${RELATIONS[e.relation]} `),
            at(e.right, SUM),
            plain(' ? '),
            at(e.then, 2),
            plain(' : '),
            at(e.otherwise, 1),
          ),
          level: 1,
        }
      case 'call': {
        const [a, b] = e.args
        switch (e.name) {
          case '+':
          case '-':
            return { label: concat(at(a, SUM), plain(e.name === '+' ? ' + ' : ' − '), at(b, SUM + 1)), level: SUM }
          case '*': {
            const close = a.kind === 'number' && b.kind !== 'number' && of(b).level === ATOM
            return { label: concat(at(a, PRODUCT), plain(close ? '' : '·'), at(b, PRODUCT + 1)), level: PRODUCT }
          }
          case '/':
            return { label: concat(at(a, PRODUCT), plain('/'), at(b, PRODUCT + 1)), level: PRODUCT }
          case 'neg':
            return { label: concat(plain('−'), at(a, SIGN)), level: SIGN }
          case '^': {
            const flat = of(b).label.every(r => r.rise <= 0)
            return flat
              ? { label: concat(at(a, POWER + 1), superscript(of(b).label)), level: POWER }
              : { label: concat(at(a, POWER + 1), plain('^'), at(b, POWER)), level: POWER }
          }
          case 'exp': {
            const exponent = of(a).label
            if (exponent.every(r => r.rise <= 0) && labelWidth(exponent) <= 6)
              return { label: concat(plain('e'), superscript(exponent)), level: POWER }
            return { label: concat(plain('exp('), exponent, plain(')')), level: ATOM }
          }
          case 'abs':
            return { label: concat(plain('|'), of(a).label, plain('|')), level: ATOM }
          default:
            return {
              label: concat(plain(`${e.name}(`), ...separated(e.args.map(x => of(x).label)), plain(')')),
              level: ATOM,
            }
        }
      }
    }
  }).label
}

function separated(labels: readonly Label[]): Label[] {
  return labels.flatMap((l, i) => (i === 0 ? [l] : [plain(', '), l]))
}

/** `letters`: made of single letters (with subscripts and primes), so that it may stand beside others as in `BA`. */
interface OperatorFormula extends Formula {
  readonly letters: boolean
}

/** A linear operator: declared names, `BA` for products, a literal as its size (its entries are drawn as a matrix). */
export function operatorLabel(root: Linear): Label {
  const made = new Map<Linear, OperatorFormula>()
  for (const a of linearPostorder(root)) {
    const at = (part: Linear, level: number): OperatorFormula => {
      const f = made.get(part) as OperatorFormula
      return f.level >= level ? f : { label: concat(plain('('), f.label, plain(')')), level: ATOM, letters: true }
    }
    const set = (label: Label, level: number, letters = false): void => void made.set(a, { label, level, letters })
    switch (a.kind) {
      case 'symbol': {
        const label = nameLabel(a.symbol.name)
        set(label, ATOM, /^\p{L}′*$/u.test(labelText(label.filter(r => r.rise === 0))))
        break
      }
      case 'literal': {
        const [first] = a.entries[0]
        if (a.entries.length === 1 && a.entries[0].length === 1)
          set(plain(rationalText(first)), first.d === 1n && first.s >= 0n ? ATOM : SIGN)
        else set(plain(`[${sizeText(a.rows)}×${sizeText(a.columns)}]`), ATOM)
        break
      }
      case 'identity':
        set(plain('I'), ATOM, true)
        break
      case 'zero':
        set(plain('0'), ATOM)
        break
      case 'ones':
        set(plain(a.rows.text === '1' ? 'Σ' : '1'), ATOM)
        break
      case 'select':
      case 'embed':
        set(plain(`${a.kind}(${sizeText(a.start)})`), ATOM)
        break
      case 'transpose':
        set(concat(at(a.of, ATOM).label, superscript(plain('T'))), ATOM)
        break
      case 'diagonal':
        set(concat(plain('diag('), at(a.of, SUM).label, plain(')')), ATOM)
        break
      case 'product': {
        const left = at(a.left, PRODUCT)
        const right = at(a.right, PRODUCT)
        const letters = left.letters && right.letters
        set(concat(left.label, plain(letters ? '' : '·'), right.label), PRODUCT, letters)
        break
      }
      case 'sum':
        set(concat(at(a.left, SUM).label, plain(' + '), at(a.right, SUM).label), SUM)
        break
      case 'scale': {
        const factor = formulaLabel(a.factor)
        const of = at(a.of, PRODUCT)
        if (labelText(factor) === '−1') set(concat(plain('−'), of.label), PRODUCT)
        else {
          const simple = /^[\p{L}\p{N}.]+$/u.test(labelText(factor))
          const number = /^[\d.]+$/.test(labelText(factor))
          set(
            concat(
              ...(simple ? [factor] : [plain('('), factor, plain(')')]),
              plain((number || !simple) && of.letters ? '' : '·'),
              of.label,
            ),
            PRODUCT,
          )
        }
        break
      }
    }
  }
  return (made.get(root) as OperatorFormula).label
}
