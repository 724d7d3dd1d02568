// Plots: where lines break, what marks say, what part of the plane is chosen. Formulas are read from text.
import { describe, expect, it } from 'vitest'
import { parseRange } from '../../src/build.ts'
import { realFunction, surveyOf } from '../../src/draw/curve.ts'
import { draw, sceneOf } from '../../src/draw/draw.ts'
import { labelText } from '../../src/draw/label.ts'
import { type Graph, traceOf } from '../../src/draw/trace.ts'
import { chooseX, chooseY, ticksIn } from '../../src/draw/window.ts'
import { parse } from '../../src/load.ts'
import { type Expression, unfold } from '../../src/scalar/expression.ts'
import { examine } from './examine.ts'

function fn(text: string): Expression {
  const { functions, diagnostics } = parse(`function f(x) = ${text}`)
  expect(diagnostics).toEqual([])
  return functions.get('f')?.definition as Expression
}
function graph(text: string, x: [number, number], y: [number, number], domain = 'R'): Graph {
  const f = realFunction(fn(text), parseRange(domain))
  return traceOf(f, surveyOf(f, ...x), { x, y, width: 390, height: 246 })
}
const round = (x: number): number => Math.round(x * 1e4) / 1e4
const marks = (g: Graph): string[] =>
  g.marks.map(m => `${m.filled ? 'filled' : 'open'} ${round(m.at[0])}, ${round(m.at[1])}`).sort()
/** No line leads over a number. */
function expectGap(g: Graph, x: number): void {
  for (const run of g.runs) expect(run[0][0] < x && run[run.length - 1][0] > x).toBe(false)
}

describe('a graph', () => {
  it('is drawn only where the function is defined', () => {
    const xs = graph('ln(x - 1)', [-5, 5], [-3, 3])
      .runs.flat()
      .map(p => p[0])
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(1)
    const cut = graph('x', [-5, 5], [-5, 5], '[-2, -1] | (0, 3)')
    expect(cut.runs.map(run => [run[0][0], run[run.length - 1][0]])).toEqual([
      [-2, -1],
      [0, 3],
    ])
    // An end on the vertical axis needs no mark.
    expect(marks(cut)).toEqual(['filled -1, -1', 'filled -2, -2', 'open 3, 3'])
  })
  it('has no line across a pole, known exactly or not', () => {
    const hyperbola = graph('1/x', [-5, 5], [-3, 3])
    expectGap(hyperbola, 0)
    expect(hyperbola.poles).toEqual([0])
    expect(hyperbola.marks).toEqual([])
    const two = graph('1/(x^2 - 2)', [-5, 5], [-3, 3])
    for (const x of [-Math.SQRT2, Math.SQRT2]) expectGap(two, x)
    expect(two.poles.map(round)).toEqual([-Math.SQRT2, Math.SQRT2].map(round))
    // Both sides go up: a line would not even be steep.
    expectGap(graph('1/(x - 1)^2', [-5, 5], [0, 3]), 1)
    expect(graph('tan(x)', [-5, 5], [-3, 3]).poles.map(round)).toEqual([-4.7124, -1.5708, 1.5708, 4.7124])
  })
  it('reaches the edge of the picture beside a pole, however slowly it grows', () => {
    const ys = graph('ln(x)', [0, 5], [-100, 5])
      .runs.flat()
      .map(p => p[1])
    expect(Math.min(...ys)).toBe(-100)
  })
  it('has no line across a jump, and marks say which side has the value', () => {
    const floor = graph('floor(x)', [-1.5, 1.5], [-3, 3])
    for (const x of [-1, 0, 1]) expectGap(floor, x)
    expect(marks(floor)).toEqual(
      ['filled -1, -1', 'open -1, -2', 'filled 0, 0', 'open 0, -1', 'filled 1, 1', 'open 1, 0'].sort(),
    )
    expect(marks(graph('x < 1 ? 0 : x == 1 ? 2 : 1', [-5, 5], [-3, 3]))).toEqual([
      'filled 1, 2',
      'open 1, 0',
      'open 1, 1',
    ])
    // A steep line is none.
    const steep = graph('tanh(1000000*x)', [-5, 5], [-3, 3])
    expect(steep.runs).toHaveLength(1)
    expect(steep.marks).toEqual([])
  })
  it('has open marks at holes, with the limit that digits in doubles would lose', () => {
    expect(marks(graph('sin(x)/x', [-5, 5], [-3, 3]))).toEqual(['open 0, 1'])
    expect(marks(graph('(1 - cos(x))/x^2', [-5, 5], [-3, 3]))).toEqual(['open 0, 0.5'])
    // Not a hole: the function is shown to be defined there.
    const whole = graph('sqrt((x^2 - 2)*(x^2 - 2))', [-5, 5], [-3, 30])
    expect(whole.marks).toEqual([])
  })
  it('of a function that takes very large values is cut at the edge', () => {
    for (const text of ['exp(exp(exp(x)))', '10^300*x', 'exp(1000*x)', '-exp(x^4)']) {
      for (const [, y] of graph(text, [-5, 5], [-3, 3]).runs.flat()) expect(Math.abs(y)).toBeLessThanOrEqual(3)
    }
  })
})

