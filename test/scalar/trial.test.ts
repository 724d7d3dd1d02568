import { it } from 'vitest'
import { analyse, monotonicity } from '../../src/scalar/analysis.ts'
import { printRange } from '../../src/scalar/range.ts'
import { printExpression } from '../../src/scalar/expression.ts'
import { expressionOfText } from './expressions.ts'
import { rangeOfText } from './ranges.ts'
const cases = `
x*x + 1
x - x
x + (1 - x)
2*x - x | (0, 1)
x^2 - x + 1
ln(x^2 - x + 1)
sqrt(x^2 + y^2)
ln(x*x + y*y + 1)
ln(x^2 - 2*x*y + y^2 + 1)
1 - exp(-2*exp(x))
ln((1+exp(-2*exp(x)))/(1-exp(-2*exp(x))))
exp(x) - exp(y)
cosh(x)^2
x/(1+x) | (0, inf)
exp(x)/(1+exp(x))
ln(x/(1-x)) | (0, 1)
sqrt(x^2+1)+x
ln(sqrt(x^2+1)+x)
ln(sqrt(x^2-1)+x) | [1, inf)
sqrt(abs(x)+x)
sqrt(max(x,y)-min(x,y))
sqrt(max(x,y)-x)
ln(softplus(x)-x)
exp(2*x) - 2*exp(x) + 1
sqrt(exp(2*x) - 2*exp(x) + 1)
x*sigmoid(x)
ln(exp(x)*sigmoid(exp(x)))
x*x*x - x | [0, 1]
1 + tanh(x)*tanh(y)
1/(1 + tanh(x)*tanh(y))
exp(x) - x - 1
ln(exp(x) - x)
x - ln(x) | (0, inf)
ln(exp(x) - 1) | (0, inf)
ln(exp(x) - 1 - x) | (0, inf)
sqrt(1 - sin(x)^2)
sqrt(1 - x*x) | [-1, 1]
x - x*x | (0, 1)
ln(x - x*x) | (0, 1)
x^x | (0, inf)
x^4 - 2*x^2 + 1
sqrt(x^4 - 2*x^2 + 1)
sqrt((x^2-2)^2)
1/(x^2+x+1)
atanh(x/(1+abs(x)))
atanh(x/sqrt(1+x^2))
(exp(x)-exp(-x))/(exp(x)+exp(-x))
x + 1/x | (0, inf)
ln(x^2)  | (-inf, 0) | (0, inf)
sinh(x)/cosh(x)
tanh(softplus(x))
ln(tanh(exp(x)))
sqrt(x) - x | [0, 1]
t*(1+erf(t/sqrt(2)))/2
x^2 + y^2 - x*y
x*y + x | (0, inf)
(exp(x) + exp(-x))/2
exp(x)+exp(-x)-2
sqrt(x-1) | [1, inf)
x >= 0 ? sqrt(x) : 0
x > 0 ? ln(x) : x
x < 1 ? (x > 0 ? ln(x) : x) : 1/x
ln(x)*0
(x-1)/(x+1) | (0, inf)
tanh(x) - x | (0, inf)
x - sin(x) | (0, inf)
x >= 0 ? x : 0.01*x
ln(x >= 0 ? x+1 : exp(x))
(x^2-1)/(x-1) | (1, inf)
x^3+x
ln(1-tanh(x)^2)
max(x, 0) - x
`
it('trial', () => {
  for (const line of cases.trim().split('\n')) {
    const [text, ...d] = line.split(' | ')
    const e = expressionOfText(text)
    const dom = d.length ? rangeOfText(d.join(' | ')) : rangeOfText('R')
    const t0 = performance.now()
    const a = analyse(e, [dom, dom])
    const t1 = performance.now()
    console.log(`${text.padEnd(44)} ${d.join('|').padEnd(10)} ${printRange(a.range)}  ${a.defined ? '' : 'UNDEF ' + printExpression(a.obstacle!.argument) + ' ' + printRange(a.obstacle!.found)}  ${monotonicity(e, 0, [dom, dom])} ${(t1 - t0).toFixed(1)}ms ${(performance.now() - t1).toFixed(1)}ms`)
  }
})
