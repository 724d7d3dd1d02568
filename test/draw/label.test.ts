import { describe, expect, it } from 'vitest'
import {
  cleanText,
  cutText,
  fitLabel,
  type Label,
  labelText,
  labelWidth,
  mathText,
  nameLabel,
} from '../../src/draw/label.ts'

/** `W_{1}`, `x′|_{1}` (back to where the prime began), `e^{x}`. */
function written(label: Label): string {
  return label
    .map(r => `${r.back ? '|' : ''}${r.rise === 0 ? r.text : `${r.rise > 0 ? '^' : '_'}{${r.text}}`}`)
    .join('')
}

describe('names', () => {
  const names: [string, string | null, string][] = [
    ['x', null, 'x'],
    ['W1', null, 'W_{1}'],
    ['x_1', null, 'x_{1}'],
    ['x_in', null, 'x_{in}'],
    ['W_out_2', null, 'W_{out,2}'],
    ['W[3]', null, 'W_{3}'],
    ['sigma', null, 'σ'],
    ["sigma'", null, 'σ′'],
    ["f''", null, 'f′′'],
    ["x1'", null, 'x′|_{1}'],
    ['Omega_mu', null, 'Ω_{μ}'],
    ['relu1', null, 'relu_{1}'],
    ['sigmoid', null, 'sigmoid'],
    ['constructor', null, 'constructor'],
    ['x', '2', 'x_{2}'],
    ["x'", '2', 'x′|_{2}'],
    ['x1', 'n', 'x_{1,n}'],
    ['a name', '1', 'a name_{1}'],
    ['2x', null, '2x'],
    ['', null, ''],
  ]
  for (const [name, index, expected] of names)
    it(`${name} ${index ?? ''}`, () => expect(written(nameLabel(name, index))).toBe(expected))
  it('of any length, cut', () => {
    const label = nameLabel('x'.repeat(1_000_000))
    expect(labelText(label)).toHaveLength(160)
    expect(labelText(label).endsWith('…')).toBe(true)
  })
})

describe('text', () => {
  it('without control characters, half pairs, turned directions', () => {
    expect(cleanText('a\u0000b\u001bc\u202ed\ud800e\uffff')).toBe('a�b�c�d�e�')
    expect(cleanText('a\tb\nσ 𝒲 é')).toBe('a b σ 𝒲 é')
  })
  it('cut at characters, not inside of them', () => {
    expect(cutText('abcdef', 6)).toBe('abcdef')
    expect(cutText('abcdefg', 6)).toBe('abcde…')
    expect(cutText('𝒲𝒲𝒲', 2)).toBe('𝒲…')
    expect(cutText('aae\u0301bbb', 4)).toBe('aa…')
  })
  it('with names as mathematics writes them', () => {
    expect(mathText("write sigma' for ln . sigma . exp. So it is")).toBe('write σ′ for ln∘σ∘exp. So it is')
    expect(mathText('sigmas and pi_1 stay')).toBe('sigmas and pi_1 stay')
  })
})

describe('widths', () => {
  it('of a subscript below a prime is not added', () => {
    expect(labelWidth(nameLabel("x1'"))).toBeLessThan(labelWidth(nameLabel('x1')) + labelWidth(nameLabel("'")))
  })
  it('labels fit, or are cut until they do', () => {
    const label = nameLabel('W123')
    expect(fitLabel(label, labelWidth(label))).toBe(label)
    const cut = fitLabel(label, labelWidth(label) - 0.01)
    expect(written(cut)).toBe('W…')
    expect(labelWidth(fitLabel(nameLabel('abcdefgh'), 3))).toBeLessThanOrEqual(3)
  })
})
