// Every message that a user can get, and how it is shown. A diagnostic is data; the functions here are the only place
// where messages are worded, one function a message, and `explanations.ts` says at length what each code means.

/** Positions in the text of a file, in UTF-16 code units, `end` not included. */
export interface Span {
  readonly file: string
  readonly start: number
  readonly end: number
}

export interface Related {
  readonly span: Span
  readonly message: string
}

export interface Diagnostic {
  /** Stable: `E` and `W` with three digits, see `netproof explain`. */
  readonly code: string
  readonly severity: 'error' | 'warning'
  /** null where the message is about no place in a text. */
  readonly span: Span | null
  readonly message: string
  readonly hint: string | null
  readonly related: readonly Related[]
}

interface Extra {
  readonly hint?: string | null
  readonly related?: readonly Related[]
}

function error(code: string, span: Span | null, message: string, extra: Extra = {}): Diagnostic {
  return { code, severity: 'error', span, message, hint: extra.hint ?? null, related: extra.related ?? [] }
}
function warning(code: string, span: Span | null, message: string, extra: Extra = {}): Diagnostic {
  return { ...error(code, span, message, extra), severity: 'warning' }
}

// --- Words --------------------------------------------------------------------------------------------------------

/** `a`, `a or b`, `a, b or c`. */
function either(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`
}
/** Text of a file within a message: short, and without what would spoil a terminal. */
function quote(text: string): string {
  const visible = text.replace(/[\p{C}\p{Z}]+/gu, ' ')
  return `\`${visible.length > 40 ? `${visible.slice(0, 37)}...` : visible}\``
}
function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
/** `a uses b uses a`, without the middle where it is long. */
function around(cycle: readonly string[], verb: string): string {
  const chain = [...cycle, cycle[0]].map(quote)
  const shown = chain.length > 8 ? [...chain.slice(0, 4), '...', ...chain.slice(-2)] : chain
  return shown.join(` ${verb} `)
}
function didYouMean(suggestion: string | null): string | null {
  return suggestion === null ? null : `did you mean ${quote(suggestion)}?`
}

// --- Files and characters (E0.., E1..) ----------------------------------------------------------------------------

export function notText(span: Span): Diagnostic {
  return error('E001', span, 'the file is not text', { hint: 'netproof reads UTF-8 without NUL characters' })
}
export function emptyFile(span: Span): Diagnostic {
  return error('E002', span, 'the file has no statements', {
    hint: 'a smallest file: net a { x : 3 -> exp -> y }   net b { x : 3 -> exp -> y }   prove a == b',
  })
}
export function strayCharacter(span: Span, text: string): Diagnostic {
  const point = text.codePointAt(0) as number
  const code = point < 127 && text.trim() !== '' ? '' : ` (U+${point.toString(16).toUpperCase().padStart(4, '0')})`
  const hints: Readonly<Record<string, string>> = {
    '\u2192': 'an arrow is written ->',
    '\u2212': 'the minus sign is written -',
    '\u2019': "a prime is written '",
    '\u2032': "a prime is written '",
    '\u00d7': 'sizes are written 3 x 3, products a * b',
    '\u00b7': 'a product is written a * b',
    '\u2218': 'a composition is written f . g',
    '\u221e': 'infinity is written inf',
    ';': 'statements need no sign between them',
    '#': 'a comment begins with //',
    '%': 'a comment begins with //',
    '&': 'conditions are joined by `and` or a comma',
  }
  return error('E101', span, `${quote(text)}${code} means nothing here`, { hint: hints[text[0]] ?? null })
}
export function controlCharacter(span: Span, code: number): Diagnostic {
  return error(
    'E101',
    span,
    `the control character U+${code.toString(16).toUpperCase().padStart(4, '0')} means nothing here`,
  )
}
export function unclosedText(span: Span): Diagnostic {
  return error('E102', span, 'the text in quotes is not closed on its line')
}
export function unclosedComment(span: Span): Diagnostic {
  return error('E103', span, 'the comment is not closed', { hint: 'a comment over several lines ends with */' })
}
export function numberTooLarge(span: Span, kind: 'name' | 'number'): Diagnostic {
  const message =
    kind === 'name'
      ? 'the name is longer than 2000 characters'
      : 'the number has too many digits or too large an exponent'
  return error('E104', span, message, {
    hint: kind === 'name' ? null : 'numbers are exact: up to 2000 characters, exponents up to 5000',
  })
}
export function strayBracket(span: Span, bracket: string): Diagnostic {
  return error('E105', span, `${quote(bracket)} closes nothing`)
}
export function unclosedBracket(span: Span, bracket: string): Diagnostic {
  return error('E106', span, `${quote(bracket)} is never closed`)
}
export function tooDeep(span: Span, limit: number): Diagnostic {
  return error('E107', span, `more than ${limit} brackets within each other`, { hint: 'give names to the inner parts' })
}
export function tooLong(span: Span, limit: number): Diagnostic {
  return error('E108', span, `a part of more than ${limit} words and signs`, { hint: 'give names to its parts' })
}

// --- Syntax (E11.) ------------------------------------------------------------------------------------------------

const OPERATORS = new Set(['"*"', '"/"', '"^"', '".."', '.', '+ or -', '-', '"+"', 'a comparison', '"?"', '"["', '"("'])

