// A chain of layers relu(W x + b) as an ONNX model, in the wire format of protocol buffers: just what the peers need.

function varint(n) {
  const bytes = []
  for (let rest = BigInt(n); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)]
    bytes.push(Number(rest & 127n) | 128)
  }
}
const whole = (field, n) => [Buffer.from([...varint(field << 3), ...varint(n)])]
const block = (field, ...parts) => {
  const body = Buffer.concat(parts.flat(Number.POSITIVE_INFINITY))
  return [Buffer.from([...varint((field << 3) | 2), ...varint(body.length)]), body]
}
const text = (field, s) => block(field, Buffer.from(s))

const ELEMENT = { float32: 1, float64: 11 }

function tensor(precision, name, shape, data) {
  const array = precision === 'float32' ? Float32Array.from(data) : Float64Array.from(data)
  return block(
    5,
    shape.map(n => whole(1, n)),
    whole(2, ELEMENT[precision]),
    text(8, name),
    block(9, Buffer.from(array.buffer)),
  )
}
function port(field, precision, name, shape) {
  const dimensions = shape.map(n => block(1, whole(1, n)))
  return block(field, text(1, name), block(2, block(1, whole(1, ELEMENT[precision]), block(2, dimensions))))
}
function node(type, inputs, output, attributes = []) {
  return block(
    1,
    inputs.map(name => text(1, name)),
    text(2, output),
    text(4, type),
    attributes,
  )
}
/** An attribute that is a whole number (type 2). */
const attribute = (name, value) => block(5, text(1, name), whole(3, value), whole(20, 2))

/** The bytes of the model; `layers` are { rows, columns, weights, bias } with row-major weights. */
export function onnxModel(precision, batch, layers) {
  const parts = []
  let from = 'x'
  layers.forEach(({ rows, columns, weights, bias }, i) => {
    const isLast = i === layers.length - 1
    const sum = isLast ? 'y' : `s${i}`
    parts.push(tensor(precision, `W${i}`, [rows, columns], weights), tensor(precision, `b${i}`, [rows], bias))
    parts.push(node('Gemm', [from, `W${i}`, `b${i}`], sum, attribute('transB', 1)))
    if (!isLast) parts.push(node('Relu', [sum], `h${i}`))
    from = `h${i}`
  })
  const graph = block(
    7,
    text(2, 'chain'),
    parts,
    port(11, precision, 'x', [batch, layers[0].columns]),
    port(12, precision, 'y', [batch, layers[layers.length - 1].rows]),
  )
  return Buffer.concat([whole(1, 8), graph, block(8, text(1, ''), whole(2, 13))].flat(Number.POSITIVE_INFINITY))
}
