// A service on network's contract as a process, that misbehaves as `MISBEHAVIOUR` says.
import { defineConfig, defineDoor, processEnvironment, runService } from '../src/index.ts'

const hog = (): void => {
  const kept: unknown[] = []
  for (;;) kept.push(Array.from({ length: 10_000 }, () => ({ kept })))
}

const MISBEHAVIOURS: Readonly<Record<string, () => void>> = {
  rejection: () => void Promise.reject(new Error('nobody awaits this')),
  exception: () => void setTimeout(() => fault('nobody catches this')),
  memory: () => void setTimeout(hog),
}

const fault = (message: string): never => {
  throw new Error(message)
}

/** Runs after `start`, so that the process is ready when it happens. */
const AFTER_MS = 300
/** A task that never stops. */
const FOR_EVER_MS = 1 << 30

await runService(
  defineDoor({
    name: 'gateway',
    config: defineConfig({}),
    uses: { calls: [] },
    open: () => Promise.resolve({}),
    isolated: false,
    tasks: [
      {
        name: 'misbehaviour',
        start: () => {
          const kind = processEnvironment()['MISBEHAVIOUR'] ?? ''
          setTimeout(() => MISBEHAVIOURS[kind]?.(), AFTER_MS)
          const never = () => new Promise<void>((resolve) => setTimeout(resolve, FOR_EVER_MS))
          return Promise.resolve({
            stop: () => (kind === 'never-stops' ? never() : Promise.resolve()),
          })
        },
      },
    ],
  }),
)
