import {
  DEAD_HEADERS,
  HEADERS,
  REDRIVE_STREAM,
  REPLAY_HEADER,
  redriveSubject,
} from '@meshboard/contracts'
import { OPERATOR, encodeJson, newId } from '@meshboard/kit'
import type { StoredEvent } from './stream-reader.ts'
import type { TestMesh } from './test-mesh.ts'

/** One consumer of one service. */
export interface ConsumerPlace {
  readonly service: string
  readonly consumer: string
}

/** Gives a dead letter to a consumer again, as the operator's tool does. */
export const redrive = async (
  mesh: TestMesh,
  { service, consumer }: ConsumerPlace,
  letter: Pick<StoredEvent, 'headers' | 'data'>,
): Promise<void> => {
  const broker = await mesh.brokerOf(OPERATOR)
  const headers = Object.entries(letter.headers).filter(([name]) => !name.startsWith('Nats-'))
  const subject = redriveSubject(service, consumer)
  await broker.store(REDRIVE_STREAM.name, subject, encodeJson(letter.data), {
    id: newId('event'),
    headers: Object.fromEntries(headers),
    deadline: Date.now() + 5_000,
  })
}

/** Has a consumer see an event of its stream once more, as the run of a replay. */
export const replay = (mesh: TestMesh, place: ConsumerPlace, event: StoredEvent): Promise<void> =>
  redrive(mesh, place, {
    data: event.data,
    headers: {
      ...event.headers,
      [DEAD_HEADERS.id]: event.headers[HEADERS.messageId] ?? '',
      [DEAD_HEADERS.subject]: event.subject,
      [REPLAY_HEADER]: 'test',
    },
  })
