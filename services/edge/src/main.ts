import { runEdge } from './processes/run-edge.ts'

await runEdge()
