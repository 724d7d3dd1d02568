// The text of docs/axioms.md, made from the rules, the axioms and what certificates say, so that it cannot drift from them.
import { WAYS } from '../src/certificate/certificate.ts'
import { builtin, RULE_FILES } from '../src/rewrite/builtin.ts'
import type { Rule } from '../src/rewrite/rule.ts'
import { AXIOMS, type Axiom, type Condition } from '../src/scalar/axioms.ts'
import { type Enclosed, enclose } from '../src/scalar/enclosure.ts'
import { type Expression, printExpression } from '../src/scalar/expression.ts'
import { printRange } from '../src/scalar/range.ts'
import { printRational, type Rational, rational } from '../src/scalar/rational.ts'

const OUTSIDE = 'Outside: '
const LETTERS = ['a', 'b', 'c', 'd']

/** The comment above a rule: why it holds, and the lines that say what happens just outside its condition. */
export function partsOfReason(reason: string): { readonly why: string; readonly outside: readonly string[] } {
  const lines = reason.split('\n')
  return {
    why: lines.filter(line => !line.startsWith(OUTSIDE)).join('\n'),
    outside: lines.flatMap(line => (line.startsWith(OUTSIDE) ? [line.slice(OUTSIDE.length)] : [])),
  }
}

/** How each way of WAYS shows that two wires are equal. */
export const WAY_TEXTS: Readonly<Record<string, string>> = {
  function: `Both wires are written as functions of the components of the wires that the step names, and the expressions are the same; or
lemmas lead from one to the other. A lemma is an equality of two expressions on sets of numbers, with a proof from the axioms
below, and it counts only where those wires are shown to have their values in those sets. A function acts on every component
by itself, so joins, slices and matrices with one entry other than 0 in each row are looked through: \`f(M x) = M' f(x)\` where
\`f(m t) = m' f(t)\` for each pair of entries. \`mul\` with the identity matrix and without bias gives its wire: x^1 = x, and x^0 = 1
for every real x. Known matrices, pools over a known number of components and products of known powers are looked through where
the components that they put together stand at one place of the wires that the step names, as those of one component do. The new wire has a value wherever the old one has: a node that the function does not evaluate in every case has
to be shown to have a value by itself.`,
  linear: `Both wires are written as linear combinations of the wires that the step names: a matrix for each, and a vector. The
matrices are compared as sums of products of unknown and known ones, which do not commute; known ones are multiplied out in
exact rationals, and numbers are polynomials. Where all components of a wire are multiplied (or divided) by the same wire s of
one component, s is an unknown number: \`W (u * 1 s) = (W u) * 1 s\`, where 1 is a column of ones.`,
  congruence: `Both wires come from the same operation on the same wires, or on wires that have been shown to be equal. Matrices may
differ in form: they are compared as for \`linear\`. A wire that has become another one keeps its own operation, which can so
be looked at again.`,
  definition: `The checker makes the wires of what the operation stands for. \`mix[f, W]\` is \`inverse(f) -> add[W] -> f\`; softmax and
logsoftmax are their formulas; \`mul[W, b]\` is \`ln -> add[W, b] -> exp\` if all values of its wire are shown to be positive.`,
  pool: `Both wires are the largest (or least) of groups of the same function of the wire that the step names. A function that is
shown to increase on a set that holds the values of a pool may stand before or after it; one that decreases exchanges max and
min. The largest of the largest of groups is the largest of groups of as many groups; so for the least.`,
}

/** What else the checker believes, each with the place where it can be read. */
const TRUSTED: readonly (readonly [what: string, text: string])[] = [
  [
    'What a net computes',
    `\`src/semantics/\` and \`src/diagram/\`: the kinds of nodes, their shapes, and what each computes. A proof is about these
definitions. A counterexample is evaluated with them.`,
  ],
  [
    'Ranges of values',
    `\`src/diagram/ranges.ts\` and \`src/scalar/\` (\`analyse\`): a set of real numbers for every wire and every expression that holds
all its values. They decide whether conditions hold, whether an operation is defined for all values that it can get, and
whether a function increases. Ends of intervals are rational numbers, rounded outward: a set may be too large, never too small.`,
  ],
  [
    'Enclosures',
    `\`src/scalar/enclosure.ts\`, \`elementary.ts\`, \`extension.ts\`: intervals with rational ends around the values of exp, ln, sin and the others,
to any precision, from series with a remainder that is bounded. Counterexamples rest on them, and ranges have their ends from them.`,
  ],
  [
    'Rational arithmetic',
    `\`src/scalar/rational.ts\`: fractions of JavaScript's \`BigInt\`, with the package fraction.js. No step of a proof is computed in floating point.`,
  ],
  [
    'The platform',
    'JavaScript as Node runs it, `JSON.parse` among it. Neither the prover, nor the rewrite engine, nor the parser of the language is among what is trusted.',
  ],
]

const inCode = (text: string): string => `\`${text}\``

function waysOf(rule: Rule): string[] {
  return [...WAYS].filter(([, rules]) => rules.includes(rule.name)).map(([way]) => way)
}

function ruleSection(rule: Rule): string {
  const { why, outside } = partsOfReason(rule.reason)
  const ways = waysOf(rule)
  const shown =
    ways.length > 0
      ? ways.map(inCode).join(', or ')
      : 'not at all: with `==` it is a statement that follows from the others, and no step of a proof'
  const condition =
    outside.length > 0
      ? outside.map(line => `- Just outside its condition: ${line}`)
      : ['- It has no condition: the right side is defined and equal wherever the left side is defined.']
  return [
    `### ${rule.name}: ${rule.title}`,
    '',
    why,
    '',
    '```text',
    rule.text,
    '```',
    '',
    ...condition,
    `- Shown by the checker: ${shown}.`,
  ].join('\n')
}

