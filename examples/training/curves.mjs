// The losses of two trainings, and how far their weights lie apart, as two plots in one SVG.

const WIDTH = 640
const HEIGHT = 260
const LEFT = 64
const TOP = 24

/** A polyline through values, each between `low` and `high`, from left to right. */
function line(values, low, high, top, color, dash = '') {
  const at = (v, i) => {
    const x = LEFT + ((WIDTH - LEFT - 16) * i) / Math.max(1, values.length - 1)
    const y = top + (HEIGHT - 2 * TOP) * (1 - (Math.min(Math.max(v, low), high) - low) / (high - low))
    return `${x.toFixed(1)},${y.toFixed(1)}`
  }
  const style = dash === '' ? '' : ` stroke-dasharray="${dash}"`
  return `<polyline points="${values.map(at).join(' ')}" fill="none" stroke="${color}" stroke-width="1.5"${style}/>`
}
const text = (x, y, content, color = '#222222') =>
  `<text x="${x}" y="${y}" font-family="sans-serif" font-size="12" fill="${color}">${content}</text>`
const axes = (top, low, high) =>
  `<path d="M${LEFT},${top} V${top + HEIGHT - 2 * TOP} H${WIDTH - 16}" fill="none" stroke="#888888"/>${text(8, top + 8, high)}${text(8, top + HEIGHT - 2 * TOP, low)}`

/** `history`: for each step both losses, the largest difference of two weights, and the bound on it. */
export function curves(history) {
  const most = Math.max(...history.flatMap(h => [h.left, h.right]))
  const logarithm = v => Math.log10(Math.max(v, 1e-18))
  const second = TOP + HEIGHT
  const range = history.flatMap(h => [logarithm(h.bound), logarithm(h.difference)])
  const [low, high] = [Math.floor(Math.min(...range)), Math.ceil(Math.max(...range, Math.min(...range) + 1))]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${2 * HEIGHT}" viewBox="0 0 ${WIDTH} ${2 * HEIGHT}" role="img">
<title>Losses of a multiplicative net and its additive twin, step by step, and how far their weights lie apart</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${text(LEFT, 16, 'loss: multiplicative (blue) under additive (orange, dashed)')}
${axes(TOP, '0', most.toFixed(2))}
${line(
  history.map(h => h.left),
  0,
  most,
  TOP,
  '#0060b0',
)}
${line(
  history.map(h => h.right),
  0,
  most,
  TOP,
  '#d06000',
  '4 6',
)}
${text(LEFT, second - 8, 'largest difference of two weights (blue) and its bound (grey)')}
${axes(second, `1e${low}`, `1e${high}`)}
${line(
  history.map(h => logarithm(h.bound)),
  low,
  high,
  second,
  '#888888',
)}
${line(
  history.map(h => logarithm(h.difference)),
  low,
  high,
  second,
  '#0060b0',
)}
</svg>
`
}
