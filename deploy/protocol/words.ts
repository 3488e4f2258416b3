import type { ClientFrame, ClientFrameOf, ServerFrame, ServerFrameOf } from '@meshboard/contracts'

/** What a frame is for, and what each of its fields means. */
interface FrameWords<Field extends string> {
  readonly about: string
  readonly fields: Readonly<Record<Field, string>>
}
type Fields<F> = F extends unknown ? Exclude<keyof F & string, 'type'> : never
type ClientWords = { [T in ClientFrame['type']]: FrameWords<Fields<ClientFrameOf<T>>> }
type ServerWords = { [T in ServerFrame['type']]: FrameWords<Fields<ServerFrameOf<T>>> }

const id = 'chosen by the client, unique among its requests without an answer'
const channel = 'what is watched'
const params = 'where a channel has several of a kind: which one'
const [ticket, ticketEnds] = ['lets the client in again at any edge, without a login', 'its end']

/** A frame or field without words does not compile. */
export const CLIENT_WORDS: ClientWords = {
  hello: {
    about: 'Comes back with a ticket, or signs in with a token. This or `auth` is the first frame.',
    fields: {
      token: 'an access token',
      ticket: 'of the last `auth_success` or `going_away`, until it ends',
      public_key: 'the key that `auth` will come from',
      contract: '`contract` of the last `welcome`',
      client: 'name and version of the program, for those who look after the edge',
    },
  },
  auth: {
    about: 'Signs in, by key or by token; later renews the login in place.',
    fields: {
      token: 'an access token, instead of a key',
      public_key: 'the key that signs',
      signature: 'over the challenge of `welcome`, or of the last `auth_expiring` warning',
    },
  },
  subscribe: {
    about: 'Watches a channel. A socket has one subscription for each channel and parameters.',
    fields: {
      id,
      channel,
      params,
      since: 'where to begin: after a position, with the last few events, or by time of storage',
      filter: 'only events whose filter fields have these values',
    },
  },
  unsubscribe: { about: 'Watches it no longer.', fields: { id, channel, params } },
  call: {
    about: 'Asks or orders something; exactly one `reply` or `error` answers.',
    fields: {
      id,
      procedure: '`<service>.<procedure>`, one of those below',
      data: 'its input; may be left out where the input is empty',
      timeout_ms: 'how long the answer is waited for',
      idempotency_key: 'repeated calls with the same key have one effect',
      traceparent: "W3C trace context, so that the client's own trace goes on",
    },
  },
  cancel: { about: 'Gives a call up.', fields: { id: 'of the call' } },
  pong: { about: 'Answers `ping`.', fields: {} },
}

/** The same for what the edge sends. */
export const SERVER_WORDS: ServerWords = {
  welcome: {
    about: 'The first frame on every socket.',
    fields: {
      session_id: 'of this socket, until somebody is signed in',
      node: 'the edge process at the other end',
      auth_required: 'false when a token before the upgrade has signed in already',
      challenge: 'to be signed; see the login',
      now: "the edge's clock: part of what is signed",
      ping_interval_ms: 'time between pings; silence for 2.5 of them means the edge is gone',
      limits: 'the limits below, as they are on this edge',
      reconnect_window_ms: 'over how long to spread the first try after a loss without a word',
      contract: 'fingerprint of the contracts: it changes with what can be called and watched',
    },
  },
  auth_success: {
    about: 'Signed in, or renewed.',
    fields: {
      user_id: 'who',
      session_id: 'the session that can be revoked',
      expires_at: 'end of the login',
      ticket,
      ticket_expires_at: ticketEnds,
    },
  },
  subscribed: {
    about: 'Answers `subscribe`, before the first event of it.',
    fields: {
      id,
      channel,
      params,
      seq: 'position of the newest event; the end of the stream where there is none',
      n: 'number of the newest event; 0 where there is none',
      epoch: 'of the stream, part of every position',
      resumed: 'nothing is missing after `since`',
      replayed: 'how many stored events follow; with a filter, the filtered ones too',
    },
  },
  event: {
    about: 'Something has happened.',
    fields: {
      channel,
      params,
      event: "its name within the channel's service",
      seq: 'place in the stream; rising, with holes',
      n: "the channel's own count; rising by 1 on a `log` channel",
      skipped: 'how many events before it the filter left out',
      time: 'when it happened',
      data: 'what happened',
    },
  },
  snapshot: {
    about: 'The state, for a `state` channel and after a `gap`.',
    fields: {
      channel,
      params,
      seq: 'a position from before the state was asked for',
      data: 'the answer of the procedure that the channel names',
      more: 'another page follows',
    },
  },
  gap: {
    about: 'Events that cannot be had any more. Never left unsaid.',
    fields: { channel, params, from: 'first missing `n`', to: 'last missing `n`', reason: 'why' },
  },
  reply: { about: 'Answers `call`.', fields: { id: 'of the call', data: 'its output' } },
  error: {
    about: 'Refuses a request, or the login.',
    fields: {
      id: 'of the request; none when it is of no request',
      code: 'one of the failures below, or one that the procedure declares',
      message: 'a sentence for a person',
      retry: 'whether another try makes sense, and when',
      retry_after_ms: 'with `later`: not before',
      fields: 'with `invalid`: what is wrong, by field',
      details: 'more, for a program',
      trace_id: 'to name when asking for help',
    },
  },
  unsubscribed: {
    about: 'Answers `unsubscribe`; without `id`: the edge has ended the subscription.',
    fields: { id, channel, params, reason: 'why' },
  },
  status: {
    about: 'The mesh behind the edge is away (`degraded`) or back. The socket stays.',
    fields: { state: 'how it is now' },
  },
  warning: {
    about: 'Something will go wrong if it goes on like this.',
    fields: {
      code: 'what',
      details: 'with `auth_expiring`: a fresh `challenge` and `now`',
    },
  },
  going_away: {
    about: 'This edge stops: open a new socket after the delay, resume there, then close this one.',
    fields: { after_ms: 'the delay', ticket, ticket_expires_at: ticketEnds },
  },
  ping: { about: 'Answer with `pong`; any other frame counts as life, too.', fields: {} },
}
