// Nets in words, for those who cannot see the picture: a chain as one thing after the other, other nets node by node.
import { type Diagram, isOpenEnd, type Node } from '../diagram/diagram.ts'
import type { Linear } from '../linear/linear.ts'
import type { Shape } from '../linear/size.ts'
import { cutText, labelText } from './label.ts'
import { functionLabel, operatorLabel, operatorOf, sizeText } from './notation.ts'

/** So many nodes are named; a longer description helps nobody. */
const MAX_SAID = 40

/** Operations on several wires, as nouns. */
const OPERATIONS: Readonly<Record<string, string>> = {
  '+': 'sum',
  '-': 'difference',
  '*': 'product',
  '/': 'quotient',
  '^': 'power',
  max: 'maximum',
  min: 'minimum',
}

/** `input x of 3 components, then additive layer W, then output y of 2 components`. Names are cut where they are long. */
export function describeNet(diagram: Diagram): string {
  const { nodes } = diagram
  if (nodes.length === 0) return 'a net with nothing in it'
  const said = nodes.slice(0, MAX_SAID)
  const rest = nodes.length - said.length
  const more = rest > 0 ? [`and ${rest} more ${rest === 1 ? 'node' : 'nodes'}`] : []
  const isChain = nodes.every((n, i) =>
    i === 0 ? n.args.length === 0 : n.args.length === 1 && n.args[0] === nodes[i - 1].id,
  )
  if (isChain) return [...said.map(n => wordsOf(n, diagram)), ...more].join(', then ').replace('then and', 'and')
  return [
    ...said.map(n => {
      const reads = n.args.slice(0, MAX_SAID).map(a => `n${a}`)
      if (n.args.length > MAX_SAID) reads.push('others')
      return `n${n.id} is ${wordsOf(n, diagram)}${reads.length === 0 ? '' : ` of ${listed(reads)}`}`
    }),
    ...more,
  ].join('; ')
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`
}

function componentsText(shape: Shape): string {
  const text = shape.map(sizeText).join(' by ')
  return text === '1' || text === '' ? '1 component' : `${text} components`
}

function wordsOf(node: Node, { names }: Diagram): string {
  const operator = (a: Linear): string => cut(labelText(operatorLabel(a)))
  const biased = (bias: Linear | null): string => (bias === null ? '' : ` with bias ${operator(bias)}`)
  switch (node.kind) {
    case 'input':
    case 'output': {
      const name = isOpenEnd(node.name) ? `open ${node.kind}` : `${node.kind} ${cut(node.name)}`
      return `${name} of ${componentsText(node.shape)}`
    }
    case 'constant':
      return `constant ${operator(node.value)}`
    case 'pointwise': {
      const operation = operatorOf(node.fn)
      if (operation !== null && node.args.length > 1) return OPERATIONS[operation] ?? operation
      const name = labelText(functionLabel(node.fn, names))
      return name === 'id' ? 'a wire' : `function ${cut(name)}`
    }
    case 'additive':
      return node.operators.length === 1
        ? `additive layer ${operator(node.operators[0])}${biased(node.bias)}`
        : `sum of additive layers ${cut(listed(node.operators.slice(0, MAX_SAID).map(operator)))}${biased(node.bias)}`
    case 'multiplicative':
      return `multiplicative layer ${operator(node.operator)}${biased(node.bias)}`
    case 'join':
      return 'join'
    case 'slice':
      return `slice from ${sizeText(node.start)} to ${sizeText(node.end)}`
    case 'reduce':
      return `${node.operation === 'max' ? 'maximum' : 'minimum'} in groups of ${node.group}`
    case 'mix':
      return `mixing layer ${operator(node.operator)} by ${cut(labelText(functionLabel(node.fn, names)))}`
    case 'softmax':
    case 'logsoftmax':
      return node.kind
  }
}

function cut(text: string): string {
  return cutText(text, 80)
}
