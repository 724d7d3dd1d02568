import { test } from 'vitest'
import { read } from '../../src/syntax/elaborate.ts'
import { renderDiagnostic } from '../../src/diagnostic.ts'
import { printExpression } from '../../src/scalar/expression.ts'
import { printLinear } from '../../src/linear/linear.ts'
import { printShape } from '../../src/linear/size.ts'
import { printRange } from '../../src/scalar/range.ts'
test('x', () => {
  const show = (t: string) => { const r = read(t, {file:'a.net'})
    const out: string[] = []
    const p = (d: any) => { out.push(`net ${d.name}`); for (const n of d.nodes) out.push(`  ${n.id} ${n.kind}(${n.args}) ${n.name??''} : ${printShape(n.shape)} ${n.absorbed?'absorbed ':''}${n.fn?printExpression(n.fn):''} ${n.operator?printLinear(n.operator):''} ${n.operators?n.operators.map(printLinear):''} ${n.bias?printLinear(n.bias):''} ${n.value?printLinear(n.value):''} ${n.domain?printRange(n.domain):''} ${n.inverse?printExpression(n.inverse):''}`) }
    for (const n of r.nets.values()) p(n)
    for (const c of r.claims) { out.push('claim'); p(c.left); p(c.right); out.push(JSON.stringify(c.requirements.map(q=>[q.side,q.node,printRange(q.range)]))+c.expect) }
    console.log(out.join('\n')); console.log(r.rules.length, r.diagnostics.map(d=>renderDiagnostic(d,t)).join('\n')) }
  show(`weights  W1, W2, W3 : 3 x 3                   // unknown
function sigma : (0, inf) -> (0, inf)
function sigma' = ln . sigma . exp
net product { x : 3 in (0, inf) -> mul[W1] -> sigma -> mul[W2] -> sigma -> mul[W3] -> y }
net sum     { x : 3 in (0, inf) -> ln -> add[W1] -> sigma' -> add[W2] -> sigma' -> add[W3] -> exp -> y }
prove product == sum expect proved
net plain { x' : 3 -> add[W1] -> sigma' -> add[W2] -> sigma' -> add[W3] -> y' }
prove product == plain  with x = exp(x'), y = exp(y')
rule multiplicative-additive "multiplicative-additive identity" {
  weights W : m x n
  mul[W]  ==  ln -> add[W] -> exp     when input in (0, inf)
}
rule inverse "inverse cancellation"     { function f       f -> inverse(f)  ==>  id     when input in domain(f) }
rule comp { function f, g    f -> g  ==>  g . f }
`)
  show(`
weights A, B : 8 x 8  weights b : 8
weights W : 5 x 7 weights C = [[1, 2], [3, 4.5]]
net residual { input x : 8   h = x -> add[A] -> relu -> add[B, b]   output y = x + h }
net gated    { input x : 8   output y = (x -> add[A] -> sigmoid) * (x -> add[B] -> tanh) }
net joined   { input a : 3, b : 4   output y = [a, b] -> add[W] -> softmax }
net hybrid   { input x in (0, inf)   output y = x -> mul[A * B] -> add[2 * B - A, B*b + b] }
net odd { input x, z  output y = max(x, z, 0) + 2*x - b, q = x[0..3], r = 1  h = x -> mix[pow[3], A] -> maxpool[4] }
net use { input x : 2  k = j + 1  j = x -> add[C] -> log[10] -> pow[-2] output k  output m = add[C, C, [1,2]](j, k) }
net nn { input x: 2 output y = x >= 0 ? x/2 : -x^2 ^ -e }
`)
  show(`
weights A, B : 8 x 7  weights b : 8
weights A : 3
net a { x : 8 -> add[A] -> sigmod -> y }
net b { x : 7 -> add[A] -> add[B] -> relu }
net c { x : 7 -> add[A] -> add[B] -> y }
net d { input x : 7 h = x -> foo  k = h + 1 output y = k + g }
net e { input x : 7 h = k k = h output y = k + g }
function f(t) = g(t) + 1
function g = ln . f
function h(t) = t + s + f(t)
prove a == b
prove d == nosuch
net g { x : n -> relu -> y }
net h { x -> relu -> y }
weights R = [[1,2],[3]]
function ff : R -> [0, 1] increasing inverse gg
rule a { weights W : m x n   mul[W] ==> add[V] when q in (0, 1) }
function add(t) = t
net k { x : 3 -> mix[abs, ones(3, 3)] -> add[ones(2,2)] -> y }
`)
  for (const n of [1000, 10000, 100000]) {
    const names = Array.from({length:n},(_, i)=>`W${i}`)
    const t = `weights ${names.join(', ')} : 3 x 3\nfunction sigma : R -> (0, inf)\nnet a { x : 3 in (0, inf) -> ${names.map(w=>`mul[${w}] -> sigma`).join('\n  -> ')} -> y }\n`
    const s = performance.now(); const r = read(t); const ms = performance.now()-s
    console.log(n, t.length, ms.toFixed(0), (t.length/ms).toFixed(0)+'KB/s', r.diagnostics.length, r.nets.get('a')?.nodes.length, (process.memoryUsage().heapUsed/1e6).toFixed(0))
  }
})
