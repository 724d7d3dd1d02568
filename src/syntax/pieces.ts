// Matching the pieces of a statement. Three things make it fast and keep memory and the stack small:
// equal texts share one tree; texts that differ only in their names and numbers are matched once, and the tree is
// copied with the other names (the grammar looks at names only to tell them from reserved words); and terms that are
// long or deep are cut at their sums, chains and brackets.
import { type Diagnostic, expected, type Span, tooDeep, tooLong } from '../diagnostic.ts'
import { matchPiece, type PieceRule, type PieceTrees, readNumber } from './grammar.ts'
import { misspelled } from './nearest.ts'
import { ARROW, DOTS, NAME, NUMBER, type Tokens } from './scan.ts'
import type { Identifier, Piece, Term } from './tree.ts'

/** Pieces with more tokens are cut where they can be, and have to be where they are longer than the limit. */
const LONG = 300
const LONGEST = 20_000
/** Brackets within brackets that the grammar is asked to match at once: it needs the call stack for them. */
const DEEP = 30

/** Rules in which words have no meaning but as names, so that a tree may be copied with other names. */
const TEMPLATED: ReadonlySet<PieceRule> = new Set<PieceRule>(['Names', 'Stage', 'Term', 'Sum', 'Items'])

const OPENING = new Set([...'([{'].map(c => c.charCodeAt(0)))
const COMMA = ','.charCodeAt(0)
const QUESTION = '?'.charCodeAt(0)
const PLUS = '+'.charCodeAt(0)
const MINUS = '-'.charCodeAt(0)
const BRACKET = '['.charCodeAt(0)
const CLOSING_OPERAND = new Set([...')]'].map(c => c.charCodeAt(0)))

interface Template {
  readonly tree: unknown
  /** Whether the tree is no more than a name, or an operation on names: it is made as fast as it is found again. */
  readonly isPlain: boolean
  /** Positions in the template's text to the number of the token that begins (ends) there. */
  readonly begins: ReadonlyMap<number, number>
  readonly finishes: ReadonlyMap<number, number>
}

/**
 * Trees of short texts by rule and text, and templates by rule and kinds of words: kept between files, up to a limit. It is
 * low: what comes once in a long file is then let go while that is cheap.
 */
const shared = new Map<string, unknown>()
const templates = new Map<string, Template>()
const MOST_KEPT = 1_000

/** A text and where its words stand. */
interface Source {
  readonly text: string
  readonly tokens: Tokens
}

/** The template's tree with the words of the text from token `from` on, and positions from the start of the piece. */
function instance({ text, tokens }: Source, template: Template, from: number): unknown {
  const { starts, ends } = tokens
  const offset = starts[from]
  const token = (position: number, of: ReadonlyMap<number, number>): number => from + (of.get(position) as number)
  return copy(template.tree, {
    start: n => starts[token(n, template.begins)] - offset,
    end: n => ends[token(n, template.finishes)] - offset,
    word: n => {
      const i = token(n, template.begins)
      return text.slice(starts[i], ends[i])
    },
  })
}

/** A piece that says little, of which a long file has millions: its tree is made whenever it is asked for, and not kept. */
class TemplatedPiece implements Piece<Term> {
  constructor(
    private readonly source: Source,
    private readonly template: Template,
    private readonly from: number,
  ) {}
  get offset(): number {
    return this.source.tokens.starts[this.from]
  }
  get tree(): Term {
    return instance(this.source, this.template, this.from) as Term
  }
}

function keep<T>(table: Map<string, T>, key: string, value: T): void {
  if (table.size >= MOST_KEPT) table.clear()
  table.set(key, value)
}

export class Pieces {
  /** Whether failures are expected, and not reported. */
  private quiet = false
  private readonly source: Source

  constructor(
    private readonly text: string,
    private readonly file: string,
    private readonly tokens: Tokens,
    private readonly partner: Int32Array,
    private readonly report: (d: Diagnostic) => void,
    private readonly reserved: ReadonlySet<string>,
  ) {
    this.source = { text, tokens }
  }

  /** A list of names, which may be long. */
  names(from: number, to: number): readonly Identifier[] | null {
    const names: Identifier[] = []
    for (const part of this.groups(from, to)) {
      const list = this.match('Names', part.from, part.to)
      if (list === null) return null
      for (const n of list) names.push(n)
    }
    return names
  }

  /** As `match`, where failing is no error. */
  attempt<R extends PieceRule>(rule: R, from: number, to: number): PieceTrees[R] | null {
    this.quiet = true
    const tree = this.match(rule, from, to)
    this.quiet = false
    return tree
  }

