// The printer of the syntax tree: a file in one style, with its comments where they were.
//
// A statement is a list of lines, a line a list of segments, between which it may be broken. What is written on one
// line stays on one where it fits. A comment stands behind the segment that it followed, on its line or on one of its own.
import type { Diagnostic } from '../diagnostic.ts'
import { WIDTH } from './layout.ts'
import { parse } from './parse.ts'
import type {
  Comment,
  ConditionTree,
  DeriveStep,
  DeriveTree,
  FileTree,
  FunctionTree,
  Identifier,
  InputTree,
  Located,
  Piece,
  PlanTree,
  RangeTree,
  RuleDeclaration,
  RuleSide,
  RuleTree,
  Statement,
  Term,
  WireTree,
} from './tree.ts'

export interface Formatted {
  /** null where the file has errors of syntax: it is then to be left as it is. */
  readonly text: string | null
  /** What was read. */
  readonly source: string
  readonly diagnostics: readonly Diagnostic[]
}

/** The file in the one style. Formatting twice gives what formatting once gives, and the meaning stays. */
export function format(source: string | Uint8Array, options: { readonly file?: string } = {}): Formatted {
  const { tree, diagnostics } = parse(source, options)
  const text = diagnostics.some(d => d.severity === 'error') ? null : printTree(tree)
  return { text, source: tree.text, diagnostics }
}

// --- Terms --------------------------------------------------------------------------------------------------------

/** A term as text. Brackets are in the tree where they are needed. `matrix`: in square brackets, where products are spaced. */
export function printTerm(term: Term, matrix = false): string {
  const print = (t: Term): string => printTerm(t, matrix)
  const list = (terms: readonly Term[], square = matrix): string => terms.map(t => printTerm(t, square)).join(', ')
  switch (term.kind) {
    case 'number':
      return term.text
    case 'name':
      return term.name
    case 'call':
      return `${print(term.fn)}(${list(term.args, false)})`
    case 'indexed':
      return `${term.name}[${list(term.args, true)}]`
    case 'slice':
      return `${print(term.of)}[${print(term.from)}..${print(term.to)}]`
    case 'list':
      return `[${list(term.items)}]`
    case 'group':
      return `(${print(term.of)})`
    case 'chain':
      return [term.first, ...term.stages].map(print).join(' -> ')
    case 'sum':
      return term.terms.map((t, i) => (i === 0 ? '' : ` ${term.operators[i - 1]} `) + print(t)).join('')
    case 'product': {
      const space = matrix || !term.factors.every(isSimple) ? ' ' : ''
      return term.factors.map((t, i) => (i === 0 ? '' : space + term.operators[i - 1] + space) + print(t)).join('')
    }
    case 'negative':
      return '-'.repeat(term.signs) + print(term.of)
    case 'power':
      return print(term.base) + term.exponents.map(e => `^${'-'.repeat(e.signs)}${print(e.of)}`).join('')
    case 'compose':
      return term.functions.map(print).join(' . ')
    case 'choose': {
      const cases = term.cases.map(c => `${print(c.left)} ${c.relation} ${print(c.right)} ? ${print(c.value)} : `)
      return cases.join('') + print(term.otherwise)
    }
  }
}

/** Products of these are written without spaces. */
function isSimple(t: Term): boolean {
  if (t.kind === 'power') return isSimple(t.base) && t.exponents.every(e => isSimple(e.of))
  return t.kind === 'name' || t.kind === 'number' || (t.kind === 'negative' && isSimple(t.of))
}

export function printRangeTree(range: RangeTree): string {
  const parts = range.parts.map(p => {
    if (p.kind === 'reals') return 'R'
    if (p.kind === 'points') return `{${p.values.map(v => printTerm(v)).join(', ')}}`
    const low = p.low === null ? '-inf' : printTerm(p.low)
    const high = p.high === null ? 'inf' : printTerm(p.high)
    return `${p.lowOpen ? '(' : '['}${low}, ${high}${p.highOpen ? ')' : ']'}`
  })
  return parts.join(' | ')
}

