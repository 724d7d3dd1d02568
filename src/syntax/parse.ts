// From text to the syntax tree: cuts a file into statements and long statements into pieces, matches the pieces with
// the grammar, and reports what is wrong in a statement without losing the others.
import {
  type Diagnostic,
  emptyFile,
  expected,
  expectedStatement,
  MOST_ERRORS,
  notText,
  type Span,
  strayBracket,
  tooDeep,
  unclosedBracket,
} from '../diagnostic.ts'
import { ruleSide } from './grammar.ts'
import { misspelled, nearest } from './nearest.ts'
import { Pieces } from './pieces.ts'
import { ARROW, BAD, BECOMES, EQUAL, NAME, NUMBER, scan, TEXT, type Tokens } from './scan.ts'
import type {
  BlockNetForm,
  ChainNetForm,
  Comment,
  FileTree,
  FunctionForm,
  Identifier,
  NetItem,
  NetTree,
  RuleTree,
  Statement,
  Term,
  WireTree,
} from './tree.ts'

export interface Parsed {
  readonly tree: FileTree
  /** At most `MOST_ERRORS` errors; the rest of a file with more is not read. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Brackets within brackets: what people write stays far below. */
export const DEEPEST = 200

const STATEMENTS = new Set([
  'size',
  'weights',
  'function',
  'net',
  'prove',
  'rule',
  'derive',
  'strategy',
  'measure',
  'use',
])
/** Statements that end the one before them even where its brackets are open. Rules and derivations hold the other kinds. */
const OUTER = new Set(['net', 'prove', 'rule', 'derive', 'strategy', 'measure', 'use'])
export const RESERVED: ReadonlySet<string> = new Set([...STATEMENTS, 'input', 'output', 'in', 'when', 'with', 'expect'])

const LONGEST_KEYWORD = 'function'.length
const HOLDING = new Set(['rule', 'derive'])
const DECLARATIONS = new Set(['size', 'weights', 'function', 'real', 'wire', 'operator', 'net'])
const INITIALS: ReadonlySet<number> = new Set([...RESERVED, ...DECLARATIONS].map(w => w.charCodeAt(0)))
/** Words between the parts of a declaration, and words that may follow its last part. */
const JOINING = new Set(['x', 'in', 'inverse'])
/** Declarations that may end with a shape. */
const SHAPED = new Set(['size', 'weights', 'wire', 'operator', 'net'])
const FOLLOWING = new Set([...JOINING, 'increasing', 'decreasing', 'odd', 'even', 'total'])
const RULE_NAME = /^[\p{L}_][\p{L}\d_']*(-[\p{L}\d_']+)*$/u
const INPUT = new Set(['input'])
const OUTPUT = new Set(['output'])
const ITEMS = new Set(['input', 'output'])

const LINE_ENDS: ReadonlySet<number> = new Set([10, 13])
const OPEN = new Map([...'([{'].map((c, i) => [c.charCodeAt(0), ')]}'.charCodeAt(i)]))
const CLOSE = new Set([...')]}'].map(c => c.charCodeAt(0)))
const BRACE = '{'.charCodeAt(0)
const COMMA = ','.charCodeAt(0)
const COLON = ':'.charCodeAt(0)
const IS = '='.charCodeAt(0)
const PARENTHESIS = '('.charCodeAt(0)
const MINUS = '-'.charCodeAt(0)

/**
 * Reads a file. Never throws on bad text: what is wrong is in the diagnostics, and the statements without errors are in
 * the tree. Bytes must be UTF-8.
 */
