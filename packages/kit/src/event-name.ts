/** `earnings.credited`, from major version 2 on `earnings.v2.credited`. */
interface EventName {
  readonly service: string
  readonly major: number
  readonly name: string
}

const NAME = /^([^.]+)(?:\.v(\d+))?\.([^.]+)$/

const parseEventName = (text: string): EventName | undefined => {
  const [, service, major = '1', name] = NAME.exec(text) ?? []
  return service !== undefined && name !== undefined
    ? { service, major: Number(major), name }
    : undefined
}

/** Whether both are versions of one event, and not the same. */
export const isOtherMajor = (one: string, other: string): boolean => {
  const [a, b] = [parseEventName(one), parseEventName(other)]
  return a?.service === b?.service && a?.name === b?.name && a?.major !== b?.major
}