// --- Statements ---------------------------------------------------------------------------------------------------

/** `start`: where in the file what it says begins, so that comments before it come before it. */
interface Segment {
  readonly text: string
  readonly start: number
  /** Spaces before it, within a line; one where it does not say. */
  readonly gap?: string
}
interface Line {
  readonly depth: 0 | 1
  readonly segments: readonly Segment[]
}
/** Set on one line as head, body lines and tail with spaces between, or each on lines of its own. */
interface Layout {
  readonly head: Segment | null
  readonly body: readonly Line[]
  readonly tail: Segment | null
}

function separated(
  items: readonly { readonly text: string; readonly start: number }[],
  prefix: string,
  suffix = '',
): Segment[] {
  return items.map((item, i) => ({
    start: item.start,
    text: `${i === 0 ? prefix : ''}${item.text}${i === items.length - 1 ? suffix : ','}`,
  }))
}

const named = (n: Identifier): Segment => ({ text: n.name, start: n.start })
const shape = (terms: readonly Term[]): string => terms.map(t => printTerm(t)).join(' x ')

/** A long sum may be broken before its signs. */
function termSegments(term: Term, offset: number, prefix = ''): Segment[] {
  const text = prefix + printTerm(term)
  const start = offset + term.start
  if (term.kind !== 'sum' || text.length <= WIDTH) return [{ text, start }]
  return term.terms.map((t, i) => ({
    text: (i === 0 ? prefix : `${term.operators[i - 1]} `) + printTerm(t),
    start: offset + t.start,
  }))
}

function chainSegments(first: Piece<Term>, stages: readonly Piece<Term>[], prefix: string): Segment[] {
  const rest = stages.map(s => ({ text: `-> ${printTerm(s.tree)}`, start: s.offset + s.tree.start }))
  return [...termSegments(first.tree, first.offset, prefix), ...rest]
}

function wireSegments(wire: WireTree, prefix: string): Segment[] {
  return chainSegments(wire.first, wire.stages, prefix)
}

function inputText(i: InputTree): string {
  return (
    i.name.name +
    (i.shape === null ? '' : ` : ${shape(i.shape)}`) +
    (i.domain === null ? '' : ` in ${printRangeTree(i.domain)}`)
  )
}

function simple(segments: readonly Segment[]): Layout {
  return { head: null, body: [{ depth: 0, segments }], tail: null }
}