export function parse(source: string | Uint8Array, options: { readonly file?: string } = {}): Parsed {
  const file = options.file ?? 'input'
  const diagnostics: Diagnostic[] = []
  const report = (d: Diagnostic): void => {
    if (diagnostics.length < MOST_ERRORS) diagnostics.push(d)
  }
  const text = decode(source)
  const empty = (d: Diagnostic, content: string): Parsed => ({
    tree: { file, text: content, statements: [], comments: [], broken: new Set() },
    diagnostics: [d],
  })
  if (text === null) return empty(notText({ file, start: 0, end: 0 }), '')
  const tokens = scan(text, file, report)
  if (tokens.count === 0 && diagnostics.length === 0) return empty(emptyFile({ file, start: 0, end: 0 }), text)
  const reader = new Reader(text, file, tokens, report)
  const statements: Statement[] = []
  let at = 0
  while (at < tokens.count && diagnostics.length < MOST_ERRORS) {
    let end = reader.endOfStatement(at)
    const [errors, broken] = [diagnostics.length, [...reader.broken]]
    let statement = reader.statement(at, end)
    const almost = statement === null ? reader.almostStatement(at, end) : -1
    if (almost >= 0) {
      // What comes before may be right, and what begins there has an error of its own.
      diagnostics.length = errors
      reader.broken.clear()
      for (const name of broken) reader.broken.add(name)
      end = almost
      statement = reader.statement(at, end)
    }
    if (statement !== null) statements.push(statement)
    at = end
  }
  diagnostics.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))
  return { tree: { file, text, statements, comments: tokens.comments, broken: reader.broken }, diagnostics }
}

function decode(source: string | Uint8Array): string | null {
  let text: string
  if (typeof source === 'string') text = source
  else {
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(source)
    } catch {
      return null
    }
  }
  return text.includes('\0') ? null : text
}

function isComplete<T>(list: readonly (T | null)[]): list is readonly T[] {
  return list.every(part => part !== null)
}

/** Tokens `from` to `to` (not included). */
interface Extent {
  readonly from: number
  readonly to: number
}

class Reader {
  readonly broken = new Set<string>()
  private readonly pieces: Pieces
  /** Brackets of the statement in hand: the token of the other bracket, or -1. */
  private readonly partner: Int32Array

  constructor(
    private readonly text: string,
    private readonly file: string,
    private readonly tokens: Tokens,
    private readonly report: (d: Diagnostic) => void,
  ) {
    this.partner = new Int32Array(tokens.count).fill(-1)
    this.pieces = new Pieces(text, file, tokens, this.partner, report, RESERVED)
  }

  private word(token: number): string {
    return this.text.slice(this.tokens.starts[token], this.tokens.ends[token])
  }
  private kind(token: number): number {
    return token < this.tokens.count ? this.tokens.kinds[token] : 0
  }
  private span(from: number, to = from + 1): Span {
    const { starts, ends, count } = this.tokens
    if (from >= count) return { file: this.file, start: this.text.length, end: this.text.length }
    return { file: this.file, start: starts[from], end: ends[Math.max(from, to - 1)] }
  }
  private keyword(token: number, words: ReadonlySet<string>): boolean {
    if (this.kind(token) !== NAME) return false
    const { starts, ends } = this.tokens
    const start = starts[token]
    // Most names are told from keywords by their length or first letter, without making a string of them.
    if (ends[token] - start > LONGEST_KEYWORD || !INITIALS.has(this.text.charCodeAt(start))) return false
    return words.has(this.text.slice(start, ends[token])) && !this.isPartOfName(token)
  }

  /** Whether a word goes on with the name of a rule: `log-size`. */
  private isPartOfName(token: number): boolean {
    const { starts, ends } = this.tokens
    const isMinus = this.kind(token - 1) === MINUS && ends[token - 1] === starts[token]
    return isMinus && token > 1 && ends[token - 2] === starts[token - 1] && this.kind(token - 2) === NAME
  }

  /** The token after the statement that begins at `from`. A keyword that cannot stand inside it ends it, too. */
  endOfStatement(from: number): number {
    const rule = this.keyword(from, HOLDING)
    let depth = 0
    let firstInside = -1
    for (let i = from + 1; i < this.tokens.count; i++) {
      const kind = this.tokens.kinds[i]
      if (OPEN.has(kind)) depth++
      else if (CLOSE.has(kind)) depth = Math.max(0, depth - 1)
      else if (kind === NAME && this.keyword(i, STATEMENTS)) {
        // On the keyword's own line it stands where a name should, and is reported as that.
        if (i === from + 1 && !this.text.slice(this.tokens.ends[from], this.tokens.starts[i]).includes('\n')) continue
        if (depth === 0 || !rule) return i
        if (this.keyword(i, OUTER) && !this.isSubnet(i)) return firstInside < 0 ? i : firstInside
        // `weights` within a rule, unless the rule turns out not to be closed and this stands at the start of a line.
        if (firstInside < 0 && this.startsLine(i)) firstInside = i
      }
    }
    return depth > 0 && firstInside >= 0 ? firstInside : this.tokens.count
  }