/** The words in lines of at most 120 characters. */
function fill(text: string): string {
  const lines = ['']
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1]
    if (last === '') lines[lines.length - 1] = word
    else if (last.length + 1 + word.length <= 120) lines[lines.length - 1] += ` ${word}`
    else lines.push(word)
  }
  return lines.join('\n')
}

/** The first comment of a file of rules. */
function titleOf(text: string): string {
  return /^\/\/ (.*)$/m.exec(text)?.[1] ?? ''
}

function conditionText({ expression, range }: Condition): string {
  const e = inCode(printExpression(expression, LETTERS))
  return range === 'integer' ? `${e} is a whole number` : `${e} in ${inCode(printRange(range))}`
}

/** An exact value as a fraction, any other as the first decimals of an enclosure of it. */
function valueText(value: Enclosed): string {
  if (typeof value === 'string') return value
  if (value.low.equals(value.high)) return inCode(printRational(value.low))
  return inCode(`${value.low.toString(6).replace(/[()]/g, '').slice(0, 8)}...`)
}

function outsideText(axiom: Axiom, at: readonly Rational[]): string {
  const value = (e: Expression): string =>
    valueText(enclose(e, [...at, rational(1), rational(1), rational(1)].slice(0, 4), { bits: 100, maxBits: 400 }))
  const point = at.map((q, i) => inCode(`${LETTERS[i]} = ${printRational(q)}`)).join(', ')
  return ` Just outside, at ${point}: ${value(axiom.left)} on the left, ${value(axiom.right)} on the right.`
}

function axiomLine(axiom: Axiom): string {
  const { name, left, right, conditions, reason, outside } = axiom
  const side = (e: Expression): string => {
    const text = printExpression(e, LETTERS)
    return e.kind === 'choose' ? `(${text})` : text
  }
  const when = conditions.length === 0 ? '' : `, if ${conditions.map(conditionText).join(' and ')}`
  const beyond = outside === null ? '' : outsideText(axiom, outside)
  return `- **${name}**: ${inCode(`${side(left)} = ${side(right)}`)}${when}: ${reason}.${beyond}`
}

/** The whole document. */
export function axiomsDocument(): string {
  const rules = builtin()
  const files = RULE_FILES.map(({ tree: { file, text } }) => {
    const own = rules.filter(rule => text.includes(rule.text))
    return [`## Rules: ${file.replace('.net', '')}`, '', titleOf(text), '', own.map(ruleSection).join('\n\n')].join(
      '\n',
    )
  })
  const ways = [...WAYS].map(([way, names]) =>
    [`### ${way}`, '', fill(WAY_TEXTS[way]), '', fill(`It shows steps of: ${names.map(inCode).join(', ')}.`)].join(
      '\n',
    ),
  )
  return `# What proofs rest on

This file is generated by \`npm run axioms\` from \`rules/\`, \`src/scalar/axioms.ts\` and \`src/check/check.ts\`. A test compares it with
them, and another one evaluates every counterexample in it. Whoever distrusts the engine has this page to read, and the
checker: [certificate.md](certificate.md) says what it does.

There are ${rules.length} rules about nets and ${AXIOMS.length} axioms about real functions. The checker does not believe a rule because it stands
here: it shows every step in one of the ways in the [next section](#how-the-checker-shows-a-step), from definitions, axioms, and the
arithmetic of rational numbers.

## How the checker shows a step

A step says that two wires are equal: the old one, and one that the step makes. \`equality\` is the name of the steps with which the two nets
meet in the end; it is no rule.

${ways.join('\n\n')}

### theorem

A rule of a user's file is shown by theorem: its two sides are a claim of the same certificate, which is proved by the
built-in rules, and the step says what its unknowns stand for. A rule that is only assumed is named in the answer of the checker.

${files.join('\n\n')}

## Axioms of real functions

Each is an equation between expressions in a, b, c, d, which stand for any expressions: wherever the left side is defined and the
conditions hold, the right side is defined and has the same value. Without "if" there is no condition. The functions are
partial (see [verdicts.md](verdicts.md)); \`neg\` is the opposite, \`sign(0) = 0\`, and a choice evaluates only the branch that it takes.

${AXIOMS.map(axiomLine).join('\n')}

## Equalities without an axiom

- **Arithmetic**: sums, products, quotients and whole powers are expanded into polynomials with rational coefficients and compared.
  This counts only where all that is divided by is known not to be 0, and where what it leads to is shown to be defined. Where
  that is not plain, the proof says what a divisor is multiplied by to give a product of divisors that are not 0.
- **Declarations**: \`f(-a) = -f(a)\` for a function that is declared odd, \`f(-a) = f(a)\` for an even one, \`g(f(a)) = a\` for its declared inverse,
  and the order of f(a) and f(b) for one that increases or decreases.
- **Facts**: in a case in which an expression is known to be 0, what differs by a multiple of it is equal; the proof says by which.
- **Cases**: a proof may split into cases by the values of an expression, if these cover all values that it can have. A case ends in
  an equality, or in the finding that no number is in it.

## What is trusted beside

${TRUSTED.map(([what, text]) => fill(`- **${what}.** ${text}`).replaceAll('\n', '\n  ')).join('\n')}
`
}
