// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const CONTROLS = /\u001b\[[\d;]*m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/**
 * A text without control characters but for line ends, tabs and colours: what strangers wrote into
 * an event must not move the cursor of who looks at it.
 */
export const harmless = (text: string): string =>
  text.replaceAll(CONTROLS, (found) => (found.length > 1 ? found : '\uFFFD'))
