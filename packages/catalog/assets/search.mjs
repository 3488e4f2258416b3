/* The search box of the catalog: `/` goes there, arrows and Enter choose, Escape leaves. */
const RESULTS_MAX = 12

const box = document.querySelector('.search')
const input = document.querySelector('#search')
const list = document.querySelector('#found')

let entries
let chosen = -1

const load = async () => {
  if (entries) return
  const response = await fetch('/catalog/search.json')
  entries = response.ok ? await response.json() : []
}

/** Lower is better: the name begins with it, has a part that does, has it; the summary has it. */
const rankOf = ({ name, summary }, words) => {
  const lower = name.toLowerCase()
  const ranks = words.map((word) => {
    if (lower.startsWith(word)) return 0
    if (lower.includes(`.${word}`)) return 1
    if (lower.includes(word)) return 2
    return summary.toLowerCase().includes(word) ? 3 : Infinity
  })
  return Math.max(...ranks)
}

const found = (text) => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return entries
    .map((entry) => ({ entry, rank: rankOf(entry, words) }))
    .filter(({ rank }) => rank < Infinity)
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, RESULTS_MAX)
    .map(({ entry }) => entry)
}

const part = (name, text) => {
  const element = document.createElement('span')
  element.className = name
  element.textContent = text
  return element
}

const optionOf = (entry, at) => {
  const option = document.createElement('li')
  option.id = `found-${at}`
  option.setAttribute('role', 'option')
  option.dataset.path = entry.path
  option.append(part('kind', entry.kind), part('name', entry.name), part('summary', entry.summary))
  option.addEventListener('mousedown', (event) => event.preventDefault())
  option.addEventListener('click', () => open(entry.path))
  return option
}

const open = (path) => {
  close()
  location.assign(path)
}

const close = () => {
  list.hidden = true
  input.setAttribute('aria-expanded', 'false')
  input.removeAttribute('aria-activedescendant')
}

const choose = (at) => {
  const options = [...list.querySelectorAll('[role=option]')]
  if (options.length === 0) return
  chosen = (at + options.length) % options.length
  for (const [index, option] of options.entries())
    option.setAttribute('aria-selected', String(index === chosen))
  options[chosen].scrollIntoView({ block: 'nearest' })
  input.setAttribute('aria-activedescendant', options[chosen].id)
}

const show = async () => {
  await load()
  const results = found(input.value)
  list.replaceChildren(...results.map(optionOf))
  if (results.length === 0 && input.value.trim() !== '') list.append(part('none', 'Nothing found.'))
  list.hidden = list.children.length === 0
  input.setAttribute('aria-expanded', String(!list.hidden))
  choose(0)
}

const onKey = (event) => {
  if (event.key === 'ArrowDown') choose(chosen + 1)
  else if (event.key === 'ArrowUp') choose(chosen - 1)
  else if (event.key === 'Escape') close()
  else if (event.key === 'Enter') {
    const path = list.hidden ? undefined : list.children[chosen]?.dataset.path
    if (path) open(path)
  } else return
  event.preventDefault()
}

const isTyping = ({ target }) => target instanceof HTMLElement && target.matches('input, textarea')

box.hidden = false
input.addEventListener('input', () => void show())
input.addEventListener('focus', () => void (input.value !== '' && show()))
input.addEventListener('blur', close)
input.addEventListener('keydown', onKey)
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || isTyping(event)) return
  event.preventDefault()
  input.focus()
})
