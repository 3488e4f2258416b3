// What is in #live is fetched anew while somebody looks, and the arrow keys go from line to line.

const EVERY_MS = 2_000
const LINES = '.waterfall summary, tbody a.trace'

const live = document.querySelector('#live')
let tag = ''

const refresh = async () => {
  const answer = await fetch(location.href, {
    cache: 'no-store',
    headers: tag === '' ? {} : { 'if-none-match': tag },
  })
  if (answer.status === 304) return
  tag = answer.headers.get('etag') ?? ''
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
  show(next.querySelector('#live'))
}

/** Puts in what has changed; what was open stays open, and the focus where it was. */
const show = (next) => {
  if (!next || next.innerHTML === shown) return
  shown = next.innerHTML
  const opened = [...live.querySelectorAll('details[open]')].map(({ id }) => id)
  const focused = document.activeElement?.closest('[id]')?.id ?? ''
  live.replaceChildren(...next.childNodes)
  for (const id of opened) document.getElementById(id)?.setAttribute('open', '')
  const again = live.querySelector(`#${CSS.escape(focused)}`)
  if (focused !== '') (again?.querySelector('summary') ?? again)?.focus({ preventScroll: true })
}
let shown = live.innerHTML

/** Opens the span that the address names. */
const openNamed = () => {
  const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1))
  if (!named) return
  named.querySelector('details')?.setAttribute('open', '')
  named.scrollIntoView({ block: 'center' })
  named.querySelector('summary')?.focus({ preventScroll: true })
}

const move = (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!step || event.target.closest('input, select')) return
  const lines = [...document.querySelectorAll(LINES)]
  const next = lines[Math.max(0, lines.indexOf(document.activeElement) + step)]
  if (!next) return
  event.preventDefault()
  next.focus()
}

const keys = (event) => {
  const isTyping = event.target.closest('input, select, textarea')
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return move(event)
  event.preventDefault()
  document.querySelector('input[name=text]')?.focus()
}

document.addEventListener('keydown', keys)
addEventListener('hashchange', openNamed)
document.querySelector('form')?.addEventListener('change', ({ currentTarget }) => {
  currentTarget.requestSubmit()
})
setInterval(() => {
  // A page that has gone away is asked again.
  if (!document.hidden) refresh().catch(() => (tag = ''))
}, EVERY_MS)
openNamed()
