import { describe, expect, test } from 'vitest'
import { GUESSED_WORDS } from './guessed-words.ts'
import { passwordFaults, wordsOf } from './password-rules.ts'

const faults = (password: string) => passwordFaults(password, [])

describe('what is among the first guesses', () => {
  test.each([
    ...['password', 'Password1', 'P@ssw0rd!', 'p4$$w0rd123', 'PASSWORD2024!', 'passw0rd'],
    ...['12345678', '123456789', '87654321', '11111111', '00000000', '123123123', '12344321'],
    ...['qwertyuiop', 'QWERTY123', '1qaz2wsx', 'qazwsxedc', '1q2w3e4r', 'asdfghjkl', 'zxcvbnm1'],
    ...['abcdefgh', 'abcabcabc', 'abcd1234', 'a1b2c3d4', 'aaaaaaaaaa', 'qwerasdf', '!@#$%^&*'],
    ...['iloveyou', 'iloveyou2', 'letmein1', 'letmein!!', 'welcome123', 'admin123', 'Changeme1'],
    ...['sunshine', 'princess', 'football1', 'baseball', 'superman1', 'trustno1', 'starwars'],
    ...['dragon2020', '2020dragon', 'summer2024', 'Winter2023!', 'monkey123456', 'lovedragon'],
    ...['01.02.1990', '19900102', '31121999', '2001-12-31', 'йцукенгш', 'password12345678'],
    ...['love-dragon', 'jennifer1', 'michael99', 'liverpool1', 'chelsea1', 'pokemon12', 'f00tball'],
  ])('%s is refused', (password) => {
    expect(faults(password)).toEqual([expect.stringMatching(/^Too common/)])
  })

  test('thousands of words with what is commonly put around them are refused', () => {
    const around = ['1', '12', '123', '1234', '!', '1!', '2024', '2025', '69', '007', '123!', '#1']
    const guesses = [...GUESSED_WORDS].flatMap((word) =>
      around.flatMap((end) => [
        word + end,
        word.toUpperCase() + end,
        word.replaceAll('o', '0') + end,
      ]),
    )
    const long = [...new Set(guesses)].filter((guess) => guess.length >= 8)
    expect(long.length).toBeGreaterThan(10_000)
    expect(long.filter((guess) => faults(guess).length === 0)).toEqual([])
  })
})

test.each([
  ...['correct horse battery staple', 'seven-green-boats', 'Xk7#pQz9', 'tr0ub4dor&3x', 'vmqhtzrw'],
  ...[
    'дождь за окном',
    '雨が降る窓の外で',
    '🌧🌧🚲🐸🎺🧦🪁🍋',
    'monkey#94827163',
    'x'.repeat(20) + 'y z!q',
  ],
  ...['83749261', 'password manager made this', 'sunny day in a small town'],
])('%s is good enough', (password) => {
  expect(faults(password)).toEqual([])
})

test('characters are counted, not code units', () => {
  expect(faults('🌧🚲🐸🎺🧦🪁🍋')).toEqual(['Must have 8 to 128 characters.'])
  expect(faults('vmqhtzr')).toEqual(['Must have 8 to 128 characters.'])
  expect(faults('vm q'.repeat(32) + 'x')).toEqual(['Must have 8 to 128 characters.'])
  expect(faults('v8m#q'.repeat(25))).toEqual([])
})

describe('the words its user is known by', () => {
  const words = wordsOf({ username: 'Zebulon_99', email: 'Zeb.Quartermain@Fjordland.example' })

  test.each([
    'zebulon1',
    'Zebulon_99',
    'zebulon_99!',
    'Quartermain77',
    'qu4rt3rm41n',
    'fjordland!!',
  ])('make no password: %s', (password) => {
    expect(passwordFaults(password, words)).toEqual([expect.stringMatching(/^Too close/)])
  })

  test('are no harm in one that would do without them', () => {
    expect(passwordFaults('zebulon rides at noon', words)).toEqual([])
  })

  test('count from four characters on', () => {
    expect(wordsOf({ username: 'zeb', email: 'zq@a.io' })).toEqual(['zq@a.io'])
  })
})
