// Random files of the language, from a seed: correct ones, and ones with a few tokens changed.

export interface Random {
  /** A whole number from 0 to n - 1. */
  below(n: number): number
  pick<T>(items: readonly T[]): T
}

/** mulberry32 */
export function random(seed: number): Random {
  let a = seed >>> 0
  const next = (): number => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = a
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n: number): number => Math.floor(next() * n)
  return { below, pick: items => items[below(items.length)] }
}

const DECLARATIONS = `size n, m
weights A, B : 3 x 3
weights V : 2 x 3
weights b : 3
weights N : n x n
weights c : n
weights C = [[1, 2, 3], [4, -5.5, 1/3], [7e-2, 8, 9]]
function phi : R -> (0, inf) increasing
function g : R -> R inverse h
function u : R x R -> R
function f1(t) = t * sigmoid(t) + phi(t)^2
function f2(t, a) = t >= 0 ? t : a*t
function s' = ln . phi . exp
`

/** Functions of one number, as stages. */
function stage(r: Random, depth: number): string {
  switch (r.below(depth > 0 ? 9 : 7)) {
    case 0:
      return r.pick([
        'exp',
        'ln',
        'sqrt',
        'abs',
        'sign',
        'floor',
        'sin',
        'cos',
        'tan',
        'sinh',
        'cosh',
        'tanh',
        'asinh',
        'atanh',
        'erf',
        'sigmoid',
        'relu',
        'softplus',
        'id',
      ])
    case 1:
      return r.pick(['phi', 'g', 'h', 'f1', "s'"])
    case 2:
      return `${r.pick(['pow', 'scale', 'shift', 'log'])}[${closed(r, 1)}]`
    case 3:
      return `${r.pick(['f2', 'u', 'max', 'min'])}[${closed(r, 1)}]`
    case 4:
      return `inverse(${r.pick(['exp', 'g', 'pow[3]', 'g . exp', 'tanh'])})`
    case 5:
    case 6:
      return r.pick(['phi', 'relu', 'ln', 'exp'])
    default:
      return `${stage(r, depth - 1)} . ${stage(r, depth - 1)}`
  }
}

function numeral(r: Random): string {
  return r.pick(['0', '1', '2', '0.5', '10', '1e-3', '2.50', '1/3', '-2', '(-1/2)'])
}

function closed(r: Random, depth: number): string {
  if (depth === 0 || r.below(2) === 0) return r.pick([numeral(r), 'pi', 'e'])
  return r.pick([
    () => `${closed(r, depth - 1)} ${r.pick(['+', '-', '*', '/'])} ${closed(r, depth - 1)}`,
    () => `exp(${closed(r, depth - 1)})`,
    () => `-${r.pick(['pi', 'e', '2'])}`,
  ])()
}

/** A formula over wires of one width. */
function formula(r: Random, wires: readonly string[], depth: number): string {
  if (depth === 0) return r.pick([...wires, ...wires, numeral(r), 'e', 'pi'])
  const sub = (): string => formula(r, wires, depth - 1)
  return r.pick([
    () => `${sub()} ${r.pick(['+', '-'])} ${sub()}`,
    () => `(${sub()})${r.pick(['*', '/', ' * '])}(${sub()})`,
    () => `(${sub()})^${r.pick(['2', '-1', 'e', `-${r.pick(wires)}`, '2^3', '(1/3)'])}`,
    () => `-(${sub()})`,
    () => `${r.pick(['exp', 'ln', 'f1', 'phi', "s'", 'log[2]', 'f2[0.5]'])}(${sub()})`,
    () => `${r.pick(['max', 'min', 'u', 'f2'])}(${sub()}, ${sub()})`,
    () => `(ln . exp)(${sub()})`,
    () => `(${sub()} ${r.pick(['<', '<=', '>', '>=', '==', '!='])} ${sub()} ? ${sub()} : ${sub()})`,
    () => `(${r.pick(wires)} -> ${stage(r, 1)} -> add[A, b])`,
    () => r.pick(wires),
  ])()
}

function matrix(r: Random, depth: number): string {
  if (depth === 0) return r.pick(['A', 'B', 'C', 'identity(3)', 'zero(3, 3)', 'ones(3, 3)'])
  return r.pick([
    () => `${matrix(r, depth - 1)} + ${matrix(r, depth - 1)}`,
    () => `${matrix(r, depth - 1)} - (${matrix(r, depth - 1)})`,
    () => `(${matrix(r, depth - 1)}) * (${matrix(r, depth - 1)})`,
    () => `${r.pick(['2', 'pi', '-1/2', 'exp(1)'])} * (${matrix(r, depth - 1)})`,
    () => matrix(r, 0),
  ])()
}

/** A stage on a wire of width 3 that gives one of width 3. */
function layer(r: Random): string {
  return r.pick([
    () => stage(r, 2),
    () => stage(r, 1),
    () => `add[${matrix(r, 1)}]`,
    () => `add[${matrix(r, 2)}, ${r.pick(['b', 'A * b + b', '[1, 2, 3]', 'zero(3)'])}]`,
    () => `mul[${matrix(r, 1)}]`,
    () => `mul[A, b]`,
    () => `mix[${r.pick(['exp', 'g', 'pow[3]', 'id'])}, ${matrix(r, 0)}]`,
    () => r.pick(['softmax', 'logsoftmax', 'maxpool[1]']),
    () => 'add[V] -> add[[[1, 2], [3, 4], [5, 6]]]',
  ])()
}

