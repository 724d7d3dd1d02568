// What each diagnostic means, for `netproof explain`: one entry a code. An example is a text that gives that diagnostic.

export interface Explanation {
  readonly title: string
  readonly text: string
  /** null where no short text of a file can show it. */
  readonly example: string | null
}

export const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  E001: {
    title: 'the file is not text',
    text: 'A file is read as UTF-8. This one holds bytes that are no UTF-8, or a NUL character, as pictures and archives do.',
    example: null,
  },
  E002: {
    title: 'the file has no statements',
    text: 'The file is empty, or holds nothing but comments.',
    example: '// nothing yet\n',
  },
  E101: {
    title: 'a character that means nothing',
    text: "Names are made of letters (of any alphabet), digits, _ and ' and begin with a letter or _. The signs are ( ) [ ] { } , : = | + - * / ^ . ? < > and -> == ==> != <= >= .. and nothing else.",
    example: 'net a { x : 3 → exp -> y }\n',
  },
  E102: {
    title: 'a text in quotes that is not closed',
    text: 'The title of a rule stands in double quotes on one line.',
    example: 'rule r "function composition { function f, g   f -> g ==> g . f }\n',
  },
  E103: {
    title: 'a comment that is not closed',
    text: 'A comment is either // to the end of the line, or stands between /* and */.',
    example: 'net a { x : 3 -> exp -> y } /* the exponential\n',
  },
  E104: {
    title: 'a number or name that is too long',
    text: 'Numbers are exact rationals, so that 1e999999999 would be a number of a billion digits. Up to 2000 characters and exponents up to 5000 are read; names have up to 2000 characters, too.',
    example: 'function f(t) = 1e999999999 * t\n',
  },
  E105: {
    title: 'a closing bracket without an opening one',
    text: 'Brackets come in pairs of one kind: ( ), [ ] and { }.',
    example: 'net a { x : 3 -> add[identity(3))] -> y }\n',
  },
  E106: {
    title: 'a bracket that is never closed',
    text: 'The bracket is still open where the statement ends: at the next keyword net, prove or the like, or at the end of the file.',
    example: 'net a { x : 3 -> exp -> y\nnet b { x : 3 -> exp -> y }\n',
  },
  E107: {
    title: 'brackets nested too deep',
    text: 'More than 200 brackets stand within each other. Give names to inner parts: functions, or wires of a net.',
    example: null,
  },
  E108: {
    title: 'a part that is too long',
    text: 'A single term without sums and lists in it has more words and signs than are read at once. Give names to its parts.',
    example: null,
  },
  E110: {
    title: 'something else was expected',
    text: 'The text does not follow the grammar (grammar/net.ohm). The message names what could stand at this place.',
    example: 'net a { x : 3 -> exp -> y }\nprove a = a\n',
  },
  E111: {
    title: 'no statement begins like this',
    text: 'A file is a list of statements, each of which begins with size, weights, function, net, prove or rule.',
    example: 'wieghts W : 3 x 3\n',
  },
  E201: {
    title: 'a name that is not declared',
    text: 'Functions, weights and sizes must be declared somewhere in the file (before or after their use), wires in their net, the variables of a rule in the rule.',
    example: 'net a { x : 3 -> sigmod -> y }\n',
  },
  E202: {
    title: 'a name declared twice',
    text: 'Functions, weights and sizes share one name space; nets and rules have one each, and so has every net for its wires.',
    example: 'weights W : 3 x 3\nfunction W(t) = t\n',
  },
  E203: {
    title: 'the name of an operation',
    text: 'The names of the operations (add, mul, mix, pow, inverse, ...) cannot be given to functions.',
    example: 'function add(t) = t + 1\n',
  },
  W204: {
    title: 'a known function is hidden',
    text: 'The file declares a function of the name of one that the language knows. In this file the name then means the declared one.',
    example: 'function relu(t) = max(t, 1)\n',
  },
  E205: {
    title: 'a name of the wrong kind',
    text: 'A weight stands where a function is needed, a matrix where a vector or a wire is needed, and the like.',
    example: 'weights W : 3 x 3\nnet a { x : 3 -> W -> y }\n',
  },
  E301: {
    title: 'the wrong number of arguments or parameters',
    text: 'Arguments stand in round brackets, the parameters of an operation in square ones: log[10], add[W, b], lrelu(t, 0.1).',
    example: 'function f(t) = exp(t, 2)\n',
  },
  E302: {
    title: 'a function that is defined by itself',
    text: 'A definition is an abbreviation, so it may not lead back to its own name. A function about which only some facts are known can be declared as unknown: function f : R -> R increasing.',
    example: 'function f(t) = g(t) + 1\nfunction g(t) = f(t) - 1\n',
  },
  E303: {
    title: 'a function without a known inverse',
    text: 'mix[f, W] and inverse(f) need the inverse of f. It is known for exp, ln, sinh, asinh, tanh, atanh, sigmoid, softplus, odd powers, scale and shift, for compositions of these, and for functions declared with `inverse`.',
    example: 'net a { x : 3 -> mix[abs, identity(3)] -> y }\n',
  },
  E304: {
    title: 'a number is needed',
    text: 'The parameter of an operation, or the factor of a matrix, is a number: made of numbers, pi, e and functions, without wires and weights.',
    example: 'net a { x : 3 -> pow[p] -> y }\n',
  },
  E305: {
    title: 'something that cannot stand here',
    text: 'A list, a chain, a matrix or a number stands in a place for something else.',
    example: 'function f(t) = [t, 1]\n',
  },
  E306: {
    title: 'a declaration that no function satisfies',
    text: 'What is declared contradicts itself (both increasing and even, a bijection of R onto two points), or says too much. Claims about such a function would hold for nothing, and so are not made.',
    example: 'function f : (0, inf) -> R odd\n',
  },
  E307: {
    title: 'a rational number is needed',
    text: 'The ends of intervals and the entries of matrices are exact rational numbers: whole numbers, decimals and fractions.',
    example: 'weights C = [[1, pi], [0, 1]]\n',
  },
  E308: {
    title: 'an empty set',
    text: 'A domain, codomain or set of entries has no element. A claim about an input from it would hold for any two nets, and prove nothing.',
    example: 'net a { x : 3 in (1, 0) -> exp -> y }\n',
  },
  E401: {
    title: 'widths that do not fit',
    text: 'add[W] and mul[W] take a wire as wide as W has columns and give one as wide as W has rows; wires in one formula are of one width. The message names both places.',
    example: 'weights A : 4 x 3\nnet a { x : 3 -> add[A] -> add[A] -> y }\n',
  },
  E402: {
    title: 'a size that nothing fixes',
    text: 'An input may leave its size open where the operations on it fix it. Here they do not: any width would do. Write the width, or an unknown size, for which the claim then holds whatever it is.',
    example: 'net a { x -> exp -> y }\n',
  },
  E403: {
    title: 'not a size',
    text: 'A size is a whole number from 1 on, a name declared with `size`, or a sum of whole multiples of these that is at least 1 for all values of the names.',
    example: 'weights W : 2.5 x 3\n',
  },
  E404: {
    title: 'a matrix with rows of different lengths',
    text: 'A matrix is written by rows, all of which have the same number of entries.',
    example: 'weights C = [[1, 2], [3]]\n',
  },
  E405: {
    title: 'groups that do not divide a wire',
    text: 'maxpool[k] and minpool[k] take groups of k neighbours, so k must divide the width of the wire, for every value of its unknown sizes.',
    example: 'net a { x : 5 -> maxpool[2] -> y }\n',
  },
  E406: {
    title: 'a slice outside the wire',
    text: 'w[a..b] takes the components from a (the first is 0) up to but not including b. It must have at least one component, and lie within the wire for every value of its unknown sizes.',
    example: 'net a { input x : 3   output y = x[1..5] }\n',
  },
  E501: {
    title: 'a net without an output',
    text: 'A net says with `output y = ...` what comes out of it; a chain ends with the name of its output.',
    example: 'net a { input x : 3   h = x -> exp }\n',
  },
  E502: {
    title: 'a net without an input',
    text: 'A net says with `input x : 3` what goes into it; a chain begins with the name of its input.',
    example: 'net a { output y = 1 }\n',
  },
  E503: {
    title: 'a wire that depends on itself',
    text: 'Wires flow one way. Their definitions may be written in any order, but none may lead back to its own name.',
    example: 'net a { input x : 3   h = x + k   k = exp(h)   output y = k }\n',
  },
  E504: {
    title: 'a chain that ends with a function',
    text: 'The last name of a chain names its output. Where a function stands there, the name was probably forgotten.',
    example: 'net a { x : 3 -> ln -> exp }\n',
  },
  W505: {
    title: 'a wire that is not used',
    text: 'No output depends on this wire. It is left out of the net, so that what it computes, and where that is defined, plays no role.',
    example: 'net a { input x : 3   h = ln(x)   output y = exp(x) }\n',
  },
  W506: {
    title: 'an operation that has no value',
    text: 'A division by the number 0, the logarithm of a number that is not positive and the like are undefined for every input. A net in which such an operation is on the way to an output is defined nowhere, and no claim about it can be proved.',
    example: 'net a { input x : 3   output y = x / 0 }\n',
  },
  E601: {
    title: 'nets whose inputs or outputs do not match',
    text: 'Two nets can be equal only if they take and give wires of the same shapes. Inputs and outputs are matched by name where the names are the same, else by position; `with` says how differing ones are related.',
    example: 'net a { x : 3 -> exp -> y }\nnet b { x : 4 -> exp -> y }\nprove a == b\n',
  },
  E602: {
    title: 'nets on different domains',
    text: 'A claim is about one domain: the sets that the inputs declare with `in`. Where only one of the nets declares a set, the claim is about that; where both do, the sets must be the same.',
    example: 'net a { x : 3 in (0, inf) -> ln -> y }\nnet b { x : 3 in [1, 2] -> ln -> y }\nprove a == b\n',
  },
  E603: {
    title: 'an equation that does not relate the nets',
    text: "After `with`, each equation says an input of one net by inputs of the other, or an output of one by outputs of the other: with x = exp(x'), y = exp(y').",
    example: 'net a { x : 3 -> exp -> y }\nnet b { u : 3 -> exp -> v }\nprove a == b with x = exp(v)\n',
  },
  E701: {
    title: 'a variable on the right side of a rule only',
    text: 'The left side of a rule is matched against a net, which gives its variables their values. A variable that stands on the right side only has none.',
    example: 'rule r { weights V, W : n x n   mul[V] ==> mul[W] }\n',
  },
  E702: {
    title: 'a condition about nothing',
    text: 'The condition of a rule names something that does not occur on its left side.',
    example: 'rule r { function f, g   f -> f ==> f   when g increasing }\n',
  },
  E703: {
    title: 'a rule for every wire',
    text: 'The left side of the rule is a plain wire. It would apply everywhere, and never end.',
    example: 'rule r { id ==> exp -> ln }\n',
  },
  E704: {
    title: 'a rule that the engine cannot run',
    text: 'Rules say which stages or formulas become which others. The message names what in this rule goes beyond that.',
    example: null,
  },
  W705: {
    title: 'a rule that is not used',
    text: 'A rule of a file is used once it is proved from the built-in ones. This one could not be. With --assume it is used all the same, and every proof that needs it says so.',
    example: null,
  },
  E706: {
    title: 'no rule of this name',
    text: '--assume names a rule that the file does not have.',
    example: null,
  },
  W707: {
    title: 'a rule that only derivations and strategies use',
    text: 'A rule with == is used by the search, in both directions. The search takes a part of a net, `net N : m -> n`, for the wire at its end, whatever is before that. Where a rule has the part on another wire on its right side, or says something of a wire that is only before it, that is not enough. With ==> the rule is used from left to right when nets are normalized; a derivation or a strategy can apply it either way.',
    example: null,
  },
  E708: {
    title: 'conditions that contradict each other',
    text: 'No values of the variables of the rule fulfil all of its conditions and declarations. Such a rule could never be used, and would be true whatever its sides are.',
    example: 'rule r { real c in (0, inf)   scale[c] -> abs ==> abs   when c in (-inf, 0) }\n',
  },
  E720: {
    title: 'a rule from which nothing can be derived',
    text: 'A derivation writes its source out as an equation of two nets with unknowns. A rule about every function that has an inverse, or about groups of any size, is no such equation before its variables have values: begin with `substitute`.',
    example: 'derive d from inverse { attach tanh after }\n',
  },
  E721: {
    title: 'a rule that is derived from itself',
    text: 'A derivation needs the rules that it starts from and applies. They cannot need it in turn.',
    example: 'derive a from b { reverse }\nderive b from a { reverse }\n',
  },
  E722: {
    title: 'a rule that does not apply',
    text: 'A derivation or a strategy applies a rule where it does not fit. The message names the first thing that does not: another kind of stage, another function or matrix, other sizes, or a condition with what was found and what is needed.',
    example: 'derive d from companion { apply relu-nonnegative at left }\n',
  },
  E723: {
    title: 'a rule that goes one way',
    text: 'To be read from right to left, a rule needs a right side that can be matched: without computed matrices and functions, with every variable that the left side has.',
    example: 'derive d from companion { apply additive-product reversed at right }\n',
  },
  E724: {
    title: 'a derivation that gives something else',
    text: '`gives` states the result of a derivation, both sides as they then are. It has to be the last step, the same nets as were found, and for no larger set of inputs.',
    example: 'derive d from companion { attach relu after   gives exp -> mul[W] -> ln == add[W] }\n',
  },
  E725: {
    title: 'a result that has to be stated',
    text: 'A derived rule whose sides are chains is printed from the nets that were found. Other results are stated with `gives`.',
    example: 'derive d from softmax { attach relu after }\n',
  },
  E726: {
    title: 'something attached that does not fit',
    text: 'What is attached has to be defined for the inputs that are declared, to give values in the set and of the width that the rule wants, and to take those that it gives.',
    example: 'derive d from multiplicative-additive { attach tanh before }\n',
  },
  E727: {
    title: 'a replacement that does not fit',
    text: 'What stands for an unknown has to be as the unknown is declared: of its size, with its entries, with its domain, codomain and properties.',
    example: 'derive d from companion { substitute W = [[1, 2]] }\n',
  },
  E728: {
    title: 'a strategy without an end',
    text: 'A repetition says how often it may happen at most, and no strategy runs itself.',
    example: 'strategy s { repeat apply inverse }\nderive d from companion { run s at left }\n',
  },
  E729: {
    title: 'rules that do not come to an end',
    text: 'The number of steps is limited, and the limit was reached: rules may undo one another.',
    example: null,
  },
  E730: {
    title: 'a file that cannot be used',
    text: '`use` names a file beside or below the one that it stands in, by a path with single slashes. In the library, `parse` is given a way to read files.',
    example: 'use "../laws.net"\n',
  },
  E731: {
    title: 'files that use each other',
    text: 'What a file uses cannot use it in turn.',
    example: null,
  },
  E732: {
    title: 'a used file with errors',
    text: 'Nothing is taken from a file with errors; names that it would declare are not reported as unknown.',
    example: null,
  },
  E733: {
    title: 'too many files',
    text: 'At most 100 files may use each other.',
    example: null,
  },
  E734: {
    title: 'a strategy with a rule that is not proved',
    text: 'The rules that a strategy applies have to be proved, or assumed by name.',
    example: null,
  },
  E735: {
    title: 'a measure that does not grow with the net',
    text: 'A measure shows that rules come to an end: each step makes it less. For that a stage has to weigh more where the wires that enter it do.',
    example: 'measure m { relu = 1/2*x }\n',
  },
  E801: {
    title: 'a file that cannot be read or written',
    text: 'The operating system refuses: the file is not there, or not yours. Or it is none: a folder, a device, a pipe to which nobody writes, or a file that is larger than any that netproof reads (64 MB of text, 160 MB of a certificate).',
    example: null,
  },
  E802: {
    title: 'nothing to prove',
    text: 'The file has no `prove` statement, and no two nets were named; or it has no rules to examine.',
    example: null,
  },
  E803: {
    title: 'one net to compare',
    text: 'A comparison needs two nets: netproof prove FILE LEFT RIGHT.',
    example: null,
  },
  E804: {
    title: 'nets that cannot be compared',
    text: 'The two nets that were named differ in number, shape or domain of their inputs or outputs.',
    example: null,
  },
  W805: {
    title: 'an unexpected verdict',
    text: 'The claim states a verdict with `expect`, and another one was reached.',
    example: null,
  },
  E806: {
    title: 'an empty domain',
    text: 'No value of an input satisfies what is declared. A claim about nothing would hold for any two nets, so none is made.',
    example: null,
  },
  E807: {
    title: 'an unknown format',
    text: 'The ending of a file name says in which format it is written.',
    example: null,
  },
  E808: {
    title: 'a bad argument',
    text: 'The value of an option on the command line is not of the kind that it needs.',
    example: null,
  },
  E809: {
    title: 'no such code',
    text: 'netproof explain without a code lists all codes.',
    example: null,
  },
  E810: {
    title: 'a net that cannot be evaluated',
    text: 'Numbers are missing, or are of the wrong number: every input and every unknown weight needs a value.',
    example: null,
  },
  E811: {
    title: 'an unknown theme',
    text: 'A theme is one of those that come with netproof, post, print and dark, or a JSON file: netproof draw FILE -o F --theme mine.json.',
    example: null,
  },
  E812: {
    title: 'a theme that cannot be read',
    text: 'A theme is a JSON object such as { "base": "print", "multiplicative": "#7a1fa2", "multiplicativeDash": "6 4" }. docs/pictures.md lists the entries.',
    example: null,
  },
  E814: {
    title: 'nothing to draw',
    text: 'The file has no nets, no rules that are equations of nets, and no claims.',
    example: null,
  },
  E815: {
    title: 'a rule without a picture',
    text: 'Some rules are no equation of two nets before their variables have values: rules on functions of any number of wires, or on groups of any size. What is derived from them by substitution can be drawn.',
    example: null,
  },
  E816: {
    title: 'a picture of too many nodes',
    text: 'A picture of hundreds of thousands of nodes would be larger than what programs open, and take more memory than there is. Of a derivation, the nodes of both nets count. A part of the net can be drawn as a net of its own.',
    example: null,
  },
  W813: {
    title: 'a theme that is hard to read',
    text: 'The contrast of two colours, by the formula of WCAG 2.2, goes from 1 (the same) to 21 (black on white). Writing needs 4.5, lines need 3.',
    example: null,
  },
  E821: {
    title: 'a function of several arguments in a plot',
    text: 'A plot shows functions of one argument. Numbers for all arguments but one make such a function: netproof plot FILE "lrelu(x, 0.1)" -o lrelu.svg.',
    example: null,
  },
  E822: {
    title: 'an unknown function in a plot',
    text: 'A function that is only declared stands for many functions, so it has no values. A formula for it, or --seed, which makes up one that is as declared, gives it some: netproof plot FILE sigma --function "sigma=t/(1+t)" -o sigma.svg.',
    example: null,
  },
  E823: {
    title: 'a function that is defined nowhere',
    text: 'It is shown that the function has no value at any number of the set that it is to be plotted on.',
    example: null,
  },
  E831: {
    title: 'a file of numbers that cannot be read',
    text: 'Numbers are read from .npy files (versions 1 to 3; booleans, integers and floats of up to 8 bytes, in either byte order, in C or Fortran order), from JSON (lists of lists of one length, or an object of such by name) and from tables of text (CSV, or with semicolons, tabs or blanks). A file has to have the size that its header says. Pickled objects are never read.',
    example: null,
  },
  E832: {
    title: 'a net that needs too much memory',
    text: 'What the arrays of an evaluation need is known before any of them is made, and is more than may be used.',
    example: null,
  },
  E834: {
    title: 'a function too large to be worked with',
    text: 'Definitions are put in where functions are worked with, and sums of very many terms are functions with as many parts. Beyond a fixed number of parts there is no answer. `netproof prove` then says UNDECIDED.',
    example: null,
  },
  W833: {
    title: 'an output that is no number',
    text: 'Something on the way to the output is undefined at this input, as ln(0) is, or a number was too large for a double. `netproof eval --bound` says which of the two.',
    example: null,
  },
  W834: {
    title: 'a certificate that takes too much work to check',
    text: 'Checking is bounded by the length of the certificate, so that nobody can keep the checker busy. The counterexamples of many large nets together may need more than that, although each by itself does not.',
    example: null,
  },
}