/** `wanted`: in the words of the grammar; `found`: the text there, null at the end of the file. */
/** `suggestion`: a word that was misspelled, there or just before, and what it may mean. */
export function expected(
  span: Span,
  wanted: readonly string[],
  found: string | null,
  suggestion: { readonly word: string; readonly meant: string } | null = null,
): Diagnostic {
  const operators = wanted.filter(w => OPERATORS.has(w))
  const others = wanted.filter(w => !OPERATORS.has(w) && w !== 'end of input')
  // After a complete term every operator may follow: naming them all hides what is more likely meant.
  const named = operators.length > 3 ? [...others, 'an operator'] : [...others, ...operators]
  const words = named.map(w => (w.startsWith('"') ? quote(w.slice(1, -1)) : w))
  const what = words.length === 0 ? 'nothing more' : either(words)
  // Every other word would have been a name.
  const reserved = wanted.includes('a name') && found !== null && /^[a-z]+$/.test(found)
  const hint = reserved
    ? `${quote(found)} is a word of the language, and cannot be a name`
    : found === '='
      ? 'equality of nets is written ==, and a wire is named by `name = ...` inside a net'
      : found === '<-' || found === '=>'
        ? 'flow is written ->'
        : suggestion === null || suggestion.word === found
          ? didYouMean(suggestion?.meant ?? null)
          : `did you mean ${quote(suggestion.meant)} by ${quote(suggestion.word)}?`
  return error('E110', span, `expected ${what}, not ${found === null ? 'the end of the file' : quote(found)}`, { hint })
}
export function expectedStatement(span: Span, found: string, suggestion: string | null = null): Diagnostic {
  const hint =
    didYouMean(suggestion) ?? 'statements begin with size, weights, function, net, prove, rule, derive, strategy or use'
  return error('E111', span, `expected a statement, not ${quote(found)}`, { hint })
}

// --- Names (E2..) -------------------------------------------------------------------------------------------------

/** `kind`: what was looked for. */
export function unknownName(
  span: Span | null,
  kind: 'name' | 'function' | 'weight' | 'size' | 'net' | 'wire' | 'input or output' | 'variable' | 'rule' | 'strategy',
  name: string,
  suggestion: string | null,
): Diagnostic {
  const hints: Readonly<Record<string, string>> = {
    size: `declare it: size ${name}`,
    weight: `declare it: weights ${name} : m x n`,
    variable: 'a rule declares its variables',
  }
  const isForeign = suggestion !== null && !IS_PLAIN.test(name) && IS_PLAIN.test(suggestion)
  const hint = didYouMean(suggestion) ?? hints[kind] ?? null
  return error('E201', span, `unknown ${kind} ${quote(name)}`, {
    hint: isForeign ? `${hint} What stands here has other letters, even if they look the same` : hint,
  })
}
const IS_PLAIN = /^[ -~]*$/
export function declaredTwice(span: Span, name: string, first: Span): Diagnostic {
  return error('E202', span, `${quote(name)} is declared twice`, {
    related: [{ span: first, message: 'first declared here' }],
  })
}
export function reservedOperation(span: Span, name: string): Diagnostic {
  return error('E203', span, `${quote(name)} is an operation of the language and cannot be declared`)
}
export function shadowsKnown(span: Span, name: string): Diagnostic {
  return warning('W204', span, `${quote(name)} is declared here and hides the known function of that name`, {
    hint: 'a name of its own would be clearer',
  })
}
/** What a name can be, or has to be at some place. */
export type Kind = 'function' | 'weight' | 'size' | 'number' | 'wire' | 'vector' | 'matrix'

/** `sizes`: of the matrix that was found. */
export function wrongKind(
  span: Span,
  name: string | null,
  wanted: Kind,
  found: Kind,
  declared: Span | null,
  sizes = '',
): Diagnostic {
  const what = `a ${found}${sizes === '' ? '' : ` of ${sizes}`}`
  return error('E205', span, `${name === null ? 'this' : quote(name)} is ${what}; a ${wanted} is needed here`, {
    related: declared === null ? [] : [{ span: declared, message: 'declared here' }],
  })
}

// --- Functions and terms (E3..) -----------------------------------------------------------------------------------

/** `takes` Infinity: two or more. `name` null: a function without a name. */
export function wrongArguments(span: Span, name: string | null, takes: number, given: number): Diagnostic {
  const wanted = takes === Infinity ? 'two or more arguments' : count(takes, 'argument')
  return error('E301', span, `${name === null ? 'this function' : quote(name)} takes ${wanted}, not ${given}`)
}
export function tooManyParameters(span: Span, name: string, takes: number): Diagnostic {
  return error(
    'E301',
    span,
    `${quote(name)} takes ${count(takes, 'argument')}: ${takes - 1} at most can be parameters in square brackets`,
  )
}
export function wrongWires(span: Span, name: string | null, given: number): Diagnostic {
  const message = `${name === null ? 'this' : quote(name)} takes one wire, not ${given}`
  return error('E301', span, message, { hint: name === 'add' ? 'or one for each matrix: add[V, W](x, y)' : null })
}

const USAGE: Readonly<Record<string, string>> = {
  log: 'log[10]',
  pow: 'pow[2]',
  scale: 'scale[2]',
  shift: 'shift[1]',
  add: 'add[W] or add[W, b]',
  mul: 'mul[W] or mul[W, b]',
  mix: 'mix[f, W]',
  maxpool: 'maxpool[2]',
  minpool: 'minpool[2]',
  softmax: 'softmax',
  logsoftmax: 'logsoftmax',
  inverse: 'inverse(f)',
  identity: 'identity(n)',
  zero: 'zero(n) or zero(m, n)',
  ones: 'ones(n) or ones(m, n)',
  select: 'select(total, start, length)',
  embed: 'embed(total, start, length)',
}
/** An operation of the language with the wrong number of parameters. */
export function misused(span: Span, name: string): Diagnostic {
  const hint = name === 'log' ? 'the natural logarithm is ln' : null
  return error('E301', span, `${quote(name)} is written ${USAGE[name] ?? name}`, { hint })
}
export function recursiveFunction(span: Span, cycle: readonly string[]): Diagnostic {
  return error('E302', span, `a function is defined by itself: ${around(cycle, 'uses')}`, {
    hint: 'definitions are abbreviations; what depends on itself can be declared as an unknown function',
  })
}
export function noInverse(span: Span, name: string | null): Diagnostic {
  return error('E303', span, `no inverse of ${name === null ? 'this function' : quote(name)} is known`, {
    hint: 'declare one: function f : R -> R inverse g',
  })
}
export function notClosed(span: Span, name: string): Diagnostic {
  return error('E304', span, `a number is needed here, and ${quote(name)} is none`, {
    hint: 'numbers, pi, e and functions of them',
  })
}
/** What may stand where it cannot, and where. */
export type Thing =
  | 'a number'
  | 'a matrix'
  | 'a list'
  | 'a slice'
  | 'a chain'
  | 'a formula'
  | 'this'
  | 'an operation on wires'
  | 'a function without its argument'
  | 'a composition without its argument'
