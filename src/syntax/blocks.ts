// From the statement of a net to its diagram.
import { cyclicWires, declaredTwice, noInput, noOutput, outputIsFunction, unusedWire } from '../diagnostic.ts'
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import { NetBuilder } from './nets.ts'
import { OPERATIONS, type Scope, spanAt, unknown } from './scope.ts'
import type { StageCache } from './stages.ts'
import { isFunctionName } from './terms.ts'
import { type Identifier, type NetTree, namesIn, type WireTree } from './tree.ts'

/** The diagram of a net, or null where it has an error. */
export function buildNet(scope: Scope, tree: NetTree, names: Diagram['names'], stages: StageCache): Diagram | null {
  const builder = new NetBuilder(scope, stages)
  const { form } = tree
  if (form.kind === 'chain') {
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
  return buildBlock(scope, tree, builder, names)
}

function buildBlock(scope: Scope, tree: NetTree, builder: NetBuilder, names: Diagram['names']): Diagram | null {
  if (tree.form.kind !== 'block') return null
  const { items } = tree.form
  const span = spanAt(scope, 0, tree.name)
  const [hasInput, hasOutput] = (['input', 'output'] as const).map(kind => items.some(i => i.kind === kind))
  if (!hasInput) scope.report(noInput(span, tree.name.name))
  if (!hasOutput) scope.report(noOutput(span, tree.name.name))
  if (!hasInput || !hasOutput) return null
  let sound = true
  for (const item of items) {
    if (item.kind === 'input') for (const input of item.inputs) if (builder.input(input) === null) sound = false
  }
  // Wires and outputs may be written in any order: each is worked out after those that it names.
  interface Task {
    readonly name: Identifier
    readonly value: WireTree
    readonly output: boolean
    state: 'new' | 'open' | 'done'
    id: NodeId | null
  }
  const tasks: Task[] = []
  const wires = new Map<string, Task>()
  const outputs: { readonly name: Identifier; readonly task: Task | null }[] = []
  const firstPlace = new Map<string, Identifier>()
  const declare = (name: Identifier): boolean => {
    const old = firstPlace.get(name.name)
    if (old !== undefined) {
      scope.report(declaredTwice(spanAt(scope, 0, name), name.name, spanAt(scope, 0, old)))
      return false
    }
    firstPlace.set(name.name, name)
    return true
  }
  for (const item of items) if (item.kind === 'input') for (const i of item.inputs) firstPlace.set(i.name.name, i.name)
  const inputs = new Set(firstPlace.keys())
  for (const item of items) {
    if (item.kind === 'input') continue
    const parts = item.kind === 'wire' ? [{ name: item.name, value: item.value }] : item.outputs
    for (const part of parts) {
      if (part.value === null) {
        outputs.push({ name: part.name, task: null })
        continue
      }
      const task: Task = { name: part.name, value: part.value, output: item.kind === 'output', state: 'new', id: null }
      // An output may have the name of an input, which then still means the input.
      const isInput = item.kind === 'output' && inputs.has(part.name.name)
      if (!isInput && !declare(part.name)) sound = false
      else if (!isInput) wires.set(part.name.name, task)
      tasks.push(task)
      if (item.kind === 'output') outputs.push({ name: part.name, task })
    }
  }
  const used = new Set<string>()
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
            used.add(n)
            const other = wires.get(n)
            if (other !== undefined && other.state !== 'done') wanted.push(other)
          })
        }
        const open = wanted.find(w => w.state === 'open')
        if (open !== undefined) {
          const cycle = stack.slice(stack.indexOf(open)).map(t => t.name.name)
          scope.report(cyclicWires(spanAt(scope, 0, open.name), cycle))
          return null
        }
        // The first wanted one is worked out first.
        for (const w of wanted.toReversed()) stack.push(w)
        if (wanted.length > 0) continue
      }
      stack.pop()
      top.state = 'done'
      const id = builder.wire(top.value)
      top.id = id
      if (id === null) builder.failed.add(top.name.name)
      const named =
        id !== null && (wires.get(top.name.name) !== top || builder.name(top.name.name, id, spanAt(scope, 0, top.name)))
      if (!named) sound = false
    }
  }
  const ports: { name: string; id: NodeId }[] = []
  for (const { name, task } of outputs) {
    const id = task === null ? builder.wireNamed(name.name) : task.id
    if (task === null) used.add(name.name)
    const twice = ports.some(p => p.name === name.name)
    // Two wires of one name were reported above.
    if (twice && task === null) {
      scope.report(
        declaredTwice(spanAt(scope, 0, name), name.name, spanAt(scope, 0, firstPlace.get(name.name) ?? name)),
      )
    } else if (id !== null && !twice) ports.push({ name: name.name, id })
    else if (task === null && id === null && !builder.failed.has(name.name)) {
      unknown(scope, spanAt(scope, 0, name), 'wire', name.name, firstPlace.keys())
    }
    if (twice || id === null) sound = false
  }
  if (!sound) return null
  for (const t of tasks)
    if (!t.output && !used.has(t.name.name)) scope.report(unusedWire(spanAt(scope, 0, t.name), t.name.name))
  const finished = builder.finish(tree.name.name, ports, names)
  if (finished === null) return null
  const named = tasks.flatMap(t => (t.output || t.id === null ? [] : [[t.name.name, finished.to(t.id)] as const]))
  const there = new Map(named.filter(([, id]) => id !== undefined))
  return there.size === 0 ? finished.diagram : { ...finished.diagram, wires: there }
}