function layoutOf(s: Statement): Layout {
  switch (s.kind) {
    case 'size':
    case 'function':
      return simple(declarationSegments(s))
    case 'weights': {
      if (s.value === null) return simple(declarationSegments(s))
      const prefix = [...separated(s.names.map(named), 'weights ', ' =')]
      const { tree, offset } = s.value
      if (tree.kind !== 'list') return simple(withFirst(prefix, termSegments(tree, offset)))
      if (tree.items.every(i => i.kind !== 'list')) {
        const items = tree.items.map(i => ({ text: printTerm(i), start: offset + i.start }))
        return simple(withFirst(prefix, separated(items, '[', ']')))
      }
      const head = { text: `${prefix.map(p => p.text).join(' ')} [`, start: s.start }
      const rows = tree.items.map((row, i) => ({
        text: printTerm(row) + (i === tree.items.length - 1 ? '' : ','),
        start: offset + row.start,
      }))
      return { head, body: rows.map(r => ({ depth: 1, segments: [r] })), tail: { text: ']', start: s.end - 1 } }
    }
    case 'prove': {
      const equations = s.equations.map(e => ({ text: `${e.name.name} = ${printTerm(e.value)}`, start: e.start }))
      const expect = s.expect === null ? [] : [{ text: `expect ${s.expect}`, start: s.end - 1 }]
      const head = { text: `prove ${s.left.name} == ${s.right.name}`, start: s.start }
      return simple([head, ...separated(equations, 'with '), ...expect])
    }
    case 'net': {
      const head = { text: `net ${s.name.name}${titleText(s.title)} {`, start: s.start }
      const tail = { text: '}', start: s.end - 1 }
      const { form } = s
      if (form.kind === 'chain') {
        const stages = form.stages.map(p => ({ text: `-> ${printTerm(p.tree)}`, start: p.offset + p.tree.start }))
        const last = { text: `-> ${form.output.name}`, start: form.output.start }
        return {
          head,
          body: [{ depth: 1, segments: [{ text: inputText(form.input), start: form.input.start }, ...stages, last] }],
          tail,
        }
      }
      const body = form.items.map((item): Line => {
        if (item.kind === 'wire') return { depth: 1, segments: wireSegments(item.value, `${item.name.name} = `) }
        if (item.kind === 'input') {
          return {
            depth: 1,
            segments: separated(
              item.inputs.map(i => ({ text: inputText(i), start: i.start })),
              'input ',
            ),
          }
        }
        const segments = item.outputs.flatMap((o, i): Segment[] => {
          const prefix = i === 0 ? 'output ' : ''
          const own =
            o.value === null
              ? [{ text: prefix + o.name.name, start: o.name.start }]
              : wireSegments(o.value, `${prefix}${o.name.name} = `)
          return i === item.outputs.length - 1
            ? own
            : own.map((g, k) => (k === own.length - 1 ? { ...g, text: `${g.text},` } : g))
        })
        return { depth: 1, segments }
      })
      return { head, body, tail }
    }
    case 'rule': {
      const lines: Line[] = s.declarations.map(d => ({ depth: 1, segments: declarationSegments(d) }))
      lines.push({ depth: 1, segments: equationSegments(sideSegments(s.left, ''), s, sideSegments(s.right, '')) })
      return {
        head: { text: `rule ${s.name.name}${titleText(s.title)} {`, start: s.start },
        body: lines,
        tail: { text: '}', start: s.end - 1 },
      }
    }
    case 'derive': {
      const lines: Line[] = s.declarations.map(d => ({ depth: 1, segments: declarationSegments(d) }))
      for (const step of s.steps) lines.push({ depth: 1, segments: stepSegments(step) })
      return {
        head: { text: `derive ${s.name.name}${titleText(s.title)} from ${s.from.name} {`, start: s.start },
        body: lines,
        tail: { text: '}', start: s.end - 1 },
      }
    }
    case 'strategy':
      return {
        head: { text: `strategy ${s.name.name} {`, start: s.start },
        body: [{ depth: 1, segments: planSegments(s.plan) }],
        tail: { text: '}', start: s.end - 1 },
      }
    case 'measure':
      return {
        head: { text: `measure ${s.name.name}${titleText(s.title)} {`, start: s.start },
        body: s.weighings.map(w => ({
          depth: 1,
          segments: [{ text: `${w.stage.name} = ${printTerm(w.value, true)}`, start: w.start }],
        })),
        tail: { text: '}', start: s.end - 1 },
      }
    case 'use':
      return simple([{ text: `use "${s.path}"`, start: s.start }])
  }
}

function titleText(title: string | null): string {
  return title === null ? '' : ` "${title}"`
}

/** `left  ==>  right  when ...` */
function equationSegments(
  left: readonly Segment[],
  { direction, conditions }: { readonly direction: string; readonly conditions: readonly ConditionTree[] },
  right: readonly Segment[],
): Segment[] {
  const [first, ...rest] = right
  const sides = [...left, { ...first, text: `${direction}  ${first.text}`, gap: '  ' }, ...rest]
  const [when, ...more] = separated(
    conditions.map(c => ({ text: conditionText(c), start: c.start })),
    'when ',
  )
  return when === undefined ? sides : [...sides, { ...when, gap: '  ' }, ...more]
}