export type Place =
  | 'a formula'
  | 'the place of a function'
  | 'the place of a matrix or vector'
  | 'the place of a wire'
  | 'the place of a divisor'
  | 'a sum of matrices'
  | 'a sum of numbers'
export function misplaced(span: Span, what: Thing, where: Place): Diagnostic {
  return error('E305', span, `${what} cannot stand in ${where}`)
}
export function notLiteral(span: Span): Diagnostic {
  return error('E305', span, 'a matrix is given by its rows, as in [[1, 2], [3, 4]], a vector by its entries')
}
export function closedInfinity(span: Span): Diagnostic {
  return error('E305', span, 'an interval is open at infinity: a round bracket stands there')
}

export function tooManySizes(span: Span, shape: string): Diagnostic {
  return error('E306', span, `weights of ${shape}: a matrix has two sizes, a vector one`)
}
export function propertyOfOne(span: Span, property: string): Diagnostic {
  return error('E306', span, `${quote(property)} is for functions of one argument`)
}
export function contradiction(span: Span, first: string, second: string): Diagnostic {
  return error('E306', span, `${quote(second)} does not go with ${quote(first)}`)
}
export function noSuchFunction(span: Span, property: string): Diagnostic {
  return error('E306', span, `no ${property} function has this domain and codomain`)
}
export function asymmetricDomain(span: Span, property: string): Diagnostic {
  return error('E306', span, `the domain of an ${property} function must be symmetric about 0`)
}
export function inverseOfOne(span: Span): Diagnostic {
  return error('E306', span, 'only a function of one argument has an inverse')
}
export function sharedInverse(span: Span, functions: number): Diagnostic {
  return error('E306', span, `${functions} functions cannot have one inverse`)
}
export function noBijection(span: Span): Diagnostic {
  return error('E306', span, 'no function with what is declared takes this domain one to one onto this codomain')
}
export function inverseIsKnown(span: Span, name: string): Diagnostic {
  return error('E306', span, `${quote(name)} is known and cannot be declared as an inverse`, {
    hint: 'give the inverse a name of its own',
  })
}
export function inverseOfAnother(span: Span, name: string, other: string): Diagnostic {
  return error('E306', span, `${quote(name)} is the inverse of ${quote(other)}`)
}
export function inverseDiffers(span: Span, name: string, of: string): Diagnostic {
  return error('E306', span, `${quote(name)} is declared otherwise than as the inverse of ${quote(of)}`, {
    hint: 'swap domain and codomain, and give both the same properties',
  })
}

export function notRational(
  span: Span,
  what: 'an element of a set' | 'the end of an interval' | 'an entry of a matrix',
): Diagnostic {
  return error('E307', span, `${what} must be a rational number`, { hint: 'as -2, 0.5, 1/3 or 1e-3' })
}
export function emptyRange(span: Span): Diagnostic {
  return error('E308', span, 'no number lies in this set', { hint: 'a claim on nothing would hold for every net' })
}

// --- Sizes (E4..) -------------------------------------------------------------------------------------------------

/** Where something of a size is declared, for the messages on clashes. */
export function declaredWithSize(span: Span, name: string, sizes: string): Related {
  return { span, message: `${name} is declared here, ${sizes}` }
}
function clash(span: Span, message: string, related: readonly Related[], hint?: string): Diagnostic {
  return error('E401', span, message, { related, hint })
}
/** A wire of shape `found` enters an operator that takes `takes`. */
export function widthClash(
  span: Span,
  operator: string,
  takes: string,
  found: string,
  related: readonly Related[],
): Diagnostic {
  const name = operator.length > 40 ? 'the operator' : quote(operator)
  return clash(span, `${name} takes a wire of ${takes}, and this one is ${found}`, related)
}
export function rowsClash(
  span: Span,
  part: 'bias' | 'matrix',
  rows: string,
  first: string,
  related: readonly Related[],
): Diagnostic {
  return clash(
    span,
    `${part === 'bias' ? 'the bias' : 'this matrix'} has ${rows} rows, and the first matrix ${first}`,
    related,
  )
}
export function formulaClash(span: Span, first: string, other: string, related: readonly Related[]): Diagnostic {
  return clash(span, `wires of ${first} and ${other} in one formula`, related)
}
export function joinClash(span: Span, first: string, other: string, related: readonly Related[]): Diagnostic {
  return clash(span, `wires of ${first} and ${other} cannot be joined`, related)
}
export function numberWithoutWidth(span: Span, related: readonly Related[]): Diagnostic {
  return clash(span, 'the inputs are of different widths, so that of a number alone is not known', related)
}
export function sumClash(span: Span, left: string, right: string, related: readonly Related[]): Diagnostic {
  return clash(span, `a sum of matrices of ${left} and ${right}`, related)
}
export function blockClash(span: Span, left: string, right: string, related: readonly Related[]): Diagnostic {
  return clash(span, `blocks of ${left} and ${right}, which do not fit beside or above each other`, related)
}
/** `vectors`: the first is a vector with as many rows as the second matrix. */
export function productClash(
  span: Span,
  columns: string,
  rows: string,
  related: readonly Related[],
  vectors: boolean,
): Diagnostic {
  const hint = vectors ? 'a vector times each row is a product with diag(b): diag(b) * W' : undefined
  const width = columns === '1' ? '1 column' : `${columns} columns`
  return clash(span, `a product of a matrix with ${width} and one with ${rows} rows`, related, hint)
}
export function equationClash(
  span: Span,
  net: string,
  input: string,
  wanted: string,
  found: string,
  related: readonly Related[],
): Diagnostic {
  return clash(span, `${quote(input)} of ${quote(net)} is ${wanted}, and gets ${found}`, related)
}
export function undeterminedSize(span: Span, name: string): Diagnostic {
  return error('E402', span, `nothing fixes the size of ${quote(name)}`, {
    hint: `write ${name} : 3, or for every size: size n ... ${name} : n`,
  })
}
/** `found`: what it is, where that is a number or name. */
export function notSize(span: Span, found: string | null): Diagnostic {
  return error('E403', span, `${found === null ? 'this' : quote(found)} is not a size`, {
    hint: 'sizes are whole numbers from 1 and declared sizes, as in 2*n + 1',
  })
}
export function raggedRows(span: Span, first: number, row: number, length: number): Diagnostic {
  return error(
    'E404',
    span,
    `row ${row} has ${count(length, 'entry').replace('entrys', 'entries')}, the first row has ${first}`,
  )
}
export function badGroup(span: Span, group: string, size: string): Diagnostic {
  return error('E405', span, `groups of ${group} do not divide a wire of ${size}`)
}
export function badSlice(span: Span, from: string, to: string, size: string): Diagnostic {
  return error('E406', span, `the slice ${from}..${to} is not within a wire of ${size}`)
}

