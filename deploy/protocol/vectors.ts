import { markdownTable } from '../markdown.ts'

interface Signed {
  readonly message_hex: string
  readonly signature: string
}
interface Vectors {
  readonly key: { readonly seed: string; readonly public_key: string }
  readonly challenge: readonly (Signed & { readonly purpose: string; readonly now: string })[]
  readonly signed_time: readonly Signed[]
}

/** The vectors for a reader: each message in lines of 32 bytes, with what they say. */
export const vectorsText = (json: string): string => {
  const { key, challenge, signed_time: times } = JSON.parse(json) as Vectors
  return [
    table([
      ['seed of the key', key.seed],
      ['public key', key.public_key],
    ]),
    ...challenge.slice(0, 1).map((one) => vectorText(`A login, welcomed at ${one.now}`, one)),
    ...times.map((one) => vectorText('A signed time', one)),
  ].join('\n\n')
}

const vectorText = (title: string, { message_hex: hex, signature }: Signed): string =>
  [`${title}; the message:`, block(hex), 'its signature:', block(signature)].join('\n\n')

const block = (hex: string): string => ['```', ...(hex.match(/.{1,64}/g) ?? []), '```'].join('\n')

const table = (rows: readonly (readonly [string, string])[]): string =>
  markdownTable(
    ['', 'hex'],
    rows.map(([name, value]) => [name, `\`${value}\``]),
  )
