import { WebSocket } from 'ws'
import { playRole } from '../role.ts'

interface Update {
  type: string
  data?: { entry_id?: string }
}

/** Opens a socket at a plain door for each token, and notes when each entry arrives. */
await playRole(async ({ url, tokens }: { url: string; tokens: readonly string[] }) => {
  const arrivals: [entryId: string, atMs: number][] = []
  const open = (token: string) =>
    new Promise<WebSocket>((resolve, reject) => {
      const socket = new WebSocket(`${url}?token=${token}`)
      socket.once('error', reject)
      socket.on('message', (data: Buffer) => {
        const atMs = Number(process.hrtime.bigint()) / 1e6
        const update = JSON.parse(data.toString()) as Update
        if (update.type === 'auth_success') resolve(socket)
        if (update.data?.entry_id !== undefined) arrivals.push([update.data.entry_id, atMs])
      })
    })
  const sockets: WebSocket[] = []
  for (const token of tokens) sockets.push(await open(token))
  return {
    orders: { arrivals: () => arrivals.splice(0) },
    close() {
      for (const socket of sockets) socket.terminate()
      return Promise.resolve()
    },
  }
})