  /** The tree of a piece, with positions in the file; null where it does not match, which is reported. */
  match<R extends PieceRule>(rule: R, from: number, to: number): PieceTrees[R] | null {
    if (!TEMPLATED.has(rule) && !this.isManageable(from, to)) return null
    const { offset, tree } = this.known(rule, from, to)
    return tree && (move(tree, offset) as PieceTrees[R])
  }

  /** The tree from the start of the piece, which is shared by equal texts. */
  private known<R extends PieceRule>(
    rule: R,
    from: number,
    to: number,
  ): { readonly offset: number; readonly tree: PieceTrees[R] | null } {
    const offset = from < to ? this.tokens.starts[from] : 0
    const length = from < to ? this.tokens.ends[to - 1] - offset : 0
    if (length > 100) return { offset, tree: this.relative(rule, from, to) }
    const key = `${rule} ${this.text.slice(offset, offset + length)}`
    let tree = (shared.get(key) as PieceTrees[R] | undefined) ?? null
    if (tree === null) {
      tree = this.relative(rule, from, to)
      if (tree !== null) keep(shared, key, tree)
    }
    return { offset, tree }
  }

  stage(from: number, to: number): Piece<Term> | null {
    return this.piece('Stage', from, to)
  }

  term(from: number, to: number): Piece<Term> | null {
    return this.piece('Term', from, to)
  }

  private piece(rule: 'Stage' | 'Term', from: number, to: number): Piece<Term> | null {
    if (to - from > LONG || this.isDeep(from, to)) {
      const tree = this.cut(rule, from, to)
      return tree && { offset: 0, tree }
    }
    const template = from < to ? templates.get(this.templateKey(rule, from, to)) : undefined
    if (template?.isPlain) return new TemplatedPiece(this.source, template, from)
    const found = this.known(rule, from, to)
    return found.tree === null ? null : (found as Piece<Term>)
  }

  /** The tree with positions from the start of the piece. */
  private relative<R extends PieceRule>(rule: R, from: number, to: number): PieceTrees[R] | null {
    const { starts, ends } = this.tokens
    const offset = from < to ? starts[from] : 0
    if (!TEMPLATED.has(rule) || to - from > LONG) return this.matchText(rule, from, to)
    const key = this.templateKey(rule, from, to)
    const template = templates.get(key)
    if (template !== undefined) return instance(this.source, template, from) as PieceTrees[R]
    const tree = this.matchText(rule, from, to)
    if (tree !== null) {
      const begins = new Map<number, number>()
      const finishes = new Map<number, number>()
      for (let i = from; i < to; i++) {
        begins.set(starts[i] - offset, i - from)
        finishes.set(ends[i] - offset, i - from)
      }
      keep(templates, key, { tree, isPlain: isPlain(rule, tree), begins, finishes })
    }
    return tree
  }

  /** What texts have in common whose trees differ in words and positions only. */
  private templateKey(rule: PieceRule, from: number, to: number): string {
    const { starts, ends, kinds } = this.tokens
    let key = rule as string
    for (let i = from; i < to; i++) {
      const word = kinds[i] === NAME && ends[i] - starts[i] < 9 ? this.text.slice(starts[i], ends[i]) : ''
      key += this.reserved.has(word) ? `\u0001${word}\u0001` : String.fromCharCode(kinds[i] + 32)
    }
    return key
  }

  private matchText<R extends PieceRule>(rule: R, from: number, to: number): PieceTrees[R] | null {
    const offset = from < to ? this.tokens.starts[from] : 0
    const matched = matchPiece(rule, from < to ? this.text.slice(offset, this.tokens.ends[to - 1]) : '')
    if (matched.kind === 'matched') return matched.tree
    let at = from
    while (at < to && this.tokens.ends[at] <= offset + matched.at) at++
    return this.fail(at, matched.expected)
  }

  private fail(token: number, wanted: readonly string[]): null {
    if (this.quiet) return null
    const { starts, ends, count } = this.tokens
    const end = this.text.length
    const span: Span = {
      file: this.file,
      start: token < count ? starts[token] : end,
      end: token < count ? ends[token] : end,
    }
    const found = token < count ? this.text.slice(span.start, span.end) : null
    this.report(expected(span, wanted, found, misspelled(this.text, this.tokens, token, wanted)))
    return null
  }

  // --- Cutting ---

  /** A long or deep term, with positions in the file. */
  private cut(rule: 'Stage' | 'Term' | 'Sum', from: number, to: number): Term | null {
    if (to - from <= LONG && !this.isDeep(from, to)) return this.match(rule, from, to)
    const { starts, ends, kinds } = this.tokens
    const signs = this.signsOfSum(from, to)
    if (signs.length > 0) {
      const terms: Term[] = []
      for (let i = 0; i <= signs.length; i++) {
        const term = this.cut('Sum', i === 0 ? from : signs[i - 1] + 1, signs[i] ?? to)
        if (term === null) return null
        terms.push(term)
      }
      const operators = signs.map(i => (kinds[i] === PLUS ? '+' : '-'))
      return { kind: 'sum', start: starts[from], end: ends[to - 1], terms, operators }
    }
    return this.reduced(rule, from, to)
  }

