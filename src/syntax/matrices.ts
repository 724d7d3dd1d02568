// From terms to linear operators: what stands in the square brackets of `add`, `mul` and `mix`.
import {
  blockClash,
  declaredWithSize,
  misplaced,
  misused,
  notRational,
  productClash,
  type Related,
  raggedRows,
  type Span,
  sumClash,
  wrongKind,
} from '../diagnostic.ts'
import {
  diagonal,
  embed,
  identity,
  type Linear,
  literal,
  ones,
  printSizes,
  product,
  scale,
  select,
  sum,
  transpose,
  weight,
  zeroMatrix,
} from '../linear/linear.ts'
import { addSizes, type Size, sizeOf } from '../linear/size.ts'
import { call, type Expression, number, one } from '../scalar/expression.ts'
import type { Rational } from '../scalar/rational.ts'
import { rationalTerm, type Scope, sizeTerm, spanAt, unknown } from './scope.ts'
import { closedTerm, isFunctionName } from './terms.ts'
import { type ListTerm, partsOf, type Term } from './tree.ts'

const MINUS_ONE = number(-1)

/** Matrices that a term can make from sizes, by how many sizes they take. */
const MAKERS: Readonly<
  Record<string, { readonly sizes: readonly number[]; readonly make: (s: readonly Size[]) => Linear }>
> = {
  identity: { sizes: [1], make: s => identity(s[0]) },
  zero: { sizes: [1, 2], make: s => zeroMatrix(s[0], s[1] ?? sizeOf(1)) },
  ones: { sizes: [1, 2], make: s => ones(s[0], s[1] ?? sizeOf(1)) },
  select: { sizes: [3], make: s => select(s[0], s[1], s[2]) },
  embed: { sizes: [3], make: s => embed(s[0], s[1], s[2]) },
}

type Value = { readonly matrix: Linear; readonly scalar: null } | { readonly matrix: null; readonly scalar: Expression }

/** The operator that a term says; what is none is reported. */
export function matrixTerm(scope: Scope, offset: number, term: Term): Linear | null {
  const value = valueTerm(scope, offset, term)
  if (value !== null && value.matrix === null) {
    scope.report(misplaced(spanAt(scope, offset, term), 'a number', 'the place of a matrix or vector'))
  }
  return value?.matrix ?? null
}

/** The operator with one column that a term says. */
export function vectorTerm(scope: Scope, offset: number, term: Term): Linear | null {
  const value = matrixTerm(scope, offset, term)
  if (value === null || value.columns === sizeOf(1)) return value
  scope.report(
    wrongKind(spanAt(scope, offset, term), nameOf(term), 'vector', 'matrix', placeOf(scope, term), printSizes(value)),
  )
  return null
}

function nameOf(term: Term): string | null {
  return term.kind === 'name' ? term.name : null
}
function placeOf(scope: Scope, term: Term): Span | null {
  return term.kind === 'name' ? (scope.places.get(term.name) ?? null) : null
}

/** Where the names in a term are declared: for messages about sizes. */
export function declaredIn(scope: Scope, term: Term): Related[] {
  if (term.kind !== 'name') return []
  const span = scope.places.get(term.name)
  const symbol = scope.weights.get(term.name)
  if (span === undefined || symbol === undefined) return []
  const sizes = symbol.vector ? symbol.rows.text : printSizes(weight(symbol))
  return [declaredWithSize(span, term.name, sizes)]
}

