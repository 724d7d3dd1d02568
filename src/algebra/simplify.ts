// What the diagram engine asks of the functions on its nodes: a readable normal form, and their affine parts.
export { type Affine, innerAffine, type LinearForm, linearForm, outerAffine } from './affine.ts'
export { type Replacement, type Simplified, simplify } from './readable.ts'