  /** Where a misspelled keyword begins a line within these tokens, outside of brackets; -1 where none does. */
  almostStatement(from: number, to: number): number {
    let depth = 0
    for (let i = from + 1; i < to; i++) {
      const kind = this.tokens.kinds[i]
      if (OPEN.has(kind)) depth++
      else if (CLOSE.has(kind)) depth = Math.max(0, depth - 1)
      else if (kind === NAME && depth === 0 && this.isAlmostStatement(i)) return i
    }
    return -1
  }
  private isAlmostStatement(token: number): boolean {
    if (this.kind(token + 1) !== NAME || !this.startsLine(token)) return false
    const word = this.word(token)
    return !RESERVED.has(word) && !FOLLOWING.has(word) && nearest(word, STATEMENTS) !== null
  }

  /** `net N : m -> n`, a variable of a rule, and no statement of its own. */
  private isSubnet(token: number): boolean {
    return this.word(token) === 'net' && [COMMA, COLON].includes(this.kind(token + 2))
  }

  private startsLine(token: number): boolean {
    const start = this.tokens.starts[token]
    return start === 0 || LINE_ENDS.has(this.text.charCodeAt(start - 1))
  }

  /** The statement in these tokens, or null where it has an error: then what it would have declared is noted as broken. */
  statement(from: number, to: number): Statement | null {
    if (!this.keyword(from, STATEMENTS)) return this.noStatement(from, to)
    const statement = this.isSound(from, to) ? this.read(from, to) : null
    if (statement === null) this.markBroken(from, to)
    return statement
  }

  private noStatement(from: number, to: number): null {
    const suggestion = this.kind(from) === NAME ? nearest(this.word(from), STATEMENTS) : null
    // What cannot even be read has been reported.
    if (this.kind(from) !== BAD) this.report(expectedStatement(this.span(from), this.word(from), suggestion))
    for (let i = from; i < Math.min(to, from + 200); i++) if (this.kind(i) === NAME) this.broken.add(this.word(i))
    return null
  }

  private markBroken(from: number, to: number): void {
    for (let i = from + 1; i < to; i++) {
      if (this.kind(i) === NAME) this.broken.add(this.word(i))
      else if (this.kind(i) !== COMMA && this.kind(i) !== BAD) return
    }
  }

  /** Whether every token is readable and the brackets are right; pairs the brackets. */
  private isSound(from: number, to: number): boolean {
    const open: number[] = []
    for (let i = from; i < to; i++) {
      const kind = this.tokens.kinds[i]
      if (kind === BAD) return false
      if (OPEN.has(kind)) {
        open.push(i)
        if (open.length > DEEPEST) {
          this.report(tooDeep(this.span(i), DEEPEST))
          return false
        }
      } else if (CLOSE.has(kind)) {
        const opener = open.pop()
        if (opener === undefined) {
          this.report(strayBracket(this.span(i), this.word(i)))
          return false
        }
        if (OPEN.get(this.tokens.kinds[opener]) !== kind && !this.isHalfOpen(opener, i)) {
          const elsewhere = open.some(o => OPEN.get(this.tokens.kinds[o]) === kind)
          this.report(
            elsewhere
              ? unclosedBracket(this.span(opener), this.word(opener))
              : strayBracket(this.span(i), this.word(i)),
          )
          return false
        }
        this.partner[i] = opener
        this.partner[opener] = i
      }
    }
    const opener = open.pop()
    if (opener !== undefined) this.report(unclosedBracket(this.span(opener), this.word(opener)))
    return opener === undefined
  }

  /** `[0, 1)` and `(0, 1]` where a set of reals may stand. */
  private isHalfOpen(opener: number, closer: number): boolean {
    const round = (token: number): boolean => '()'.includes(this.word(token))
    const square = (token: number): boolean => '[]'.includes(this.word(token))
    if (!(round(opener) && square(closer)) && !(square(opener) && round(closer))) return false
    return ['in', '|', ':', '->', 'x'].includes(this.word(opener - 1))
  }

