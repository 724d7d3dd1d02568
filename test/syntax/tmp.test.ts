import { test } from 'vitest'
import { parse } from '../../src/syntax/parse.ts'
import { renderDiagnostic } from '../../src/diagnostic.ts'
test('x', () => {
  const show = (t: string, full=false) => { const r = parse(t, {file:'a.net'}); if(full) console.log(JSON.stringify(r.tree.statements,(k,v)=>typeof v==='bigint'?Number(v):k==='start'||k==='end'?undefined:v)); else console.log(r.tree.statements.length); console.log(r.diagnostics.map(d=>renderDiagnostic(d,t)).join('\n')) }
  show(`weights  W1, W2, W3 : 3 x 3                   // unknown
function sigma : (0, inf) -> (0, inf)
function sigma' = ln . sigma . exp
net product { x : 3 in (0, inf) -> mul[W1] -> sigma -> mul[W2] -> sigma -> mul[W3] -> y }
prove product == sum  with x = exp(x'), y = exp(y') expect proved
net hybrid   { input x : 4 in (0, inf)   output y = x -> mul[W] -> add[V] } 
// why
rule multiplicative-additive "multiplicative-additive identity" {
  weights W : m x n
  mul[W]  ==  ln -> add[W] -> exp     when input in (0, inf)
}
rule inverse "inverse cancellation"     { function f       f -> inverse(f)  ==>  id     when input in domain(f) }
`, true)
  show(`net a { x : 3 -> relu -> add[W -> y }
net b { x : 3 - relu -> y }
weights 3 : 4
net c { input x : 3 output y = (x -> add[A] -> sigmoid) * (x -> add[B] + ) }
wights W : 3
prove a = b
function f(t) = t >= 0 ? t
net d { x : 3 -> relu -> y 
prove a == c
size n m
rule foo { f -> g ==> }
`)
  show('net a { x : 3 -> '+'('.repeat(190)+'exp'+')'.repeat(190)+' -> y }')
  show('net a { input x : 3 output y = '+'exp('.repeat(190)+'x'+')'.repeat(190)+' }')
  show('net a { input x : 3 output y = '+'exp('.repeat(1900)+'x'+')'.repeat(190)+' }')
  show('net a { input x : 3 output y = '+'exp('.repeat(190)+'x y'+')'.repeat(190)+' }')
  for (const n of [1000, 10000, 100000]) {
    const names = Array.from({length:n},(_, i)=>`W${i}`)
    const t = `weights ${names.join(', ')} : 3 x 3\nnet a { x : 3 in (0, inf) -> ${names.map(w=>`mul[${w}] -> sigma`).join('\n  -> ')} -> y }\n`
    const s = performance.now(); const r = parse(t); const ms = performance.now()-s
    console.log(n, t.length, ms.toFixed(0), (t.length/ms).toFixed(0)+'KB/s', r.diagnostics.length, (process.memoryUsage().heapUsed/1e6).toFixed(0))
  }
  const sum = Array.from({length:10000},(_, i)=>`sin(${i}*x)^2`).join(' + ')
  let s=performance.now(); show(`net a { input x : 1 output y = ${sum} }`); console.log(sum.length, performance.now()-s)
  s=performance.now(); show(`net a { input x : 1 output y = ((${sum})) * (${sum} ) }`); console.log(sum.length, performance.now()-s)
})
