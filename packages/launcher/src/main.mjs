// A reader of our output that went away must not end the mesh.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

process.exit(await run())

async function run() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    console.error(
      `  Node ${process.versions.node} is too old for the launcher. Install Node 20 or newer.`,
    )
    return 1
  }
  const { dispatch } = await import('./dispatch.mjs')
  return dispatch(process.argv.slice(2), process.env)
}