// --- Nets (E5..) --------------------------------------------------------------------------------------------------

export function noOutput(span: Span, net: string): Diagnostic {
  return error('E501', span, `the net ${quote(net)} has no output`, { hint: 'output y = ...' })
}
export function noInput(span: Span, net: string): Diagnostic {
  return error('E502', span, `the net ${quote(net)} has no input`, { hint: 'input x : 3' })
}
export function cyclicWires(span: Span, cycle: readonly string[]): Diagnostic {
  const shown = [...cycle, cycle[0]].slice(0, 8).map(quote)
  return error('E503', span, `a wire depends on itself: ${shown.join(' uses ')}`)
}
export function outputIsFunction(span: Span, name: string): Diagnostic {
  return error('E504', span, `a chain ends with the name of its output, and ${quote(name)} is a function`, {
    hint: `write -> ${name} -> y`,
  })
}
export function unusedWire(span: Span, name: string): Diagnostic {
  return warning('W505', span, `no output depends on the wire ${quote(name)}; it is left out`)
}
export function neverDefined(span: Span): Diagnostic {
  return warning('W506', span, 'this has no value, whatever the inputs are', {
    hint: 'ln needs a positive number, a root one that is not negative, a division one that is not 0',
  })
}

// --- Claims (E6..) ------------------------------------------------------------------------------------------------

type Port = 'input' | 'output'
/** Where an input or output of a net of the claim is declared. */
export function portOf(span: Span, net: string, name: string): Related {
  return { span, message: `${name} of ${net}` }
}
export function portCounts(
  span: Span,
  kind: Port,
  left: readonly [net: string, ports: number],
  right: readonly [net: string, ports: number],
  related: readonly Related[],
): Diagnostic {
  const message = `${quote(left[0])} has ${count(left[1], kind)}, ${quote(right[0])} ${count(right[1], kind)}`
  return error('E601', span, message, { related })
}
/** Each side: its net, the name of the port, and its shape. */
export function portShapes(
  span: Span,
  kind: Port,
  left: readonly [string, string, string],
  right: readonly [string, string, string],
  related: readonly Related[],
): Diagnostic {
  const message = `the ${kind} ${quote(left[1])} of ${quote(left[0])} is ${left[2]}, and ${quote(right[1])} of ${quote(right[0])} ${right[2]}`
  return error('E601', span, message, { related })
}
export function inputUnsaid(span: Span, net: string, name: string, related: readonly Related[]): Diagnostic {
  return error('E601', span, `no equation says the input ${quote(name)} of ${quote(net)}`, { related })
}
export function inputUnused(span: Span, net: string, name: string, related: readonly Related[]): Diagnostic {
  return error('E601', span, `the input ${quote(name)} of ${quote(net)} has no counterpart`, { related })
}
export function domainsDiffer(span: Span, left: string, right: string, related: readonly Related[]): Diagnostic {
  return error('E602', span, `the two nets are declared on different domains: ${left} and ${right}`, {
    related,
    hint: 'a claim is about one domain: write the same `in` in both nets',
  })
}
export function notRelating(span: Span, name: string, kind: Port, left: string, right: string): Diagnostic {
  return error('E603', span, `the equation does not say ${quote(name)} of one net by the ${kind}s of the other`, {
    hint: `as in: prove ${left} == ${right} with x = exp(x'), y = exp(y')`,
  })
}
export function twoEquations(span: Span, name: string): Diagnostic {
  return error('E603', span, `two equations for ${quote(name)}`)
}

// --- Rules (E7..) -------------------------------------------------------------------------------------------------

export function unboundVariable(span: Span, name: string): Diagnostic {
  return error('E701', span, `${quote(name)} is on the right side only`, {
    hint: 'what the right side is made of must be found by matching the left side',
  })
}
export function emptyCondition(span: Span, name: string | null): Diagnostic {
  const what = name === null ? 'numbers alone' : `${quote(name)}, which is not part of the left side`
  return error('E702', span, `the condition is about ${what}`)
}
export function trivialRule(span: Span): Diagnostic {
  return error('E703', span, 'the left side is a plain wire, which is everywhere')
}

// --- The engine and the command line (E8..) -----------------------------------------------------------------------