function stepSegments(step: DeriveStep): Segment[] {
  const segments = moveSegments(step)
  if (step.kind === 'gives' || step.caption === null) return segments
  const last = segments[segments.length - 1]
  return [...segments, { text: `"${step.caption}"`, start: last.start }]
}

function moveSegments(step: DeriveStep): Segment[] {
  const plain = (text: string): Segment[] => [{ text, start: step.start }]
  const { start } = step
  switch (step.kind) {
    case 'attach': {
      const parts = step.attachments.map(a => {
        const given = a.domain === null ? '' : ` when input in ${printRangeTree(a.domain)}`
        return { text: `${printTerm(a.chain)} ${a.place}${given}`, start: a.start }
      })
      return separated(parts, 'attach ').map((g, i) => (i === 0 ? { ...g, start } : g))
    }
    case 'substitute': {
      const parts = step.replacements.map(r => ({
        text: `${r.name.name} = ${printTerm(r.value, true)}`,
        start: r.start,
      }))
      return separated(parts, 'substitute ').map((g, i) => (i === 0 ? { ...g, start } : g))
    }
    case 'normalize':
      return plain(`normalize ${step.side}`)
    case 'apply': {
      const piece = step.piece === null ? '' : ` ${step.piece.text}`
      return plain(`apply ${step.rule.name}${step.reversed ? ' reversed' : ''} at ${step.side}${piece}`)
    }
    case 'run':
      return plain(`run ${step.strategy.name} at ${step.side}`)
    case 'reverse':
      return plain('reverse')
    case 'gives': {
      const [first, ...rest] = chainOf(step.left)
      const left = [{ text: `gives  ${first.text}`, start }, ...rest]
      return equationSegments(left, step, chainOf(step.right))
    }
  }
}

function chainOf(term: Term): Segment[] {
  const terms = term.kind === 'chain' ? [term.first, ...term.stages] : [term]
  return terms.map((t, i) => ({ text: (i === 0 ? '' : '-> ') + printTerm(t), start: t.start }))
}

function planSegments(plan: PlanTree): Segment[] {
  if (plan.kind !== 'then') return [{ text: planText(plan), start: plan.start }]
  return plan.parts.map((p, i) => ({ text: (i === 0 ? '' : 'then ') + planText(p), start: p.start }))
}

function planText(plan: PlanTree): string {
  switch (plan.kind) {
    case 'then':
    case 'or':
      return plan.parts.map(planText).join(` ${plan.kind} `)
    case 'apply':
      return `apply ${plan.rule.name}${plan.reversed ? ' reversed' : ''}${plan.piece === null ? '' : ` at ${plan.piece.text}`}`
    case 'repeat':
      return `repeat ${plan.bound === null ? '' : `${plan.bound.text} `}${planText(plan.of)}`
    case 'attempt':
      return `try ${planText(plan.of)}`
    case 'everywhere':
      return `everywhere ${planText(plan.of)}`
    case 'insideOut':
      return `inside out ${planText(plan.of)}`
    case 'fromInputs':
      return `from inputs ${planText(plan.of)}`
    case 'group':
      return `(${planText(plan.of)})`
    case 'within':
      return `within ${plan.part.name} ${planText(plan.of)}`
    case 'normalize':
      return 'normalize'
    case 'run':
      return `run ${plan.strategy.name}`
  }
}

function joined(segments: readonly Segment[]): string {
  return segments.map((s, i) => (i === 0 ? '' : (s.gap ?? ' ')) + s.text).join('')
}

/** The first segment of the rest joins the last of the prefix: nothing is broken after `=`. */
function withFirst(prefix: readonly Segment[], rest: readonly Segment[]): Segment[] {
  const last = prefix[prefix.length - 1]
  return [...prefix.slice(0, -1), { ...last, text: `${last.text} ${rest[0].text}` }, ...rest.slice(1)]
}

