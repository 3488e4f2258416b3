// Goal: the pages work in a browser, under the policy that they are sent with.
// Method: Chromium before the real gateway; what it asked for and what it complained of.
import { outsideTool } from '@meshboard/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type BrowserPage, openPage } from './browser.ts'
import { type Door, startDoor } from './harness.ts'

const isFull = process.env['MESH_TEST_FULL'] === '1'
const chromium = isFull ? outsideTool('chromium') : undefined

describe.skipIf(chromium === undefined)('in Chromium', { timeout: 120_000 }, () => {
  let door: Door
  const opened: BrowserPage[] = []
  beforeAll(async () => {
    door = await startDoor()
  })
  afterAll(() => door.stop())
  afterEach(async () => {
    for (const page of opened.splice(0)) await page.close()
  })

  const open = async (path: string) => {
    const page = await openPage(chromium ?? '', door.url + path)
    opened.push(page)
    return page
  }
  const hosts = (page: BrowserPage) => [
    ...new Set(page.asked.filter((url) => url.startsWith('http')).map((url) => new URL(url).host)),
  ]

  test('the API reference shows every service and the route that it is asked for, and asks nobody else', async () => {
    const page = await open('/docs#tag/earnings/GET/api/earnings/summary')
    await page.until("document.body.innerText.includes('/api/earnings/summary')")
    const text = await page.evaluate<string>('document.body.innerText')
    for (const service of ['auth', 'user', 'network', 'earnings', 'referral', 'notification'])
      expect(text.toLowerCase()).toContain(service)
    expect(hosts(page)).toEqual([new URL(door.url).host])
    expect(page.complaints).toEqual([])
  })

  test('a deep link shows the procedure that it names', async () => {
    const page = await open('/catalog/earnings#getSummary')
    const top = await page.evaluate<number>(
      "document.getElementById('getSummary').getBoundingClientRect().top",
    )
    expect(top).toBeGreaterThan(0)
    expect(top).toBeLessThan(400)
    expect(page.complaints).toEqual([])
  })

  test('the search finds what is typed, and Enter goes there', async () => {
    const page = await open('/catalog')
    await page.until("document.querySelector('.search')?.hidden === false")
    await page.evaluate(
      "const box = document.querySelector('#search'); box.focus(); box.value = 'getsum'; box.dispatchEvent(new Event('input'))",
    )
    await page.until("document.querySelector('#found [aria-selected=true]')")
    expect(await page.evaluate("document.querySelector('#found').innerText")).toContain(
      'earnings.getSummary',
    )
    await page.evaluate(
      "document.querySelector('#search').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }))",
    )
    await page.until("location.pathname + location.hash === '/catalog/earnings#getSummary'")
    expect(hosts(page)).toEqual([new URL(door.url).host])
    expect(page.complaints).toEqual([])
  })
})
