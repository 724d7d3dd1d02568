// A derivation as an SVG that moves: its stages as frames that follow each other, by style rules alone, so that it plays
// wherever SVG is shown. Where motion is not wanted, or not known, the last frame stands still.
import type { Group, Scene } from './scene.ts'
import { greatest } from './scene.ts'
import type { Frame } from './stages.ts'

export interface AnimationOptions {
  /** How long each frame stands. Default 2.5. */
  readonly seconds?: number
}

/** The share of a frame's time in which it comes in. */
const FADE = 0.15

/** All frames in one scene, each with a class of its own, and the style rules that show one after the other. */
export function animationScene(
  frames: readonly Frame[],
  title: string,
  { seconds = 2.5 }: AnimationOptions = {},
): { readonly scene: Scene; readonly style: string } {
  const groups: Group[] = frames.flatMap(({ scene }, k) =>
    scene.groups.map(g => ({ ...g, id: `f${k + 1}-${g.id}`, class: `${g.class} frame frame-${k + 1}` })),
  )
  const said = frames.slice(0, 40).map((f, k) => `${k + 1}: ${f.caption}.`)
  const more = frames.length > said.length ? ` And ${frames.length - said.length} more frames.` : ''
  return {
    scene: {
      width: greatest(frames.map(f => f.scene.width)),
      height: greatest(frames.map(f => f.scene.height)),
      title,
      description: `An animation of ${frames.length} frames. ${said.join(' ')}${more}`,
      groups,
    },
    style: frames.length < 2 ? '' : rulesFor(frames.length, seconds),
  }
}

function rulesFor(count: number, seconds: number): string {
  const percent = (frames: number): string => `${Math.round((1e5 * Math.min(frames, count)) / count) / 1e3}%`
  const keyframes = Array.from({ length: count }, (_, k) => {
    // A frame goes when the next one is there: what both show does not flicker.
    const shown = k === 0 ? '0%' : `0%, ${percent(k)} { opacity: 0 } ${percent(k + FADE)}`
    const gone = k === count - 1 ? `, 100% { opacity: 1 }` : `, ${percent(k + 1 + FADE)} { opacity: 1 } `
    const rest = k === count - 1 ? '' : `${percent(k + 1 + FADE + 0.001)}, 100% { opacity: 0 }`
    return `@keyframes netproof-${k + 1}-of-${count} { ${shown}${gone}${rest} }`
  })
  return [
    '.netproof .frame { opacity: 0 }',
    `.netproof .frame-${count} { opacity: 1 }`,
    ...keyframes,
    '@media (prefers-reduced-motion: no-preference) {',
    ...Array.from(
      { length: count },
      (_, k) =>
        `.netproof .frame-${k + 1} { animation: netproof-${k + 1}-of-${count} ${count * seconds}s linear infinite }`,
    ),
    '.netproof:hover .frame { animation-play-state: paused }',
    '}',
  ].join('\n')
}