function layers(r: Random, most: number): string {
  return Array.from({ length: r.below(most) }, () => ` -> ${layer(r)}`).join('')
}

function net(r: Random, name: string): string {
  const domain = r.pick(['', '', ' in (0, inf)', ' in [-1, 1/2) | (1, 2]', ' in R', ' in {1, 2}'])
  if (r.below(3) === 0) return `net ${name} { x : 3${domain}${layers(r, 8)} -> y }`
  if (r.below(6) === 0) return `net ${name} { x : n${domain} -> add[N, c] -> ${stage(r, 2)} -> y }`
  const wires = ['x', 'z']
  const items = [`input x : 3${domain}, z : 3`]
  for (let i = r.below(4); i > 0; i--) {
    const wire = r.pick(['h', 'k', 'w']) + (wires.length - 2)
    const value = r.pick([
      () => formula(r, wires, 1 + r.below(3)),
      () => `${r.pick(wires)}${layers(r, 4)}`,
      () => `[${r.pick(wires)}, ${r.pick(wires)}] -> add[ones(3, 6)]`,
      () => `[${r.pick(wires)}[0..2], ${r.pick(wires)}[1..2]]`,
      () => `add[A, B, b](${r.pick(wires)}, ${r.pick(wires)})`,
      () => `softmax(${r.pick(wires)}) -> ${stage(r, 1)}`,
      () => r.pick(['b + [1, 2, 3] + x', 'constant[A * b] * x']),
    ])()
    items.push(`${wire} = ${value}`)
    wires.push(wire)
  }
  items.push(`output y = ${formula(r, [...wires, 'b'], 2)}${layers(r, 3)}`)
  if (r.below(2) === 0) items.push(`output v = ${r.pick(wires)}${layers(r, 3)}, q = ${formula(r, wires, 1)}`)
  return `net ${name} { ${items.join(r.pick(['   ', '\n  ']))} }`
}

function rule(r: Random, name: string): string {
  return r.pick([
    () => `rule ${name} "a rule" { weights W : m x n   mul[W] == ln -> add[W] -> exp   when input in (0, inf) }`,
    () => `rule ${name} { function f, k   f -> k ==> k . f }`,
    () => `rule ${name}-two { function f\n f -> inverse(f) ==> id when input in domain(f) and f increasing }`,
    () => `rule ${name} { real q in (0, 1) wire x, y : n   q*x + q*y ==> q*(x + y) when x in R, q in (0, 1) | {2} }`,
  ])()
}

/** A file without errors. */
export function correctFile(seed: number): string {
  const r = random(seed)
  const statements = [DECLARATIONS]
  const names: string[] = []
  for (let i = 1 + r.below(3); i > 0; i--) {
    const name = `net${names.length}`
    statements.push(net(r, name))
    names.push(name)
  }
  if (r.below(2) === 0) statements.push(rule(r, 'r'))
  const claimed = r.pick(names)
  statements.push(`prove ${claimed} == ${claimed}${r.pick(['', ' expect proved'])}`)
  return `${statements.join(r.pick(['\n', '\n\n']))}\n`
}

const WORDS = [
  'x',
  'net',
  'prove',
  'weights',
  'function',
  'size',
  'rule',
  'input',
  'output',
  'in',
  'when',
  'with',
  'expect',
  'R',
  'inf',
  'e',
  '3',
  '0.5',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '=',
  '==',
  '==>',
  '->',
  '|',
  '+',
  '-',
  '*',
  '/',
  '^',
  '.',
  '..',
  '?',
  '<',
  '>=',
  '!=',
  '"t"',
  '// c\n',
  '/* c */',
]

/** A text with some of its words left out, doubled, swapped or replaced. */
export function changed(text: string, seed: number): string {
  const r = random(seed)
  const words = text.match(/\s+|[A-Za-z_][\w']*|[\d.]+|==>|->|==|\S/g) ?? []
  for (let i = 1 + r.below(3); i > 0; i--) {
    const at = r.below(words.length)
    switch (r.below(4)) {
      case 0:
        words.splice(at, 1)
        break
      case 1:
        words.splice(at, 0, words[at])
        break
      case 2:
        words.splice(at, 0, ` ${r.pick(WORDS)} `)
        break
      default:
        words[at] = ` ${r.pick(WORDS)} `
    }
  }
  return words.join('')
}

/** A text with comments and line ends put between its words. `count`: how many comments. */
export function commented(text: string, seed: number): { readonly text: string; readonly count: number } {
  const r = random(seed)
  let count = 0
  const words = text.match(/\s+|"[^"]*"|[A-Za-z_][\w'-]*(?<!-)|[\d.]+(?:e-?\d+)?|==>|->|==|<=|>=|!=|\S/g) ?? []
  const result = words.map(w => {
    if (!/^\s+$/.test(w) || r.below(6) !== 0) return w
    count++
    return r.pick([
      ` // note ${count}\n`,
      ` /* note ${count} */ `,
      `\n  // note ${count}\n`,
      `\n/* note ${count}\n   more */\n`,
    ])
  })
  return { text: result.join(''), count }
}