  private read(from: number, to: number): Statement | null {
    const { start } = this.span(from)
    const { end } = this.span(from, to)
    switch (this.word(from)) {
      case 'size': {
        const names = this.pieces.names(from + 1, to)
        return names && { kind: 'size', start, end, names }
      }
      case 'weights': {
        const sign = this.find(from, to, k => k === COLON || k === IS)
        const names = this.pieces.names(from + 1, sign)
        if (names === null) return null
        if (this.kind(sign) !== IS || sign === to) {
          const type = this.pieces.match('WeightsType', sign, to)
          return type && { kind: 'weights', start, end, names, shape: type.shape, entries: type.entries, value: null }
        }
        const value = this.pieces.term(sign + 1, to)
        return value && { kind: 'weights', start, end, names, shape: null, entries: null, value }
      }
      case 'function': {
        const head = this.functionHead(from, to)
        return head && { kind: 'function', start, end, ...head }
      }
      case 'net':
        return this.net(from, to)
      case 'prove':
        return this.pieces.match('Prove', from, to)
      case 'rule': {
        const rule: RuleTree | null = this.rule(from, to) ?? this.pieces.match('Rule', from, to)
        return rule && { ...rule, reason: this.commentAbove(start) }
      }
      case 'derive': {
        const derivation = this.pieces.match('Derive', from, to)
        return derivation && { ...derivation, reason: this.commentAbove(start) }
      }
      case 'strategy':
        return this.pieces.match('Strategy', from, to)
      case 'measure':
        return this.pieces.match('Measure', from, to)
      case 'use':
        return this.pieces.match('Use', from, to)
      default:
        this.report(expectedStatement(this.span(from), this.word(from)))
        return null
    }
  }

  private functionHead(from: number, to: number): { names: readonly Identifier[]; form: FunctionForm } | null {
    const sign = this.find(from, to, k => k === COLON || k === IS)
    if (this.kind(sign) !== IS || sign === to) {
      const names = this.pieces.names(from + 1, sign)
      const form = names && this.pieces.match('Signature', sign, to)
      return names && form && { names, form }
    }
    const name = this.name(from + 1)
    if (name === null) return null
    if (this.kind(from + 2) === PARENTHESIS && sign > from + 2) {
      const close = this.partner[from + 2]
      const parameters = this.pieces.names(from + 3, close)
      if (parameters === null || !this.need(close + 1, sign, '"="')) return null
      const body = this.pieces.term(sign + 1, to)
      return body && { names: [name], form: { kind: 'formula', parameters, body } }
    }
    if (!this.need(from + 2, sign, '"="')) return null
    const body = this.pieces.term(sign + 1, to)
    return body && { names: [name], form: { kind: 'composition', body } }
  }

  // --- Nets ---

  private net(from: number, to: number): NetTree | null {
    const name = this.name(from + 1)
    if (name === null) return null
    const titled = this.kind(from + 2) === TEXT && from + 2 < to
    const open = titled ? from + 3 : from + 2
    if (this.kind(open) !== BRACE || open >= to) return this.unexpected(open, ['"{"'])
    const close = this.partner[open]
    // What follows is an error of its own: the net is read all the same.
    if (close + 1 < to) this.noStatement(close + 1, to)
    const first = open + 1
    const block = this.keyword(first, ITEMS) || this.kind(first + 1) === IS || first === close
    const form = block ? this.block(first, close) : this.chainForm(first, close)
    const title = titled ? this.word(from + 2).slice(1, -1) : null
    return form && { kind: 'net', start: this.span(from).start, end: this.span(close).end, name, title, form }
  }

  private chainForm(from: number, to: number): ChainNetForm | null {
    const cuts = this.cuts(from, to, ARROW)
    const input = this.pieces.match('InputPart', from, cuts[0] ?? to)
    if (input === null) return null
    if (cuts.length === 0) return this.unexpected(to, ['"->"'])
    const stages: ChainNetForm['stages'][number][] = []
    let sound = true
    for (let i = 0; i + 1 < cuts.length; i++) {
      const stage = this.pieces.stage(cuts[i] + 1, cuts[i + 1])
      if (stage === null) sound = false
      else stages.push(stage)
    }
    const last = cuts[cuts.length - 1] + 1
    const output = this.name(last)
    if (output === null || !sound) return null
    return this.need(last + 1, to, '"->"') ? { kind: 'chain', input, stages, output } : null
  }

  private block(from: number, to: number): BlockNetForm | null {
    const items: NetItem[] = []
    let sound = true
    for (let at = from; at < to; ) {
      const end = this.endOfItem(at, to)
      const item = this.item(at, end)
      if (item === null) sound = false
      else items.push(item)
      at = end
    }
    return sound ? { kind: 'block', items } : null
  }

