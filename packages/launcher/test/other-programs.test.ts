// Goal: a mesh can be run from something else than its sources, from its images for one.
// Method: what would be run, with and without MESH_RUN; what is skipped, as the launcher says it.
import { expect, test } from 'vitest'
import { repository } from './fixture-root.ts'
import { run } from './launcher-process.ts'

interface Launcher {
  serviceSpec: (parts: object) => { command: string; args: string[] }
}

const specOf = async (env: object) => {
  const { serviceSpec } = (await import(
    new URL('../src/service-spec.mjs', import.meta.url).href
  )) as Launcher
  const workspace = { env, root: repository, log: '/', bin: `${repository}/node_modules/.bin` }
  return serviceSpec({ workspace, name: 'earnings', env: {}, opsPort: 1 })
}

test('MESH_RUN is run in the stead of a service and told its name', async () => {
  const sources = await specOf({})
  expect(sources.args).toEqual(['--conditions=@meshboard/source', 'src/main.ts'])
  expect(await specOf({ MESH_RUN: '/opt/run' })).toMatchObject({
    command: '/opt/run',
    args: ['earnings'],
  })
})

test('without the tools for images their test is skipped by name, and fails where they are asked for', async () => {
  const env = { PATH: '/nowhere' }
  const skipped = await run(['test:images'], env)
  expect(skipped.code).toBe(0)
  for (const name of ['buildah', 'podman']) expect(skipped.stdout).toContain(`skipped: ${name}\n`)
  const asked = await run(['test:images'], { ...env, REQUIRE_TOOLS: '1' })
  expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining('buildah, podman')])
})
