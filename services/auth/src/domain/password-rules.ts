import { GUESSED_WORDS } from './guessed-words.ts'

const CHARACTERS_MIN = 8
const CHARACTERS_MAX = 128
/** What digits and signs around a word can be and still add next to nothing. */
const TRIMMINGS_MAX = 6
/** Shorter names are in many a word by chance. */
const NAME_CHARACTERS_MIN = 4

const TOO_COMMON = 'Too common: it is among the first that are tried.'
const NAMED_AFTER = 'Too close to the username or the e-mail address.'

/**
 * What is wrong with a password, in sentences; `words` are those its user is known by. No rule of
 * composition: whatever is long enough and not among the first guesses will do.
 */
export const passwordFaults = (password: string, words: readonly string[]): string[] => {
  const length = Array.from(password).length
  if (length < CHARACTERS_MIN || length > CHARACTERS_MAX)
    return [`Must have ${CHARACTERS_MIN} to ${CHARACTERS_MAX} characters.`]
  if (isCommon(password)) return [TOO_COMMON]
  if (words.some((word) => isNamedAfter(password, word))) return [NAMED_AFTER]
  return []
}

/** The words a user is known by: the username and what the address is made of. */
export const wordsOf = ({ username, email }: { username: string; email: string }): string[] => {
  const parts = `${username} ${email}`.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  const whole = [
    username.toLowerCase(),
    email.toLowerCase(),
    email.toLowerCase().split('@')[0] ?? '',
  ]
  return [...new Set([...whole, ...parts])].filter((word) => word.length >= NAME_CHARACTERS_MIN)
}

/** Whether little is left of it without the word. */
const isNamedAfter = (password: string, word: string): boolean => {
  const rests = readingsOf(password.toLowerCase()).map((text) => text.replaceAll(word, ''))
  return rests.some((rest) => rest.length < password.length && rest.length < CHARACTERS_MIN)
}

/**
 * Whether it is among the first guesses: a run on the keyboard, of the alphabet or of digits, a
 * date, a short piece repeated, or a common word or two, in whatever case, with signs for letters,
 * and with a few digits and signs around.
 */
const isCommon = (password: string): boolean => {
  const lower = password.toLowerCase()
  const { before, word, after } = trimmed(lower)
  if (isPatterned(lower) || (isPlain(before + after) && isPatterned(word))) return true
  return coresOf(lower).some((core) =>
    readingsOf(core).some((reading) => isCommonWord(reading) || isTwoCommonWords(reading)),
  )
}

/** What may be meant with digits and signs around: a word can begin or end with some itself. */
const coresOf = (lower: string): string[] => {
  const { before, after } = trimmed(lower)
  const cores: string[] = []
  for (let start = 0; start <= before.length; start += 1)
    for (let end = lower.length - after.length; end <= lower.length; end += 1)
      if (isPlain(lower.slice(0, start) + lower.slice(end))) cores.push(lower.slice(start, end))
  return cores
}

const isPlain = (trimmings: string): boolean =>
  trimmings.length <= TRIMMINGS_MAX || isPatterned(trimmings)

const isCommonWord = (word: string): boolean => GUESSED_WORDS.has(word)

/** `lovedragon` and `love-dragon`. */
const isTwoCommonWords = (text: string): boolean => {
  for (let at = 1; at < text.length; at += 1) {
    const [first, second] = [text.slice(0, at), text.slice(at).replace(/^[-_. ]/, '')]
    if (isCommonWord(first) && isCommonWord(second)) return true
  }
  return false
}

const SIGNS: Readonly<Record<string, string>> = {
  ...{ '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '9': 'g' },
  ...{ '@': 'a', $: 's', '!': 'i', '+': 't', '|': 'l' },
}

/** As it stands, and with letters for the signs that stand for them. */
const readingsOf = (text: string): string[] => {
  const read = (spelled: string) => Array.from(spelled, (sign) => SIGNS[sign] ?? sign).join('')
  return [...new Set([text, read(text), read(text.replaceAll('1', 'l'))])]
}

/** The text without digits and signs before and after it, and those. */
const trimmed = (text: string): { before: string; word: string; after: string } => {
  const [, before = '', word = '', after = ''] = /^([^\p{L}]*)(.*?)([^\p{L}]*)$/su.exec(text) ?? []
  return { before, word, after }
}

const RUNS = [
  ...['abcdefghijklmnopqrstuvwxyz', '01234567890123456789'],
  ...['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'yxcvbnm', 'azertyuiop', 'qsdfghjklm'],
  ...['1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p', 'qazwsxedcrfvtgbyhnujmikolp'],
  ...['1q2w3e4r5t6y7u8i9o0p', 'q1w2e3r4t5y6u7i8o9p0', 'a1b2c3d4e5f6g7h8i9', '1a2b3c4d5e6f7g8h9i'],
  ...['!@#$%^&*()', 'йцукенгшщзхъ', 'фывапролджэ', 'ячсмитьбю'],
].flatMap((run) => [run, run.split('').toReversed().join('')])

const PIECE_MIN = 3

/** Whether nothing but runs of at least three, a date, or one piece again and again. */
const isPatterned = (text: string): boolean =>
  text.length >= PIECE_MIN && (isDate(text) || isRepeated(text) || isRuns(text))

const isDate = (text: string): boolean =>
  /^(\d{1,2}[-./ ]?\d{1,2}[-./ ]?(19|20)\d\d|(19|20)\d\d[-./ ]?\d{1,2}[-./ ]?\d{1,2})$/.test(text)

/** One piece of at most four characters, at least twice. */
const isRepeated = (text: string): boolean => /^(.{1,4}?)\1+$/su.test(text)

const isRuns = (text: string): boolean => {
  let rest = text
  while (rest.length >= PIECE_MIN) {
    const length = runLength(rest)
    if (length < PIECE_MIN) return false
    rest = rest.slice(length)
  }
  return rest.length < PIECE_MIN && rest.length < text.length
}

/** How long the run is, or the one character again and again, that the text begins with. */
const runLength = (text: string): number => {
  const same = /^(.)\1*/su.exec(text)?.[0].length ?? 0
  let length = same
  while (length < text.length && isRun(text.slice(0, length + 1))) length += 1
  return Math.max(same, length)
}

const isRun = (text: string): boolean => RUNS.some((run) => run.includes(text))