  private startsItem(token: number): boolean {
    return this.keyword(token, ITEMS) || (this.kind(token) === NAME && this.kind(token + 1) === IS)
  }

  private endOfItem(from: number, to: number): number {
    // `output y = ...`: the name after the keyword does not begin an item of its own; nor does the one after a comma.
    const listed = this.keyword(from, OUTPUT)
    for (let i = from + (listed ? 2 : 1); i < to; i++) {
      if (this.partner[i] > i) i = this.partner[i]
      else if (this.startsItem(i) && !(listed && this.kind(i - 1) === COMMA)) return i
    }
    return to
  }

  private item(from: number, to: number): NetItem | null {
    const { start, end } = this.span(from, to)
    if (this.keyword(from, INPUT)) {
      const inputs = this.parts(from + 1, to).map(e => this.pieces.match('InputPart', e.from, e.to))
      return inputs.some(p => p === null) ? null : { kind: 'input', start, end, inputs: inputs.filter(p => p !== null) }
    }
    if (this.keyword(from, OUTPUT)) {
      const outputs = this.parts(from + 1, to).map(e => this.outputPart(e))
      return outputs.some(p => p === null)
        ? null
        : { kind: 'output', start, end, outputs: outputs.filter(p => p !== null) }
    }
    const name = this.name(from)
    if (name === null || !this.need(from + 1, from + 2, '"="', IS)) return null
    const value = this.wire(from + 2, to)
    return value && { kind: 'wire', start, end, name, value }
  }

  private outputPart({ from, to }: Extent): { name: Identifier; value: WireTree | null } | null {
    const name = this.name(from)
    if (name === null) return null
    if (from + 1 >= to) return { name, value: null }
    if (!this.need(from + 1, from + 2, '"="', IS)) return null
    const value = this.wire(from + 2, to)
    return value && { name, value }
  }

  private wire(from: number, to: number): WireTree | null {
    const cuts = this.cuts(from, to, ARROW)
    const first = this.pieces.term(from, cuts[0] ?? to)
    const stages = cuts.map((cut, i) => this.pieces.stage(cut + 1, cuts[i + 1] ?? to))
    return first !== null && isComplete(stages) ? { first, stages } : null
  }

  // --- Rules ---

  /**
   * A rule in pieces, or null where it does not fall into them; the grammar then matches it as a whole, or says what is
   * wrong. What is cut here is what the grammar finds: a declaration ends before the next one's keyword, or where a word
   * follows what is complete.
   */
  private rule(from: number, to: number): RuleTree | null {
    const open = this.find(from, to, k => k === BRACE)
    const close = this.partner[open] ?? -1
    if (open >= to || close + 1 !== to) return null
    const titled = this.kind(open - 1) === TEXT
    const { start, end } = this.span(from + 1, titled ? open - 1 : open)
    const name = this.text.slice(start, end)
    if (!RULE_NAME.test(name) || RESERVED.has(this.word(from + 1))) return null
    const when = this.find(open + 1, close, (k, i) => k === NAME && this.word(i) === 'when')
    const signs = [...this.cuts(open + 1, when, BECOMES), ...this.cuts(open + 1, when, EQUAL)]
    if (signs.length !== 1) return null
    const declarations: RuleTree['declarations'][number][] = []
    let at = open + 1
    while (this.keyword(at, DECLARATIONS)) {
      const next = this.endOfDeclaration(at, signs[0])
      const declaration = this.pieces.attempt('Declaration', at, next)
      if (declaration === null) return null
      declarations.push(declaration)
      at = next
    }
    const left = this.side(at, signs[0])
    const right = this.side(signs[0] + 1, when)
    if (left === null || right === null) return null
    const conditions: RuleTree['conditions'][number][] = []
    for (let i = when + 1; i <= close && when < close; ) {
      const next = this.find(i, close, (k, token) => k === COMMA || (k === NAME && this.word(token) === 'and'))
      const condition = this.pieces.attempt('Condition', i, next)
      if (condition === null) return null
      conditions.push(condition)
      i = next + 1
    }
    return {
      kind: 'rule',
      start: this.span(from).start,
      end: this.span(close).end,
      name: { name, start, end },
      title: titled ? this.word(open - 1).slice(1, -1) : null,
      reason: '',
      declarations,
      left: ruleSide(left, declarations),
      right: ruleSide(right, declarations),
      direction: this.kind(signs[0]) === EQUAL ? '==' : '==>',
      conditions,
    }
  }