export function ruleCannot(span: Span, what: string): Diagnostic {
  return error('E704', span, `a rule cannot ${what}`)
}
export function impossibleCondition(span: Span): Diagnostic {
  return error('E708', span, 'this condition cannot hold together with what is declared and asked for before it', {
    hint: 'a rule about nothing could say anything',
  })
}
export function ruleAssumed(name: string, because: string): Diagnostic {
  return warning('W705', null, `the rule ${quote(name)} is not used: ${because}`, {
    hint: `netproof rules lists what is built in; --assume ${name} uses the rule all the same, and every proof says so`,
  })
}
/** A rule that goes both ways and says more of parts of nets than of the wires at their ends. `because`: a clause. */
export function ruleNotSearched(name: string, because: string): Diagnostic {
  return warning('W707', null, `the rule ${quote(name)} is not used by itself: ${because}`, {
    hint: 'write ==> to have it used from left to right when nets are normalized, or apply it in a derivation or a strategy',
  })
}
export function unknownRule(name: string, suggestion: string | null): Diagnostic {
  return error('E706', null, `the file has no rule ${quote(name)}`, { hint: didYouMean(suggestion) })
}

// --- Derivations and strategies (E72.) ------------------------------------------------------------------------------

/** `because`: a clause, "it speaks of ...". */
export function notDerivable(span: Span, name: string, because: string): Diagnostic {
  return error('E720', span, `nothing can be derived from the rule ${quote(name)}: ${because}`, {
    hint: 'give its variables values first: substitute f = exp',
  })
}
export function circularDerivation(span: Span, cycle: readonly string[]): Diagnostic {
  return error('E721', span, `a rule is derived from itself: ${around(cycle, 'needs')}`)
}

/** What did not fit where a rule was to be applied, as `explainMismatch` finds it. */
export interface MisfitText {
  readonly what: 'stage' | 'function' | 'operator' | 'width' | 'wire' | 'condition' | 'result'
  readonly at: number
  readonly found: string
  readonly needed: string
}
function misfitText({ what, at, found, needed }: MisfitText): string {
  const place = `at n${at}`
  switch (what) {
    case 'stage':
      return `${place} stands ${found}, and ${needed} is needed`
    case 'function':
      return `${place} the function is ${found}, and ${needed} is needed`
    case 'operator':
      return `${place} the matrix is ${found}, and ${needed} is needed`
    case 'width':
      return `${place} the matrix is ${found}, and ${needed} is needed`
    case 'wire':
      return `${place} comes ${found}, and ${needed} is needed`
    case 'condition':
      return `${place} the condition is not shown: found ${found}, needed ${needed}`
    case 'result':
      return `${place} its right side would change nothing, or does not exist`
  }
}
/** `span` null: on the command line. `net`: the net as text. */
export function doesNotApply(span: Span | null, rule: string, misfit: MisfitText | null, net: string): Diagnostic {
  const why = misfit === null ? 'there is no piece at which it could' : misfitText(misfit)
  return error('E722', span, `the rule ${quote(rule)} does not apply: ${why}`, { hint: `the net here: ${net}` })
}
export function noSuchPiece(span: Span | null, piece: string, net: string): Diagnostic {
  return error('E722', span, `there is no piece ${piece}`, { hint: `the net here: ${net}` })
}
export function noSuchPart(span: Span | null, name: string): Diagnostic {
  return error('E722', span, `the net has no input, output or wire ${quote(name)}`)
}
/** `because`: a clause, "its right side ...". */
export function notReversible(span: Span, rule: string, because: string): Diagnostic {
  return error('E723', span, `the rule ${quote(rule)} cannot be read from right to left: ${because}`)
}
export function givesOther(span: Span, side: 'left' | 'right', stated: string, found: string): Diagnostic {
  return error('E724', span, `the derivation gives another ${side} side`, {
    hint: `stated: ${stated}\n        found:  ${found}`,
  })
}
export function givesWider(span: Span, name: string, stated: string, found: string): Diagnostic {
  return error('E724', span, `the result is shown for ${quote(name)} in ${found}, and not in ${stated}`, {
    hint: `when ${name} in ${found}`,
  })
}
export function givesLast(span: Span): Diagnostic {
  return error('E724', span, 'after what a derivation gives, it has no further step')
}
export function needsGives(span: Span, name: string): Diagnostic {
  return error('E725', span, `the result of ${quote(name)} is no chain, and has to be stated`, {
    hint: 'end with: gives LEFT == RIGHT, with wires declared by `wire x, y : n`',
  })
}
export function notAttached(span: Span, found: string, needed: string): Diagnostic {
  return error('E726', span, `what stands before gives values in ${found}, and the rule needs ${needed}`, {
    hint: 'say for which inputs: attach ... before when input in (0, inf)',
  })
}
export function notWide(span: Span, found: string, needed: string): Diagnostic {
  return error('E726', span, `what stands before gives a wire of ${found}, and the rule needs one of ${needed}`)
}
export function notDefinedHere(
  span: Span,
  side: 'left' | 'right' | 'attached',
  operation: string,
  found: string,
  needed: string | null,
): Diagnostic {
  const where = side === 'attached' ? 'what is attached' : `the ${side} side`
  const need = needed === null ? ', for which it may have no value' : `, and needs ${needed}`
  return error('E726', span, `${where} is not shown to be defined: ${operation} may receive ${found}${need}`, {
    hint: side === 'attached' ? 'say for which inputs: attach ... before when input in (0, inf)' : null,
  })
}
export function notSubstituted(span: Span, name: string, because: string): Diagnostic {
  return error('E727', span, `${quote(name)} cannot be replaced: ${because}`)
}
export function noBound(span: Span): Diagnostic {
  return error('E728', span, 'a repetition needs a bound', { hint: 'repeat 100 (...)' })
}
export function circularStrategy(span: Span, name: string): Diagnostic {
  return error('E728', span, `the strategy ${quote(name)} runs itself`, { hint: 'repeat 100 (...) goes on and on' })
}
export function endlessSteps(span: Span | null, what: string): Diagnostic {
  return error('E729', span, `the rules do not come to an end: ${what}`)
}

