// Products with diagonal matrices in one order: diag(a) diag(b) = diag(b) diag(a), diag(a) b = diag(b) a for vectors a and b,
// and diag(a) 1 = a for a column of ones.
import { diagonal, factorsOf, type Linear, sharedProduct } from './linear.ts'
import { sizeOf } from './size.ts'

/** The factors of a product in an order that does not depend on how it is written; `key` tells operators apart. */
export function inOrder(word: readonly Linear[], key: (a: Linear) => string): readonly Linear[] {
  if (!word.some(a => a.kind === 'diagonal')) return word
  let rest: readonly Linear[] = []
  for (let end = word.length; end > 0; ) {
    let start = end
    while (start > 0 && word[start - 1].kind === 'diagonal') start--
    rest = start < end ? sorted(word.slice(start, end), rest, key) : [word[--start], ...rest]
    end = start
  }
  return rest
}

/** Neighbouring diagonal matrices before a product. */
function sorted(run: readonly Linear[], rest: readonly Linear[], key: (a: Linear) => string): readonly Linear[] {
  const vectors = run.map(d => factorsOf((d as Extract<Linear, { kind: 'diagonal' }>).of))
  const isVector = rest.length > 0 && rest[rest.length - 1].columns === sizeOf(1)
  if (isVector && !(rest.length === 1 && rest[0].kind === 'ones')) vectors.push([...rest])
  const keyed = vectors.map(factors => ({ factors, text: factors.map(key).join(' ') }))
  keyed.sort((u, v) => u.factors.length - v.factors.length || (u.text < v.text ? -1 : u.text > v.text ? 1 : 0))
  const last = isVector ? keyed.pop() : undefined
  const diagonals = keyed.map(({ factors }) =>
    diagonal(factors.reduceRight((right, left) => sharedProduct(left, right))),
  )
  return [...diagonals, ...(last === undefined ? rest : last.factors)]
}
