// Nets in which a wire has no value for any input: whatever stands behind it, they are read and judged, and never proved equal.
import { expect, test } from 'vitest'
import { parse } from '../../src/load.ts'
import { prove } from '../../src/prove/prove.ts'
import { builtin } from '../../src/rewrite/builtin.ts'

const STAGES = [
  'add[W]',
  'add[V]',
  'add[ones(m, n)]',
  'add[[[1, 2], [0, -1]]]',
  'add[zero(m, n)]',
  'add[diag(b)]',
  'add[transpose(W)]',
  'mul[W]',
  'mul[V]',
  'mix[exp, W]',
  'maxpool[2]',
  'softmax',
  'logsoftmax',
  'relu -> add[V]',
]

test.each(STAGES.flatMap(stage => ['n', '2'].map(width => [stage, width])))(
  '%s behind no value, %s wide',
  async (stage, width) => {
    const sizes = width === 'n' ? 'size m, n' : ''
    const text = `${sizes}
    weights W : ${width} x ${width}
    weights V : ${width} x ${width} in [0, inf)
    weights b : ${width}
    net left { x : ${stage.startsWith('maxpool') ? `2*${width}` : width} in (0, inf) -> scale[-1] -> ln -> ${stage} -> y }
    net right { x : ${stage.startsWith('maxpool') ? `2*${width}` : width} in (0, inf) -> scale[-1] -> ln -> ${stage} -> shift[1] -> y }`.replaceAll(
      '(m, n)',
      `(${width}, ${width})`,
    )
    const { nets, diagnostics } = parse(stage.startsWith('add[[[') ? text.replaceAll(': n', ': 2') : text)
    expect(diagnostics.filter(d => d.severity === 'error')).toEqual([])
    const verdict = await prove(nets.left, nets.right, {
      rules: builtin(),
      budget: { seconds: 1, search: 0, samples: 50 },
    })
    expect(verdict.kind).not.toBe('proved')
  },
)
