// From the statement of a net to its diagram.
import { cyclicWires, declaredTwice, noInput, noOutput, outputIsFunction, unusedWire } from '../diagnostic.ts'
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import { type NamedWire, NetBuilder } from './nets.ts'
import { OPERATIONS, type Scope, spanAt, unknown } from './scope.ts'
import type { StageCache } from './stages.ts'
import { isFunctionName } from './terms.ts'
import { type BlockNetForm, type Identifier, type NetTree, namesIn, type WireTree } from './tree.ts'

/** The diagram of a net, or null where it has an error. */
export function buildNet(scope: Scope, tree: NetTree, names: Diagram['names'], stages: StageCache): Diagram | null {
  const { form } = tree
  if (form.kind === 'chain') {
    const builder = new NetBuilder(scope, stages)
    const { output } = form
    if (scope.functions.has(output.name) || isFunctionName(output.name) || OPERATIONS.has(output.name)) {
      scope.report(outputIsFunction(spanAt(scope, 0, output), output.name))
      return null
    }
    const input = builder.input(form.input)
    const end = input === null ? null : builder.through(input, form.stages)
    return end === null
      ? null
      : (builder.finish(tree.name.name, [{ name: output.name, id: end }], names)?.diagram ?? null)
  }
  return buildBlock(scope, tree, form, stages, names)
}

/** A wire or an output of a block, and how far it has been worked out. */
interface Task extends NamedWire {
  readonly place: Identifier
  readonly value: WireTree
  readonly output: boolean
  state: 'new' | 'open' | 'done'
  id: NodeId | null
  isUsed: boolean
}

function buildBlock(
  scope: Scope,
  tree: NetTree,
  { items }: BlockNetForm,
  stages: StageCache,
  names: Diagram['names'],
): Diagram | null {
  const span = spanAt(scope, 0, tree.name)
  const [hasInput, hasOutput] = (['input', 'output'] as const).map(kind => items.some(i => i.kind === kind))
  if (!hasInput) scope.report(noInput(span, tree.name.name))
  if (!hasOutput) scope.report(noOutput(span, tree.name.name))
  if (!hasInput || !hasOutput) return null
  // What names mean: inputs, where they are declared, and wires and outputs.
  const inputs = new Map<string, Identifier>()
  const wires = new Map<string, Task>()
  const builder = new NetBuilder(scope, stages, wires)
  let sound = true
  for (const item of items) {
    if (item.kind === 'input') for (const input of item.inputs) if (builder.input(input) === null) sound = false
  }
  // Wires and outputs may be written in any order: each is worked out after those that it names.
  const tasks: Task[] = []
  const outputs: { readonly name: Identifier; readonly task: Task | null }[] = []
  const firstPlace = (name: string): Identifier | undefined => inputs.get(name) ?? wires.get(name)?.place
  const declare = (task: Task): boolean => {
    const { place } = task
    const old = firstPlace(place.name)
    if (old === undefined) wires.set(place.name, task)
    else scope.report(declaredTwice(spanAt(scope, 0, place), place.name, spanAt(scope, 0, old)))
    return old === undefined
  }
  for (const item of items) if (item.kind === 'input') for (const i of item.inputs) inputs.set(i.name.name, i.name)
  for (const item of items) {
    if (item.kind === 'input') continue
    const parts = item.kind === 'wire' ? [{ name: item.name, value: item.value }] : item.outputs
    for (const part of parts) {
      if (part.value === null) {
        outputs.push({ name: part.name, task: null })
        continue
      }
      const { name: place, value } = part
      const task: Task = { place, value, output: item.kind === 'output', state: 'new', id: null, isUsed: false }
      // An output may have the name of an input, which then still means the input.
      const isInput = item.kind === 'output' && inputs.has(part.name.name)
      if (!isInput && !declare(task)) sound = false
      tasks.push(task)
      if (item.kind === 'output') outputs.push({ name: part.name, task })
    }
  }
  for (const task of tasks) {
    const stack = [task]
    while (stack.length > 0) {
      const top = stack[stack.length - 1]
      if (top.state === 'done') {
        stack.pop()
        continue
      }
      const wanted: Task[] = []
      if (top.state === 'new') {
        top.state = 'open'
        for (const piece of [top.value.first, ...top.value.stages]) {
          namesIn(piece.tree, n => {
            const other = wires.get(n)
            if (other === undefined) return
            other.isUsed = true
            if (other.state !== 'done') wanted.push(other)
          })
        }
        const open = wanted.find(w => w.state === 'open')
        if (open !== undefined) {
          const cycle = stack.slice(stack.indexOf(open)).map(t => t.place.name)
          scope.report(cyclicWires(spanAt(scope, 0, open.place), cycle))
          return null
        }
        // The first wanted one is worked out first.
        for (const w of wanted.toReversed()) stack.push(w)
        if (wanted.length > 0) continue
      }
      stack.pop()
      top.state = 'done'
      top.id = builder.wire(top.value)
      if (top.id !== null) continue
      builder.failed.add(top.place.name)
      sound = false
    }
  }
  const ports: { name: string; id: NodeId }[] = []
  for (const { name, task } of outputs) {
    const id = task === null ? builder.wireNamed(name.name) : task.id
    const other = task === null ? wires.get(name.name) : undefined
    if (other !== undefined) other.isUsed = true
    const twice = ports.some(p => p.name === name.name)
    // Two wires of one name were reported above.
    if (twice && task === null) {
      scope.report(declaredTwice(spanAt(scope, 0, name), name.name, spanAt(scope, 0, firstPlace(name.name) ?? name)))
    } else if (id !== null && !twice) ports.push({ name: name.name, id })
    else if (task === null && id === null && !builder.failed.has(name.name)) {
      unknown(scope, spanAt(scope, 0, name), 'wire', name.name, [...inputs.keys(), ...wires.keys()])
    }
    if (twice || id === null) sound = false
  }
  if (!sound) return null
  for (const t of tasks) if (!t.output && !t.isUsed) scope.report(unusedWire(spanAt(scope, 0, t.place), t.place.name))
  const finished = builder.finish(tree.name.name, ports, names)
  if (finished === null) return null
  const there = new Map<string, NodeId>()
  for (const { output, id, place } of tasks) {
    const at = output || id === null ? undefined : finished.to(id)
    if (at !== undefined) there.set(place.name, at)
  }
  return there.size === 0 ? finished.diagram : { ...finished.diagram, wires: there }
}
