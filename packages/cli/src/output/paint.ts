import { styleText } from 'node:util'
import type { Terminal } from '../terminal.ts'

const STYLES = { good: 'green', bad: 'red', faint: 'dim', strong: 'bold' } as const

/** A text in the colour of its meaning, where colours are seen. */
export const paint = (
  { colours }: Terminal,
  style: keyof typeof STYLES,
): ((text: string) => string) =>
  colours ? (text) => styleText(STYLES[style], text, { validateStream: false }) : (text) => text