function valueTerm(scope: Scope, offset: number, term: Term): Value | null {
  const given = scope.matrices?.(term)
  if (given !== undefined) return { matrix: given, scalar: null }
  if (isScalar(scope, term)) {
    const scalar = closedTerm(scope, offset, term)
    return scalar && { matrix: null, scalar }
  }
  const read = (t: Term): Value | null => valueTerm(scope, offset, t)
  const of = (matrix: Linear): Value => ({ matrix, scalar: null })
  switch (term.kind) {
    case 'name': {
      const symbol = scope.weights.get(term.name)
      if (symbol !== undefined) return of(weight(symbol))
      if (term.name === 'e' || term.name === 'pi') break
      if (scope.functions.has(term.name) || scope.sizes.has(term.name)) {
        const found = scope.functions.has(term.name) ? 'function' : 'size'
        scope.report(wrongKind(spanAt(scope, offset, term), term.name, 'weight', found, placeOf(scope, term)))
        return null
      }
      return unknown(scope, spanAt(scope, offset, term), 'weight', term.name, scope.weights.keys())
    }
    case 'group':
      return read(term.of)
    case 'list': {
      const isOfNumbers = term.items.every(i => isScalar(scope, i) || (i.kind === 'list' && isOfScalars(scope, i)))
      const matrix = isOfNumbers ? literalTerm(scope, offset, term) : blocksTerm(scope, offset, term)
      return matrix && of(matrix)
    }
    case 'negative': {
      const value = read(term.of)
      if (value === null || term.signs % 2 === 0) return value
      return value.matrix === null
        ? { matrix: null, scalar: call('neg', value.scalar) }
        : of(scale(MINUS_ONE, value.matrix))
    }
    case 'sum': {
      let left = read(term.terms[0])
      for (let i = 1; i < term.terms.length && left !== null; i++) {
        const right = read(term.terms[i])
        left = right && added(scope, offset, left, term.operators[i - 1], right, term.terms[i])
      }
      return left
    }
    case 'product': {
      let left = read(term.factors[0])
      for (let i = 1; i < term.factors.length && left !== null; i++) {
        const right = read(term.factors[i])
        const fraction = i === 1 && term.operators[0] === '/' ? rationalOf(left, right) : null
        left = fraction ?? (right && multiplied(scope, offset, left, term.operators[i - 1], right, term.factors[i]))
      }
      return left
    }
    case 'call': {
      const name = term.fn.kind === 'name' ? term.fn.name : ''
      if (name === 'transpose' || name === 'diag') {
        if (term.args.length !== 1) {
          scope.report(misused(spanAt(scope, offset, term), name))
          return null
        }
        const matrix = (name === 'diag' ? vectorTerm : matrixTerm)(scope, offset, term.args[0])
        return matrix && of(name === 'diag' ? diagonal(matrix) : transpose(matrix))
      }
      if (!Object.hasOwn(MAKERS, name)) break
      const maker = MAKERS[name]
      if (!maker.sizes.includes(term.args.length)) {
        scope.report(misused(spanAt(scope, offset, term), name))
        return null
      }
      // The place at which select and embed begin may be 0.
      const sizes = term.args.map((a, i) => sizeTerm(scope, offset, a, maker.sizes[0] === 3 && i === 1 ? 0 : 1))
      return sizes.every(s => s !== null) ? of(maker.make(sizes)) : null
    }
    default:
  }
  const scalar = closedTerm(scope, offset, term)
  return scalar && { matrix: null, scalar }
}

/** Whether a term is a number, made without matrices. */
function isScalar(scope: Scope, term: Term): boolean {
  if (term.kind === 'list') return false
  if (term.kind === 'name')
    return term.name === 'pi' || term.name === 'e'
      ? !scope.weights.has(term.name)
      : scope.reals?.has(term.name) === true || scope.functions.has(term.name) || isFunctionName(term.name)
  return partsOf(term).every(p => isScalar(scope, p))
}

function added(scope: Scope, offset: number, left: Value, sign: '+' | '-', right: Value, term: Term): Value | null {
  if (left.matrix === null && right.matrix === null)
    return { matrix: null, scalar: call(sign, left.scalar, right.scalar) }
  if (left.matrix === null || right.matrix === null) {
    const [thing, place] =
      right.matrix === null ? (['a number', 'a sum of matrices'] as const) : (['a matrix', 'a sum of numbers'] as const)
    scope.report(misplaced(spanAt(scope, offset, term), thing, place))
    return null
  }
  if (left.matrix.rows !== right.matrix.rows || left.matrix.columns !== right.matrix.columns) {
    const [l, r] = [printSizes(left.matrix), printSizes(right.matrix)]
    scope.report(sumClash(spanAt(scope, offset, term), l, r, declaredIn(scope, term)))
    return null
  }
  return { matrix: sum(left.matrix, sign === '+' ? right.matrix : scale(MINUS_ONE, right.matrix)), scalar: null }
}

/** A fraction of two numbers is a rational number, as in formulas. */
function rationalOf(left: Value, right: Value | null): Value | null {
  const [p, q] = [left.scalar, right?.scalar ?? null]
  if (p?.kind !== 'number' || q?.kind !== 'number' || q.value.n === 0n) return null
  return { matrix: null, scalar: number(p.value.div(q.value)) }
}

