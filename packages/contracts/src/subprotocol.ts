/** The WebSocket subprotocol of `/ws/v1` in JSON. */
export const SUBPROTOCOL = 'meshboard.v1.json'