function declarationSegments(d: RuleDeclaration | FunctionTree): Segment[] {
  switch (d.kind) {
    case 'size':
      return separated(d.names.map(named), 'size ')
    case 'weights': {
      const range = d.entries === null ? '' : ` in ${printRangeTree(d.entries)}`
      return separated(d.names.map(named), d.operator ? 'operator ' : 'weights ', ` : ${shape(d.shape ?? [])}${range}`)
    }
    case 'real':
      return separated(d.names.map(named), 'real ', d.range === null ? '' : ` in ${printRangeTree(d.range)}`)
    case 'wire':
      return separated(d.names.map(named), 'wire ', d.shape === null ? '' : ` : ${shape(d.shape)}`)
    case 'subnet': {
      const total = d.total ? ' total' : ''
      return separated(d.names.map(named), 'net ', ` : ${printTerm(d.from, true)} -> ${printTerm(d.to, true)}${total}`)
    }
    case 'function':
      return functionSegments(d)
  }
}

function functionSegments(f: FunctionTree): Segment[] {
  const names = f.names.map(named)
  switch (f.form.kind) {
    case 'any':
      return separated(names, 'function ')
    case 'variadic':
      return separated(names, 'function ', '(..)')
    case 'composition':
      return withFirst(separated(names, 'function ', ' ='), termSegments(f.form.body.tree, f.form.body.offset))
    case 'formula': {
      const parameters = f.form.parameters.map(p => p.name).join(', ')
      return withFirst(
        separated(names, 'function ', `(${parameters}) =`),
        termSegments(f.form.body.tree, f.form.body.offset),
      )
    }
    case 'unknown': {
      const type = ` : ${f.form.domain.map(printRangeTree).join(' x ')} -> ${printRangeTree(f.form.codomain)}`
      const properties = f.form.properties.map(p => ` ${p.property}`).join('')
      const inverse = f.form.inverse === null ? '' : ` inverse ${f.form.inverse.name}`
      return separated(names, 'function ', type + properties + inverse)
    }
  }
}

function sideSegments(side: RuleSide, prefix: string): Segment[] {
  const terms = side.first === null ? side.stages : [side.first, ...side.stages]
  return terms.map((t, i) => ({ text: (i === 0 ? prefix : '-> ') + printTerm(t), start: t.start }))
}

function conditionText(c: ConditionTree): string {
  if (c.kind === 'property') return `${c.subject.name} ${c.property}`
  if (c.kind === 'size') return `${printTerm(c.left)} ${c.relation} ${printTerm(c.right)}`
  const set = c.range === null ? `domain(${c.domainOf === null ? '' : printTerm(c.domainOf)})` : printRangeTree(c.range)
  return `${printTerm(c.subject)} in ${set}`
}

// --- Setting ------------------------------------------------------------------------------------------------------

/** A rule or derivation by itself, over several lines, without the comments in it: equal for all ways of writing it. */
export function printStatement(statement: RuleTree | DeriveTree): string {
  const { head, body, tail } = layoutOf(statement)
  const lines = [head?.text ?? '']
  for (const { segments } of body) {
    let line = ''
    for (const [i, segment] of segments.entries()) {
      const longer = i === 0 ? `  ${segment.text}` : joined([{ text: line, start: 0 }, segment])
      if (i > 0 && longer.length > WIDTH) {
        lines.push(line)
        line = `    ${segment.text}`
      } else line = longer
    }
    lines.push(line)
  }
  return [...lines, tail?.text ?? ''].join('\n')
}

/** The text of a file's tree. */
export function printTree(tree: FileTree): string {
  return new Setter(tree).run()
}

class Setter {
  private readonly lines: string[] = []
  private current = ''
  /** The next comment. */
  private next = 0
  private readonly text: string
  private readonly comments: readonly Comment[]
  private readonly tree: FileTree