function multiplied(
  scope: Scope,
  offset: number,
  left: Value,
  sign: '*' | '/',
  right: Value,
  term: Term,
): Value | null {
  if (sign === '/') {
    if (right.matrix !== null) {
      scope.report(misplaced(spanAt(scope, offset, term), 'a matrix', 'the place of a divisor'))
      return null
    }
    if (left.matrix === null) return { matrix: null, scalar: call('/', left.scalar, right.scalar) }
    return { matrix: scale(call('/', one, right.scalar), left.matrix), scalar: null }
  }
  if (left.matrix === null && right.matrix === null)
    return { matrix: null, scalar: call('*', left.scalar, right.scalar) }
  if (left.matrix === null) return { matrix: scale(left.scalar, right.matrix as Linear), scalar: null }
  if (right.matrix === null) return { matrix: scale(right.scalar, left.matrix), scalar: null }
  if (left.matrix.columns !== right.matrix.rows) {
    const [columns, rows] = [left.matrix.columns, right.matrix.rows]
    const isVector = columns === sizeOf(1) && left.matrix.rows === rows
    const span = spanAt(scope, offset, term)
    scope.report(productClash(span, columns.text, rows.text, declaredIn(scope, term), isVector))
    return null
  }
  return { matrix: product(left.matrix, right.matrix), scalar: null }
}

function isOfScalars(scope: Scope, list: ListTerm): boolean {
  return list.items.every(i => isScalar(scope, i))
}

/** `[[A, B], [C, D]]` by rows of blocks, or `[A, B]`, one block above the other. */
function blocksTerm(scope: Scope, offset: number, list: ListTerm): Linear | null {
  const rows: Linear[][] = []
  for (const item of list.items) {
    const row: Linear[] = []
    for (const t of item.kind === 'list' ? item.items : [item]) {
      const block = matrixTerm(scope, offset, t)
      if (block === null) return null
      // Beside each other stand blocks of as many rows, above each other those of as many columns.
      const beside: Linear | undefined = row[0]
      const above: Linear | undefined = rows[0]?.[row.length]
      const [isHigher, isWider] = [beside?.rows !== block.rows, above?.columns !== block.columns]
      const other = beside !== undefined && isHigher ? beside : above !== undefined && isWider ? above : null
      if (other !== null) {
        const sizes = [printSizes(other), printSizes(block)] as const
        scope.report(blockClash(spanAt(scope, offset, t), ...sizes, declaredIn(scope, t)))
        return null
      }
      row.push(block)
    }
    if (rows.length > 0 && row.length !== rows[0].length) {
      scope.report(raggedRows(spanAt(scope, offset, item), rows[0].length, rows.length + 1, row.length))
      return null
    }
    rows.push(row)
  }
  const total = (sizes: readonly Size[]): Size => sizes.reduce((sum, s) => addSizes(sum, s), sizeOf(0))
  const [height, width] = [total(rows.map(r => r[0].rows)), total(rows[0].map(b => b.columns))]
  let whole: Linear | null = null
  let top = sizeOf(0)
  for (const row of rows) {
    let left = sizeOf(0)
    for (const block of row) {
      const into = row.length === 1 ? block : product(block, select(width, left, block.columns))
      const placed = rows.length === 1 ? into : product(embed(height, top, block.rows), into)
      whole = whole === null ? placed : sum(whole, placed)
      left = addSizes(left, block.columns)
    }
    top = addSizes(top, row[0].rows)
  }
  return whole
}

/** `[[1, 2], [3, 4]]` by rows, or `[1, 2]`, a vector. */
export function literalTerm(scope: Scope, offset: number, list: ListTerm): Linear | null {
  const rows: Rational[][] = []
  const nested = list.items.some(i => i.kind === 'list')
  for (const [i, row] of list.items.entries()) {
    const entries: Rational[] = []
    for (const t of nested && row.kind === 'list' ? row.items : [row]) {
      const q = t.kind === 'number' ? t.value : rationalTerm(t)
      if (q === null) {
        scope.report(notRational(spanAt(scope, offset, t), 'an entry of a matrix'))
        return null
      }
      entries.push(q)
    }
    rows.push(entries)
    if (entries.length === rows[0].length && (row.kind === 'list') === nested) continue
    scope.report(raggedRows(spanAt(scope, offset, row), rows[0].length, i + 1, entries.length))
    return null
  }
  return literal(rows)
}