export function strategyUnproved(strategy: string, rule: string, because: string): Diagnostic {
  return error(
    'E734',
    null,
    `the strategy ${quote(strategy)} needs the rule ${quote(rule)}, which is not proved: ${because}`,
    {
      hint: `--assume ${rule} uses it all the same`,
    },
  )
}
export function unknownStrategy(name: string, suggestion: string | null): Diagnostic {
  return error('E201', null, `unknown strategy ${quote(name)}`, { hint: didYouMean(suggestion) })
}

export function notWeighing(span: Span): Diagnostic {
  return error('E735', span, 'this is not what a stage may weigh', {
    hint: 'a*x + b with numbers a >= 1 and b >= 0, where x is what the wires before it weigh',
  })
}
export function unknownStage(span: Span, name: string, suggestion: string | null): Diagnostic {
  return error('E201', span, `unknown kind of stage ${quote(name)}`, {
    hint:
      didYouMean(suggestion) ??
      'add, mul, mix, maxpool, minpool, softmax, logsoftmax, join, slice, constant, the name of a function, or `other` for all other functions',
  })
}

// --- Other files (E73.) -----------------------------------------------------------------------------------------------

export function unusable(span: Span, path: string, because: 'missing' | 'outside' | 'unread' | 'large'): Diagnostic {
  const why = {
    missing: 'there is no such file, or it cannot be read',
    outside: 'it is not below the folder of this file',
    unread: 'nothing reads files here',
    large: 'it is too large',
  }
  const hints = {
    missing: null,
    outside: 'files of others are data, and may name only files beside and below them; --allow-outside lifts this',
    unread: 'parse(text, { file, read }) gives the library a way to read them',
    large: null,
  }
  return error('E730', span, `cannot use ${quote(path)}: ${why[because]}`, { hint: hints[because] })
}
export function circularUse(span: Span, files: readonly string[]): Diagnostic {
  return error('E731', span, `files use each other: ${around(files, 'uses')}`)
}
export function brokenUse(span: Span, path: string, errors: number, first: string): Diagnostic {
  return error('E732', span, `${quote(path)} has ${count(errors, 'error')}, the first being: ${first}`)
}
export function tooManyFiles(span: Span, limit: number): Diagnostic {
  return error('E733', span, `more than ${limit} files use each other`)
}

