import { bytes } from '../output/amounts.ts'
import type { BroughtBack } from './bring-back-mesh.ts'
import type { Figures } from './save-mesh.ts'

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** What was moved, and how long that took. */
export const shownFigures = (figures: Figures): string[] => [
  `streams   ${figures.streams} with ${figures.messages} messages in ${seconds(figures.streamsMs)}`,
  `database  ${figures.tables} tables with ${figures.rows} rows in ${seconds(figures.databaseMs)}`,
  `size      ${bytes(figures.bytes)}`,
]

/** The same of what was brought back, with what is left to do and what was compared. */
export const shownBroughtBack = (found: BroughtBack): string[] => [
  ...shownFigures(found),
  `outboxes  ${found.again} events to be sent again, ${found.noted} noted as sent`,
  ...(found.expired > 0 ? [`expired   ${found.expired} messages were too old`] : []),
  ...Object.entries(found.figures).map(
    ([name, row]) =>
      `${name.padEnd(9)} ${Object.entries(row)
        .map(([figure, value]) => `${figure} ${value}`)
        .join(', ')}`,
  ),
]

/** Figures as JSON has them. */
export const toJson = (figures: object): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [
        name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value as unknown,
      ]),
    ),
  )
