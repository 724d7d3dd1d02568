// TEMPORARY stand-in by the lead so that the engine can be tried; to be replaced whole by the equality engineer.
import { call, type Expression, number, one, variablesOf, zero } from './expression.ts'
import type { Range } from './range.ts'
export function simplify(e: Expression, _d: readonly Range[]): { result: Expression } { return { result: e } }
export function linearForm(e: Expression): { coefficients: Map<number, Expression>; constant: Expression } | null {
  if (variablesOf(e).length === 0) return { coefficients: new Map(), constant: e }
  if (e.kind === 'variable') return { coefficients: new Map([[e.index, one]]), constant: zero }
  if (e.kind !== 'call') return null
  if (e.name === '+') {
    const l = linearForm(e.args[0]); const r = linearForm(e.args[1])
    if (!l || !r) return null
    const c = new Map(l.coefficients)
    for (const [k, v] of r.coefficients) { const o = c.get(k); c.set(k, o ? (o.kind === 'number' && v.kind === 'number' ? number(o.value.add(v.value)) : call('+', o, v)) : v) }
    return { coefficients: c, constant: l.constant === zero ? r.constant : r.constant === zero ? l.constant : call('+', l.constant, r.constant) }
  }
  if (e.name === '*' && variablesOf(e.args[0]).length === 0) {
    const r = linearForm(e.args[1]); if (!r) return null
    const k = e.args[0]
    return { coefficients: new Map([...r.coefficients].map(([i, v]) => [i, v === one ? k : call('*', k, v)])), constant: r.constant === zero ? zero : call('*', k, r.constant) }
  }
  return null
}
export function innerAffine(_e: Expression, _d: readonly Range[]): { fn: Expression; factor: Expression; shift: Expression } | null { return null }
export function outerAffine(_e: Expression, _d: readonly Range[]): { fn: Expression; factor: Expression; shift: Expression } | null { return null }