/** `most`: the number of bytes that may be read. */
export function fileProblem(doing: 'read' | 'write', file: string, code: string, most = 0): Diagnostic {
  const why: Readonly<Record<string, string>> = {
    ENOENT: doing === 'read' ? 'there is no such file' : 'its folder does not exist',
    EACCES: 'permission is denied',
    EISDIR: 'it is a folder',
    ENOSPC: 'the disk is full',
    ELOOP: 'its links lead in a circle',
    ETOOLARGE: `it has more than ${most / 1e6} MB`,
    ENOTFILE: 'it is a device, and no file',
    ESILENT: 'it is a pipe to which nobody writes',
  }
  return error('E801', null, `cannot ${doing} ${quote(file)}: ${why[code] ?? code}`)
}
export function noClaims(file: string): Diagnostic {
  return error('E802', null, `${quote(file)} claims nothing`, {
    hint: 'add `prove LEFT == RIGHT`, or name two nets: netproof prove FILE LEFT RIGHT',
  })
}
export function noPicture(file: string): Diagnostic {
  return error('E814', null, `${quote(file)} has nothing to be drawn`, {
    hint: 'a picture shows nets, rules or claims: net a { x : 3 -> exp -> y }',
  })
}
export function notDrawable(rule: string): Diagnostic {
  return error('E815', null, `the rule ${quote(rule)} is no equation of two nets, and has no picture`)
}
export function tooManyNodes(nodes: number, most: number): Diagnostic {
  return error('E816', null, `a picture of ${nodes} nodes was asked for, and at most ${most} are drawn`, {
    hint: 'draw a part of the net, as a net of its own',
  })
}
export function noRules(file: string): Diagnostic {
  return error('E802', null, `${quote(file)} has no rules`, {
    hint: 'add a rule: netproof rules lists the built-in ones',
  })
}
export function needsTwoNets(left: string): Diagnostic {
  return error('E803', null, `${quote(left)} is to be compared with a second net, which is missing`, {
    hint: 'netproof prove FILE LEFT RIGHT',
  })
}
export function mismatch(message: string): Diagnostic {
  return error('E804', null, `the nets cannot be compared: ${message}`)
}
export function unexpectedVerdict(span: Span | null, wanted: string, found: string): Diagnostic {
  return warning('W805', span, `the file expects this claim to be ${wanted}, and it is ${found}`)
}
export function emptyDomain(name: string): Diagnostic {
  return error('E806', null, `no value of the input ${quote(name)} lies in the domain`, {
    hint: 'a claim about nothing is not proved: widen the set after `in`',
  })
}
export function unknownFormat(file: string, formats: readonly string[]): Diagnostic {
  return error('E807', null, `cannot tell what to write from the name ${quote(file)}`, {
    hint: `it has to end in ${either(formats)}`,
  })
}
export function badArgument(option: string, given: string, wanted: string): Diagnostic {
  return error('E808', null, `${option} ${quote(given)}: ${wanted}`)
}
export function unknownTheme(name: string, suggestion: string | null, themes: readonly string[]): Diagnostic {
  return error('E811', null, `there is no theme ${quote(name)}`, {
    hint: didYouMean(suggestion) ?? `it is ${either(themes)}, or a file that ends in .json`,
  })
}
export function badTheme(file: string, entry: string | null, why: string, suggestion: string | null): Diagnostic {
  const at = entry === null ? '' : `, ${quote(entry)}`
  return error('E812', null, `the theme ${quote(file)}${at}: ${why}`, { hint: didYouMean(suggestion) })
}
export function lowContrast(file: string, entry: string, on: string, found: number, needed: number): Diagnostic {
  // Rounded down, so that what is too little is not shown as enough.
  const ratio = Math.floor(found * 10) / 10
  return warning('W813', null, `the theme ${quote(file)}: ${entry} on ${on} has a contrast of ${ratio}`, {
    hint: `${needed} is the least that most people can read`,
  })
}
export function notEvaluated(net: string, why: string): Diagnostic {
  return error('E810', null, `${quote(net)} cannot be evaluated: ${why}`)
}
export function notOneArgument(name: string, arity: number): Diagnostic {
  const others = arity === 0 ? '' : `${name}(x${', 1'.repeat(Math.min(arity, 9) - 1)})`
  return error('E821', null, `${quote(name)} takes ${count(arity, 'argument')}, and a plot shows functions of one`, {
    hint: arity < 2 ? null : `give numbers for the others, as in "${others}"`,
  })
}
export function noValues(given: string, fn: string): Diagnostic {
  return error('E822', null, `${quote(given)} has no values to plot: the function ${quote(fn)} is unknown`, {
    hint: `give it a formula, --function "${fn}=t^2", or have one made up that is as declared, --seed 1`,
  })
}
export function nowhereDefined(given: string): Diagnostic {
  return error('E823', null, `${quote(given)} is defined nowhere, so there is nothing to plot`)
}
/** What is wrong with a value that was given for a net; `values` says which ones are allowed. Counts begin at 0. */
export interface BadValue {
  readonly kind: string
  readonly name: string
  readonly expected?: number | readonly number[]
  readonly found?: number | readonly number[]
  readonly value?: number
  readonly component?: number
  /** Of an array with rows. */
  readonly row?: number | null
  readonly values?: string
  /** Where the value comes from, if not from the command line. */
  readonly file?: string | null
}
export function badValue(net: string, p: BadValue): Diagnostic {
  const times = (n: BadValue['found']): string => (typeof n === 'object' ? n.join(' x ') : String(n))
  const from = p.file ? ` of ${quote(p.file)}` : ''
  const place =
    p.row === undefined || p.row === null
      ? `component ${(p.component ?? 0) + 1} of ${p.name}${p.file ? `, from ${quote(p.file)},` : ''}`
      : `row ${p.row + 1}, column ${(p.component ?? 0) + 1}${from} (${p.name})`
  switch (p.kind) {
    case 'missing-input':
      return notEvaluated(net, `the input ${p.name} is missing: give --input ${p.name}=1,2,3 or --input ${p.name}=FILE`)
    case 'unknown-input':
      return notEvaluated(net, `it has no input ${p.name}`)
    case 'missing-weight':
      return notEvaluated(net, `the weight ${p.name} is unknown: give --weights ${p.name}=[[...]] or a file`)
    case 'missing-function':
      return notEvaluated(net, `the function ${p.name} is unknown: give --function ${p.name}=FORMULA`)
    case 'missing-size':
      return notEvaluated(net, `the size ${p.name} is unknown: give --size ${p.name}=N`)
    case 'input-length':
      return notEvaluated(
        net,
        `the input ${p.name} has ${times(p.expected)} components, not ${times(p.found)}${from && `, as the rows${from}`}`,
      )
    case 'rows':
      return notEvaluated(
        net,
        `the input ${p.name}${from} has ${times(p.found)} rows, another one ${times(p.expected)}`,
      )
    case 'weight-size':
      return notEvaluated(
        net,
        `the weight ${p.name} is ${times(p.expected)}, not ${times(p.found)}${from && `, as the array${from}`}`,
      )
    case 'bad-size':
      return notEvaluated(net, `the size ${p.name} is ${p.value}, which does not fit the net`)
    case 'not-finite':
      return notEvaluated(net, `${place} is ${p.value}`)
    default:
      return notEvaluated(net, `${place} is ${p.value}, outside of ${p.values}`)
  }
}
/** A weight, size or function is given by a name that the nets leave open nowhere. */
export function notLeftOpen(
  nets: readonly string[],
  what: 'weight' | 'size' | 'function',
  name: string,
  known: readonly string[],
): Diagnostic {
  const has = known.length === 0 ? `there is no unknown ${what}` : `unknown is ${known.join(', ')}`
  return notEvaluated(nets.join(', '), `no unknown ${what} has the name ${name}: ${has}`)
}
/** A file of numbers that is not what its name says, or holds something else. Counts begin at 1. */
export function badNumbers(
  file: string,
  p: {
    readonly kind: string
    readonly row?: number
    readonly column?: number
    readonly found?: string | number
    readonly expected?: number
    readonly bytes?: number
    readonly limit?: number
    readonly version?: string
    readonly detail?: string
    readonly object?: boolean
  },
): Diagnostic {
  const say = (why: string, hint: string | null = null): Diagnostic =>
    error('E831', null, `${quote(file)} ${why}`, { hint })
  switch (p.kind) {
    case 'empty':
      return say('holds no numbers')
    case 'not-npy':
      return say('is no .npy file: it does not begin as one')
    case 'not-text':
      return say('is neither text nor a .npy file')
    case 'not-numbers':
      return say('holds arrays by names where one array is wanted', 'give the file without a name: --input FILE')
    case 'too-deep':
      return say('nests lists too deeply for an array')
    case 'too-large':
      return say(`has ${p.bytes} bytes; of text, ${p.limit} are read`, 'write the numbers as .npy')
    case 'npy-version':
      return say(`is a .npy file of version ${p.version}; versions 1 to 3 are read`)
    case 'npy-header':
      return say(
        p.detail === 'long' ? 'has a .npy header that is too long to be one' : 'has a .npy header that cannot be read',
      )
    case 'dtype':
      return p.object
        ? say('holds pickled Python objects, which are not read', 'write it from an array of numbers: a.astype(float)')
        : say(
            `has elements of the type ${quote(String(p.found))}, which are no real numbers`,
            'booleans, integers and floats of up to 8 bytes are read',
          )
    case 'size':
      return say(
        `has ${p.found} bytes where its header asks for ${p.expected}: it is ${Number(p.found) < Number(p.expected) ? 'cut off' : 'too long'}`,
      )
    case 'json':
      return say(`is not JSON: ${p.detail}`)
    case 'ragged':
      return say(`has ${p.found} numbers in row ${p.row}, and ${p.expected} in the rows before`)
    default:
      return say(`has ${quote(String(p.found))} in row ${p.row}, column ${p.column}, which is no number`)
  }
}
/** `why`: how many parts there would be. */
export function tooLargeFunction(why: string): Diagnostic {
  return error('E834', null, `a function is too large to be worked with: ${why}`, {
    hint: 'a net of several stages may say the same',
  })
}
export function outOfMemory(net: string, why: string): Diagnostic {
  return error('E832', null, `${quote(net)} is too large to be evaluated: ${why}`, {
    hint: 'smaller sizes, or fewer rows at a time',
  })
}
export function undefinedAt(node: string, row: number | null): Diagnostic {
  const where = row === null ? '' : ` in row ${row + 1}`
  return warning('W833', null, `${node} gives NaN${where}: the net is undefined there, or a number overflowed`)
}
export function heavyCertificate(): Diagnostic {
  return warning(
    'W834',
    null,
    '`netproof check` will not accept this certificate: it takes too much work for its length',
    {
      hint: 'each of its claims has been checked by itself: write a certificate for one claim at a time, by the names of its nets',
    },
  )
}
export function oneArray(file: string, outputs: readonly string[]): Diagnostic {
  return error('E831', null, `${quote(file)} holds one array, and there are the outputs ${outputs.join(', ')}`, {
    hint: `write one file for each: -o ${outputs[0]}=FILE`,
  })
}
export function unknownCode(code: string, suggestion: string | null): Diagnostic {
  return error('E809', null, `there is no diagnostic ${quote(code)}`, {
    hint: didYouMean(suggestion) ?? 'netproof explain lists all codes',
  })
}

