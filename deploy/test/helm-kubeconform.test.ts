// Goal: Kubernetes, KEDA and the Prometheus Operator know every field of every object.
// Method: kubeconform over what is rendered, with the schemas that their Go modules have; only in a
// full run, since they are 40 MB to fetch.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { outsideTool } from '@meshboard/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { helm, renderText } from './helm-chart.ts'
import { valuesFiles } from './helm-objects.ts'
import { writeSchemas } from './kubernetes-schemas.ts'

const isFull = process.env['MESH_TEST_FULL'] === '1'
const kubeconform = isFull ? outsideTool('kubeconform') : undefined
const go = isFull ? outsideTool('go') : undefined
const files = await valuesFiles()

describe.skipIf(helm === undefined || kubeconform === undefined || go === undefined)(
  'kubeconform',
  () => {
    let folder: string

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'schemas-'))
      await writeSchemas(go ?? 'go', folder)
    }, 600_000)

    afterAll(() => rm(folder, { recursive: true }))

    const check = async (text: string): Promise<string> => {
      const location = join(folder, '{{ .ResourceKind }}{{ .KindSuffix }}.json')
      const args = ['-strict', '-summary', '-output', 'json', '-schema-location', location, '-']
      const checking = promisify(execFile)(kubeconform ?? 'kubeconform', args, {
        maxBuffer: 64 << 20,
      })
      checking.child.stdin?.end(text)
      try {
        return (await checking).stdout
      } catch (error) {
        return (error as { stdout: string }).stdout
      }
    }

    test.each(files)('finds nothing wrong with %s', async (file) => {
      const { resources, summary } = JSON.parse(
        await check(await renderText({ files: [file] })),
      ) as {
        resources?: unknown[]
        summary: { valid: number; invalid: number; errors: number; skipped: number }
      }
      expect(resources ?? []).toEqual([])
      expect(summary).toMatchObject({ invalid: 0, errors: 0, skipped: 0 })
      expect(summary.valid).toBeGreaterThan(4)
    })

    test('finds a field that there is not', async () => {
      const text = await renderText({ files: ['one-service.yaml'] })
      const found = await check(text.replace('maxUnavailable: 1', 'maxUnavailabel: 1'))
      expect(found).toContain('maxUnavailabel')
    })
  },
)