  /** Where a word begins that cannot go on with the declaration: the next declaration, or the left side of the rule. */
  private endOfDeclaration(from: number, to: number): number {
    // A shape takes no brackets, and a sign is needed before another number.
    const hasShape = SHAPED.has(this.word(from))
    for (let i = from + 2; i < to; i++) {
      const complete =
        this.kind(i - 1) === NUMBER ||
        CLOSE.has(this.kind(i - 1)) ||
        (this.kind(i - 1) === NAME && !JOINING.has(this.word(i - 1)))
      if (complete && this.kind(i) === NAME && !FOLLOWING.has(this.word(i))) return i
      if (complete && hasShape && (this.kind(i) === NUMBER || OPEN.has(this.kind(i)))) return i
      if (this.partner[i] > i) i = this.partner[i]
    }
    return to
  }

  private side(from: number, to: number): Term | null {
    const terms: Term[] = []
    for (let at = from; at <= to; ) {
      const next = this.find(at, to, k => k === ARROW)
      const term = this.pieces.attempt('Stage', at, next)
      if (term === null) return null
      terms.push(term)
      at = next + 1
    }
    const [first, ...stages] = terms
    return stages.length === 0
      ? first
      : { kind: 'chain', start: first.start, end: terms[terms.length - 1].end, first, stages }
  }

  // --- Small things ---

  private name(token: number): Identifier | null {
    const { start, end } = this.span(token)
    if (this.kind(token) === NAME && !this.keyword(token, RESERVED)) return { name: this.word(token), start, end }
    return this.unexpected(token, ['a name'])
  }

  /** True if `from` is `to` (or the sign is there): else says that the sign was expected. */
  private need(from: number, to: number, sign: string, kind?: number): boolean {
    if (kind === undefined ? from === to : this.kind(from) === kind) return true
    this.unexpected(from, [sign])
    return false
  }

  private unexpected(token: number, wanted: readonly string[]): null {
    const found = token < this.tokens.count ? this.word(token) : null
    this.report(expected(this.span(token), wanted, found, misspelled(this.text, this.tokens, token, wanted)))
    return null
  }

  /** The first token outside brackets that fits, else `to`. */
  private find(from: number, to: number, fits: (kind: number, token: number) => boolean): number {
    for (let i = from; i < to; i++) {
      if (fits(this.tokens.kinds[i], i)) return i
      if (this.partner[i] > i) i = this.partner[i]
    }
    return to
  }

  private cuts(from: number, to: number, kind: number): number[] {
    const found: number[] = []
    for (let i = this.find(from, to, k => k === kind); i < to; i = this.find(i + 1, to, k => k === kind)) found.push(i)
    return found
  }

  private parts(from: number, to: number): Extent[] {
    const cuts = [from - 1, ...this.cuts(from, to, COMMA), to]
    return cuts.slice(1).map((cut, i) => ({ from: cuts[i] + 1, to: cut }))
  }

  /** The comments that stand directly above a place, without their signs. */
  private commentAbove(start: number): string {
    const lines: string[] = []
    let below = start
    const above: Comment[] = []
    const { comments } = this.tokens
    // Comments before the statement: the last one that ends before it, found by halving.
    let low = 0
    let high = comments.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (comments[middle].end <= start) low = middle + 1
      else high = middle
    }
    for (let i = low - 1; i >= 0; i--) {
      const between = this.text.slice(comments[i].end, below)
      const before = this.text.slice(Math.max(0, this.text.lastIndexOf('\n', comments[i].start - 1)), comments[i].start)
      if (between.trim() !== '' || between.split('\n').length > 2 || before.trim() !== '') break
      above.unshift(comments[i])
      below = comments[i].start
    }
    for (const c of above) {
      const inner = c.text.startsWith('//')
        ? c.text.replace(/^\/\/+/, '')
        : c.text.slice(2, -2).replace(/^\s*\* ?/gm, '')
      lines.push(inner.trim())
    }
    return lines.join('\n').trim()
  }
}
