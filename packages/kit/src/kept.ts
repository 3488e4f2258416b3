/** Days an outbox keeps what it has sent: until then it can be sent again after a loss of the broker. */
export const OUTBOX_KEPT_DAYS = 7

/** Days an inbox knows what a consumer has taken. An event that comes back later counts a second time. */
export const INBOX_KEPT_DAYS = 45
