import type { Html } from './html.ts'

/** What is answered to a request. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A page; the browser runs and loads nothing but what this page brings. */
export const pageAnswer = ({ text }: Html, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: text,
})

/** A value as JSON. */
export const jsonAnswer = (value: unknown, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

/** A refusal in words, as JSON; also what OTLP wants, whose `Status` has a `message`. */
export const refusal = (status: number, message: string): Answer => jsonAnswer({ message }, status)

/** The way to another address. */
export const redirect = (location: string): Answer => ({
  status: 303,
  headers: { location },
  body: '',
})