// --- Showing ------------------------------------------------------------------------------------------------------

/** Line and column, from 1; columns count characters. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1
  let start = 0
  const ends = new RegExp(LINE_END, 'g')
  for (let end = ends.exec(text); end !== null && end.index < offset; end = ends.exec(text)) {
    line++
    start = ends.lastIndex
  }
  return { line, column: [...text.slice(start, Math.min(offset, start + 100_000))].length + 1 }
}

const LINE_END = /\r\n?|\n/
/** At most this many errors of a file are shown at a time. */
export const MOST_ERRORS = 20
/** What is said after as many errors as are shown. */
export const MORE_ERRORS = `no more than ${MOST_ERRORS} errors are shown at a time`

const WIDEST = 100

/** The line of a place with carets under it, cut around the place where it is long. */
function excerpt(text: string, span: Span, line: number): string[] {
  const start = Math.max(text.lastIndexOf('\n', span.start - 1), text.lastIndexOf('\r', span.start - 1)) + 1
  const length = text.slice(span.start).search(LINE_END)
  const end = length < 0 ? text.length : span.start + length
  const from = Math.max(start, Math.min(span.start - 40, end - WIDEST))
  const to = Math.min(end, from + WIDEST)
  const visible = (s: string): string => s.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]/gu, ' ')
  const before = (from > start ? '...' : '') + visible(text.slice(from, span.start))
  const marked = visible(text.slice(span.start, Math.min(span.end, to)))
  const after =
    visible(text.slice(Math.min(Math.max(span.end, span.start), to), to)).trimEnd() + (to < end ? '...' : '')
  const number = `${line} | `
  const gap = ' '.repeat(number.length + [...before].length)
  return [`${number}${before}${marked}${after}`, `${gap}${'^'.repeat(Math.max(1, [...marked].length))}`]
}

/**
 * A diagnostic as text of several lines: `file:line:column: error[E110]: message`, the line with carets, the hint, and
 * the places that have to do with it. `text` is the text of the file that the spans are about.
 */
export function renderDiagnostic(d: Diagnostic, text: string, options: { readonly color?: boolean } = {}): string {
  const paint = (code: number, s: string): string => (options.color ? `\u001b[${code}m${s}\u001b[0m` : s)
  const where = (span: Span): { line: number; head: string } => {
    const { line, column } = lineAndColumn(text, span.start)
    return { line, head: `${span.file}:${line}:${column}: ` }
  }
  const severity = paint(d.severity === 'error' ? 31 : 33, `${d.severity}[${d.code}]`)
  if (d.span === null)
    return [`${severity}: ${d.message}`, ...(d.hint === null ? [] : [`  hint: ${d.hint}`])].join('\n')
  const { line, head } = where(d.span)
  const lines = [`${paint(1, head)}${severity}: ${d.message}`]
  if (text !== '') lines.push(...excerpt(text, d.span, line).map(l => `  ${l}`))
  if (d.hint !== null) lines.push(`  hint: ${d.hint}`)
  for (const r of d.related) {
    // The text of another file is not at hand.
    if (r.span.file !== d.span.file) {
      lines.push(`  ${r.span.file}: ${r.message}`)
      continue
    }
    const place = where(r.span)
    lines.push(`  ${place.head}${r.message}`)
    lines.push(...excerpt(text, r.span, place.line).map(l => `    ${l}`))
  }
  return lines.join('\n')
}