  /** The signs + and - outside brackets that stand between operands; none where there are choices. */
  private signsOfSum(from: number, to: number): number[] {
    const { kinds } = this.tokens
    const found: number[] = []
    for (let i = from; i < to; i++) {
      if (this.partner[i] > i) i = this.partner[i]
      else if (kinds[i] === QUESTION) return []
      else if ((kinds[i] === PLUS || kinds[i] === MINUS) && i > from) {
        const before = kinds[i - 1]
        if (before === NAME || before === NUMBER || CLOSING_OPERAND.has(before)) found.push(i)
      }
    }
    return found
  }

  /** Matches the term with a name in the place of what stands in its brackets, which is matched apart. */
  private reduced(rule: 'Stage' | 'Term' | 'Sum', from: number, to: number): Term | null {
    const { starts, ends } = this.tokens
    // The reduced text, token by token: which token stands at a position, and what a position is filled with.
    const begins = new Map<number, number>()
    const finishes = new Map<number, number>()
    const order: { readonly position: number; readonly token: number }[] = []
    const fill = new Map<number, readonly Term[]>()
    let text = ''
    const append = (word: string, first: number, last: number): void => {
      begins.set(text.length, first)
      order.push({ position: text.length, token: first })
      text += word
      finishes.set(text.length, last)
      text += ' '
    }
    for (let i = from; i < to; i++) {
      append(this.text.slice(starts[i], ends[i]), i, i)
      const close = this.partner[i]
      if (close <= i + 2 || !OPENING.has(this.tokens.kinds[i]) || this.isSlice(i, close)) continue
      const items = this.items(i + 1, close)
      if (items === null) return null
      if (items.length > 1 && this.tokens.kinds[i] !== BRACKET && !this.isCall(i, from))
        return this.fail(this.comma(i + 1, close), ['")"'])
      fill.set(text.length, items)
      append('_', i + 1, close - 1)
      i = close - 1
    }
    if (order.length > LONGEST) {
      this.report(tooLong({ file: this.file, start: starts[from], end: ends[from] }, LONGEST))
      return null
    }
    const matched = matchPiece(rule, text)
    if (matched.kind === 'failed') {
      const at = order.find(o => o.position >= matched.at)?.token ?? to
      return this.fail(at, matched.expected)
    }
    return copy(matched.tree, {
      start: n => starts[begins.get(n) as number],
      end: n => ends[finishes.get(n) as number],
      word: null,
      fill,
    }) as Term
  }

  private isCall(open: number, from: number): boolean {
    const before = this.tokens.kinds[open - 1]
    return open > from && (before === NAME || CLOSING_OPERAND.has(before))
  }

  private isSlice(open: number, close: number): boolean {
    for (let i = open + 1; i < close; i++) {
      if (this.partner[i] > i) i = this.partner[i]
      else if (this.tokens.kinds[i] === DOTS) return true
    }
    return false
  }

  private comma(from: number, to: number): number {
    for (let i = from; i < to; i++) {
      if (this.partner[i] > i) i = this.partner[i]
      else if (this.tokens.kinds[i] === COMMA) return i
    }
    return to
  }

  /** The chains between the commas of a list. Short ones are matched some at a time. */
  private items(from: number, to: number): Term[] | null {
    const numbers = this.numbers(from, to)
    if (numbers !== null) return numbers
    const items: Term[] = []
    for (const group of this.groups(from, to)) {
      const simple = group.to - group.from <= LONG && !this.isDeep(group.from, group.to)
      const some = simple ? this.match('Items', group.from, group.to) : this.chain(group.from, group.to)
      if (some === null) return null
      for (const item of some) items.push(item)
    }
    return items
  }

  /**
   * Numbers between commas, or lists of numbers, as large matrices are written: what the grammar would make of them, without
   * it. Null where there is anything else.
   */
  private numbers(from: number, to: number, isRow = false): Term[] | null {
    const { starts, ends, kinds } = this.tokens
    const items: Term[] = []
    for (let i = from; i < to; i++) {
      const start = starts[i]
      if (kinds[i] === BRACKET && !isRow) {
        const close = this.partner[i]
        const row = close < 0 ? null : this.numbers(i + 1, close, true)
        if (row === null) return null
        items.push({ kind: 'list', start, end: ends[close], items: row })
        i = close + 1
      } else {
        const isNegative = kinds[i] === MINUS
        const at = isNegative ? i + 1 : i
        if (at >= to || kinds[at] !== NUMBER) return null
        const text = this.text.slice(starts[at], ends[at])
        const of: Term = { kind: 'number', start: starts[at], end: ends[at], text, value: readNumber(text) }
        items.push(isNegative ? { kind: 'negative', start, end: ends[at], signs: 1, of } : of)
        i = at + 1
      }
      if (i === to) return items
      if (kinds[i] !== COMMA) return null
    }
    return null
  }

