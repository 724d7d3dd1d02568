// The library in one page: read nets from text, prove, normalize step by step, build nets from values, evaluate, draw.
import { build, builtin, draw, evaluate, normalize, parse, printNet, prove } from 'netproof'

const { claims, nets, weights, diagnostics } = parse(
  `weights W : 3 x 3
   net product { x : 3 in (0, inf) -> mul[W] -> y }
   net sum     { x : 3 in (0, inf) -> ln -> add[W] -> exp -> y }
   prove product == sum`,
  { file: 'example.net' },
)
if (diagnostics.length > 0) throw new Error(diagnostics[0].message)

const verdict = await prove(claims[0].left, claims[0].right, { rules: builtin() })
console.log(verdict.kind)

for (const step of normalize(nets.product, { rules: builtin() })) console.log(step.rule.name, printNet(step.after))

// The same net without text, with the file's unknown weight; it gets values only where numbers are wanted.
const { add, declared, fn, input, net } = build
const W = declared(weights.get('W'))
const sum = net({ x: input(3, '(0, inf)') }, ({ x }) => ({ y: x.pipe(fn('ln'), add(W), fn('exp')) }), 'sum')
console.log((await prove(nets.sum, sum, { rules: builtin() })).kind)

const result = evaluate(sum, {
  inputs: { x: [1, 2, 4] },
  weights: {
    W: [
      [1, 1, 1],
      [0, 2, 0],
      [0, 0, -1],
    ],
  },
})
if (result.ok) console.log(result.outputs.y.map(Math.round).join(' '))

console.log((await draw(verdict.kind === 'proved' ? { left: nets.product, right: nets.sum } : sum)).slice(0, 4))
