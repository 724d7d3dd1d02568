import { describe, expect, it } from 'vitest'
import { MAX_STRANDS, operatorLines, strandsOf } from '../../src/draw/strand.ts'
import { embed, identity, negate, select, zeroMatrix } from '../../src/linear/linear.ts'
import { addSizes, sizeOf } from '../../src/linear/size.ts'
import { matrix, size } from './nets.ts'

const indices = (...shape: (number | string)[]): (string | null)[] => strandsOf(shape.map(size)).list.map(s => s.index)

describe('strands', () => {
  it('one has no index', () => {
    expect(indices(1)).toEqual([null])
    expect(indices()).toEqual([null])
  })
  it('up to eight are drawn one by one, nine are not', () => {
    expect(indices(MAX_STRANDS)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8'])
    expect(strandsOf([sizeOf(MAX_STRANDS)]).dots).toBeNull()
    expect(indices(MAX_STRANDS + 1)).toEqual(['1', '2', '9'])
    expect(strandsOf([sizeOf(MAX_STRANDS + 1)])).toMatchObject({ dots: 2, rows: 4, count: '9' })
  })
  it('of unknown number, with the size as the last index', () => {
    expect(indices('n')).toEqual(['1', '2', 'n'])
    const double = addSizes(addSizes(size('n'), size('n')), sizeOf(-1))
    expect(strandsOf([double]).list.at(-1)?.index).toBe('2n − 1')
  })
  it('of several axes', () => {
    expect(indices(2, 3)).toEqual(['1,1', '1,2', '1,3', '2,1', '2,2', '2,3'])
    expect(indices(28, 28)).toEqual(['1,1', '1,2', '28,28'])
    expect(indices('m', 1)).toEqual(['1,1', '2,1', 'm,1'])
    expect(strandsOf([size(28), size('n')]).count).toBe('28×n')
  })
})

describe('lines of an operator', () => {
  const three = strandsOf([sizeOf(3)])
  const two = strandsOf([sizeOf(2)])
  it('a matrix joins all with all', () => {
    expect(operatorLines(matrix('W', 2, 3), three, two)).toHaveLength(6)
  })
  it('but not across the other axes', () => {
    const from = strandsOf([sizeOf(2), sizeOf(3)])
    const to = strandsOf([sizeOf(2), sizeOf(2)])
    expect(operatorLines(matrix('W', 2, 3), from, to)).toHaveLength(12)
    expect(operatorLines(matrix('W', 2, 3), from, to)).not.toContainEqual([0, 2])
  })
  it('the identity and its multiples run straight', () => {
    expect(operatorLines(negate(identity(size(3))), three, three)).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ])
  })
  it('what is selected and embedded, where it is drawn', () => {
    expect(operatorLines(select(size(3), size(1), size(2)), three, two)).toEqual([
      [1, 0],
      [2, 1],
    ])
    expect(operatorLines(embed(size(3), size(1), size(2)), two, three)).toEqual([
      [0, 1],
      [1, 2],
    ])
    const wide = strandsOf([sizeOf(100)])
    expect(operatorLines(select(size(100), size(98), size(2)), wide, two)).toEqual([[2, 1]])
  })
  it('zero joins nothing', () => {
    expect(operatorLines(zeroMatrix(size(2), size(3)), three, two)).toEqual([])
  })
})