  /** A long chain, as a list of one. */
  private chain(from: number, to: number): readonly [Term] | null {
    const terms: Term[] = []
    for (let at = from; at <= to; ) {
      let end = at
      while (end < to && this.tokens.kinds[end] !== ARROW)
        end = this.partner[end] > end ? this.partner[end] + 1 : end + 1
      const term = this.cut('Term', at, end)
      if (term === null) return null
      terms.push(term)
      at = end + 1
    }
    if (terms.length === 1) return [terms[0]]
    return [
      {
        kind: 'chain',
        start: terms[0].start,
        end: terms[terms.length - 1].end,
        first: terms[0],
        stages: terms.slice(1),
      },
    ]
  }

  /** Extents between commas outside brackets, as many together as make up to a hundred tokens. */
  private *groups(from: number, to: number): Generator<{ readonly from: number; readonly to: number }> {
    let start = from
    let previous = -1
    for (let i = this.comma(from, to); ; i = this.comma(i + 1, to)) {
      if (previous >= 0 && i - start > 100) {
        yield { from: start, to: previous }
        start = previous + 1
      }
      if (i >= to) break
      previous = i
    }
    yield { from: start, to }
  }

  private isDeep(from: number, to: number): boolean {
    let depth = 0
    for (let i = from; i < to; i++) {
      if (this.partner[i] > i && ++depth > DEEP) return true
      if (this.partner[i] >= 0 && this.partner[i] < i) depth--
    }
    return false
  }

  private isManageable(from: number, to: number): boolean {
    const { starts, ends } = this.tokens
    if (from >= to) return true
    const span: Span = { file: this.file, start: starts[from], end: ends[from] }
    const long = to - from > LONGEST
    if (!long && !this.isDeep(from, to)) return true
    if (!this.quiet) this.report(long ? tooLong(span, LONGEST) : tooDeep(span, DEEP))
    return false
  }
}

/** A wire as the beginning of a chain, or a layer of weights. Functions as stages are worth keeping: they are worked out once. */
function isPlain(rule: PieceRule, tree: unknown): boolean {
  if (rule !== 'Stage' && rule !== 'Term') return false
  const term = tree as Term
  if (term.kind === 'name') return rule === 'Term'
  return term.kind === 'indexed' && term.args.every(a => a.kind === 'name')
}

interface Changes {
  readonly start: (position: number) => number
  readonly end: (position: number) => number
  /** The name or number that now begins at the place of the old one; null leaves them. */
  readonly word: ((position: number) => string) | null
  /** Names to be replaced by terms, by their old position. */
  readonly fill?: ReadonlyMap<number, readonly Term[]>
}

/** A copy of a tree with other positions and words. Trees are plain data, and their depth is bounded. */
function copy(tree: unknown, changes: Changes): unknown {
  const { start, end, word, fill } = changes
  const filler = (value: unknown): readonly Term[] | undefined => {
    const node = value as { kind?: string; start: number }
    return fill === undefined || typeof value !== 'object' || node?.kind !== 'name' ? undefined : fill.get(node.start)
  }
  const visit = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value))
      return fill === undefined ? value.map(visit) : value.flatMap((v): readonly unknown[] => filler(v) ?? [visit(v)])
    const node = value as Record<string, unknown>
    const filled = filler(node)
    if (filled !== undefined) return filled[0]
    if (node.kind === 'number') {
      const from = node.start as number
      const text = word === null ? (node.text as string) : word(from)
      const value = word === null ? node.value : readNumber(text)
      return { kind: 'number', start: start(from), end: end(node.end as number), text, value }
    }
    // A copy, rather than an object that gets one property after the other, is no larger than it has to be.
    const result: Record<string, unknown> = { ...node }
    for (const key in node) {
      const old = node[key]
      if (key === 'start') result[key] = start(old as number)
      else if (key === 'end') result[key] = end(old as number)
      else if (key === 'name' && typeof old === 'string') result[key] = word === null ? old : word(node.start as number)
      else result[key] = visit(old)
    }
    return result
  }
  return visit(tree)
}

function move(tree: unknown, offset: number): unknown {
  return copy(tree, { start: n => n + offset, end: n => n + offset, word: null })
}