describe('what is shown', () => {
  const x = (...texts: string[]): number[] => [...chooseX(texts.map(t => realFunction(fn(t))))].map(round)
  const y = (text: string): readonly [number, number] => {
    const f = realFunction(fn(text))
    return chooseY([surveyOf(f, ...chooseX([f]))])
  }
  it('of the horizontal axis: kinks, zeros, ends and limits', () => {
    expect(x('tanh(x)')).toEqual([-5, 5])
    expect(x('ln(x)')).toEqual([0, 5])
    expect(x('ln(tanh(exp(x)))')).toEqual([-5, 5])
    expect(x('atanh(x)')).toEqual([-1, 1])
    const [, right] = x('max(x - 15, 0)')
    expect(right).toBeGreaterThan(18)
    const [, small] = x('max(min(x, 1/500), 1/1000)')
    expect(small).toBeLessThan(0.02)
    const [, wide] = x('tanh(x/100)')
    expect(wide).toBeGreaterThan(120)
    const [, waves] = x('sin(100*x)')
    expect(waves).toBeLessThan(1)
    expect(x('sin(1/x)')).toEqual([-5, 5])
  })
  it('of the vertical axis: all, or the part beside a pole where something can be seen', () => {
    expect(y('x')[1]).toBeGreaterThan(5)
    const [low, high] = y('1/x')
    expect(low).toBeGreaterThan(-6)
    expect(high).toBeGreaterThan(1)
    expect(y('exp(exp(exp(x)))')[1]).toBeLessThan(1e8)
    expect(y('0*x')).toEqual([-1, 1])
    const [zero, above] = y('10^300')
    expect(zero).toBeLessThan(0)
    expect(above).toBeGreaterThan(1e300)
  })
  it('numbers along the axes are round, and as long as they must be', () => {
    const labels = (low: number, high: number): string[] => ticksIn([low, high], 6).major.map(t => labelText(t.label))
    expect(labels(-5, 5)).toEqual(['−4', '−2', '0', '2', '4'])
    expect(labels(0, 1)).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1.0'])
    expect(labels(0, 3e20)).toEqual(['0', '0.5·1020', '1.0·1020', '1.5·1020', '2.0·1020', '2.5·1020', '3.0·1020'])
    expect(labels(-1e-320, 1e-320).length).toBeGreaterThan(1)
  })
})

describe('a picture of plots', () => {
  it('of one function, of several, in several panels', async () => {
    const tanh = { name: 'sigma', fn: fn('tanh(x)'), domain: parseRange('(0, inf)') }
    const scene = await sceneOf({
      panels: [{ curves: [tanh, { name: "sigma'", fn: fn('ln(tanh(exp(x)))') }] }, { curves: [tanh] }],
    })
    examine(scene, [])
    expect(scene.description).toContain('σ(x) = tanh(x) on (0, inf)')
    expect(scene.title).toBe("plot of sigma, sigma', sigma")
  })
  it('of a function that has no values there says so', async () => {
    const svg = await draw({ panels: [{ curves: [{ fn: fn('ln(x)') }] }], x: [-3, -1] })
    expect(svg).toContain('ln(x) (no values here)')
  })
  it('refuses an empty part of an axis', async () => {
    await expect(draw({ panels: [{ curves: [{ fn: fn('x') }] }], x: [1, 1] })).rejects.toThrow(
      'draw: 1..1 is no part of an axis',
    )
  })
  it('unfolds definitions', () => {
    const { functions } = parse('function f(x) = x^2  function g(x) = f(x) + 1')
    const g = functions.get('g')?.definition as Expression
    expect(realFunction(g).at(3)).toBe(10)
    expect(unfold(g)).not.toBe(g)
  })
})
