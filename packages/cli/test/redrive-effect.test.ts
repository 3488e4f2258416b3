// Goal: what is redriven takes effect once, however often it is redriven, and no letter is left.
// Method: letters in a real broker, the real program, and the real earnings that failed at them.
// Shows: M8
import { earnings } from '@meshboard/contracts'
import { services } from '@meshboard/deploy'
import { StreamReader, type TestMesh, startTestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bury, runIn } from './cli.ts'

const LETTERS = process.env['MESH_TEST_FULL'] === '1' ? 200 : 40
let mesh: TestMesh
let streams: StreamReader

beforeAll(async () => {
  mesh = await startTestMesh()
  streams = await StreamReader.open(mesh.nats)
  const service = services.find(({ name }) => name === 'earnings')
  if (service) await mesh.start(service)
})
afterAll(async () => {
  await streams.close()
  await mesh.stop()
})

test(`${LETTERS} letters redriven twice are credited once each`, async () => {
  for (let i = 0; i < LETTERS; i += 1) await bury(mesh)
  const redrive = () =>
    runIn(mesh, ['dead', 'redrive', '--all', '--yes', '--rate', '1000', '--reason', 'mended'])
  expect(await redrive()).toMatchObject({ code: 0, lines: [`${LETTERS} letters redriven.`] })
  await redrive()
  expect(await mesh.published(earnings.events.credited)).toHaveLength(LETTERS)
  expect(await streams.read('DEAD')).toEqual([])
})
