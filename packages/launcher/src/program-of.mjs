import { meshNode, sourceArgs } from './node-runtime.mjs'

/**
 * How to run a program of the mesh, `{ command, args }`: its sources, on the Node of the mesh. With
 * MESH_RUN that program is run in their stead and told the name, so that the mesh can be run from its
 * images.
 */
export function programOf(workspace, { name, main, nodeArgs = [] }) {
  const other = workspace.env.MESH_RUN
  if (other) return { command: other, args: [name] }
  return { command: meshNode(workspace), args: [...sourceArgs, ...nodeArgs, main] }
}
