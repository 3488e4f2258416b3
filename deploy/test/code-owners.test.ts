// Goal: whoever changes a file is told whose it is.
// Method: ask the list as a code host does: the last line that fits a path counts.
import { allContracts } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { codeOwners } from '../catalog/code-owners.ts'

const rules = codeOwners()
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [place = '', owner = ''] = line.split(' ')
    const pattern = place.replace(/^\//, '').replaceAll('.', '\\.').replaceAll('*', '[^/]*')
    return {
      owner,
      fits: new RegExp(place === '*' ? '' : `^${pattern}${place.endsWith('/') ? '' : '$'}`),
    }
  })
const ownerOf = (path: string) => rules.findLast(({ fits }) => fits.test(path))?.owner

test.each(allContracts)('what is of $name is of $owner', ({ name, owner }) => {
  for (const path of [
    `services/${name}/src/service.ts`,
    `packages/contracts/src/${name}.ts`,
    `packages/contracts/test/golden/${name}.json`,
    `docs/runbooks/${name}-lag.md`,
    `deploy/helm/meshboard/files/dashboards/service-${name}.json`,
  ])
    expect(ownerOf(path), path).toBe(`@meshboard/${owner}`)
})

test('parts of a contract in files of their own go with it', () => {
  expect(ownerOf('packages/contracts/src/auth-keys.ts')).toBe('@meshboard/team-identity')
  expect(ownerOf('packages/contracts/src/network-paths.ts')).toBe('@meshboard/team-network')
})

test.each(['services/edge/src/service.ts', 'packages/kit/src/index.ts', 'README.md'])(
  '%s, which is nobody else’s, is of the platform team',
  (path) => expect(ownerOf(path)).toBe('@meshboard/team-platform'),
)