  constructor(tree: FileTree) {
    this.tree = tree
    this.text = tree.text
    this.comments = tree.comments
  }

  run(): string {
    let end = 0
    for (const s of this.tree.statements) {
      end = this.between(end, s.start)
      this.statement(s)
      end = s.end
    }
    this.between(end, this.text.length)
    this.flush()
    while (this.lines.at(-1) === '') this.lines.pop()
    return this.lines.length === 0 ? '' : `${this.lines.join('\n')}\n`
  }

  private flush(): void {
    if (this.current !== '') this.lines.push(this.current)
    this.current = ''
  }

  /** Comments between statements; an empty line stays where there were some. Gives where the last of them ends. */
  private between(from: number, to: number): number {
    let end = from
    for (; this.next < this.comments.length && this.comments[this.next].start < to; this.next++) {
      const c = this.comments[this.next]
      const gap = this.text.slice(end, c.start)
      if (!gap.includes('\n') && this.current !== '') this.current += `  ${this.commentText(c)}`
      else {
        this.flush()
        this.emptyLine(gap)
        this.current = this.commentText(c)
      }
      end = c.end
    }
    const gap = this.text.slice(end, to)
    this.flush()
    this.emptyLine(gap)
    return end
  }

  private emptyLine(gap: string): void {
    if (/\n[^\S\n]*\n/.test(gap) && this.lines.length > 0 && this.lines.at(-1) !== '') this.lines.push('')
  }

  /** Lines of a comment over several lines are kept as they are, but for spaces at their ends. */
  private commentText(c: Comment): string {
    return c.text
      .split('\n')
      .map(l => l.trimEnd())
      .join('\n')
  }

  private statement(s: Statement): void {
    const { head, body, tail } = layoutOf(s)
    const hasComments = this.next < this.comments.length && this.comments[this.next].start < s.end
    const braces = head?.text.endsWith('[') ? '' : ' '
    if (!hasComments && (head === null || !this.isBroken(s))) {
      const inner = body.map(l => joined(l.segments)).join(head?.text.endsWith('[') ? ' ' : '   ')
      const whole =
        head === null
          ? inner
          : inner === ''
            ? `${head.text} ${tail?.text}`
            : `${head.text}${braces}${inner}${braces}${tail?.text}`
      if (whole.length <= WIDTH) {
        this.current = whole
        return
      }
    }
    if (head !== null) this.current = head.text
    for (const line of body) {
      // After a break, a line goes on one step deeper.
      for (const [i, segment] of line.segments.entries()) {
        const depth = line.depth + (i === 0 ? 0 : 1)
        this.commentsBefore(segment.start, depth)
        if (i === 0 || joined([{ text: this.current, start: 0 }, segment]).length > WIDTH) this.flush()
        this.current =
          this.current === '' ? '  '.repeat(depth) + segment.text : joined([{ text: this.current, start: 0 }, segment])
      }
    }
    if (tail !== null) {
      this.commentsBefore(tail.start, 1)
      this.flush()
      this.current = tail.text
    }
    this.commentsBefore(s.end, head === null ? 0 : 1)
  }

  private isBroken(s: Located): boolean {
    return this.text.slice(s.start, s.end).includes('\n')
  }

  /** Comments that stand before a place: behind what they follow on its line, or on lines of their own. */
  private commentsBefore(position: number, depth: number): void {
    for (; this.next < this.comments.length && this.comments[this.next].start < position; this.next++) {
      const c = this.comments[this.next]
      const lineStart = this.text.lastIndexOf('\n', c.start - 1) + 1
      const alone = this.text.slice(lineStart, c.start).trim() === ''
      if (!alone && this.current !== '') {
        this.current += `  ${this.commentText(c)}`
        this.flush()
      } else {
        this.flush()
        this.lines.push('  '.repeat(depth) + this.commentText(c))
      }
    }
  }
}
