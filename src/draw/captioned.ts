// Pictures one below the other, each with a caption at its left: what is defined first, then what follows from it.

import { cleanText, cutText } from './label.ts'
import { CAPTION_LINE, captionGroup, captionsOf, MARGIN, STAGE_GAP, widthOf } from './parts.ts'
import { type Group, greatest, moveGroup, type Scene } from './scene.ts'

export interface Block {
  readonly caption: string
  /** Pictures one below the other; each is centred over the widest of all. */
  readonly scenes: readonly Scene[]
}

export function captionedScene(title: string, blocks: readonly Block[]): Scene {
  const captions = captionsOf(blocks)
  const captionWidth = widthOf(captions)
  const left = MARGIN + captionWidth + (captionWidth === 0 ? 0 : 36) - MARGIN
  const width = greatest(blocks.flatMap(b => b.scenes.map(s => s.width)))
  const groups: Group[] = []
  let y = 0
  blocks.forEach((block, i) => {
    const height = block.scenes.reduce((h, s) => h + s.height, 0)
    const captionHeight = captions[i].length * CAPTION_LINE
    const half = Math.max(height, captionHeight) / 2
    const top = y + half - captionHeight / 2
    groups.push(captionGroup(`b${i + 1}-caption`, block.caption, captions[i], MARGIN + captionWidth / 2, top))
    let at = y + half - height / 2
    block.scenes.forEach((scene, k) => {
      const x = left + (width - scene.width) / 2
      for (const g of scene.groups) groups.push({ ...moveGroup(g, x, at), id: `b${i + 1}-p${k + 1}-${g.id}` })
      at += scene.height
    })
    y += 2 * half + STAGE_GAP / 2
  })
  return {
    width: left + width,
    height: Math.max(y - STAGE_GAP / 2, 2 * MARGIN),
    title: cleanText(cutText(title, 200)) || 'picture',
    description: cutText(
      blocks.map(b => `${cleanText(b.caption)}: ${b.scenes.map(s => s.description).join(' ')}`).join(' '),
      8000,
    ),
    groups,
  }
}
