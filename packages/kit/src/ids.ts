import { ID_PREFIXES } from '@meshboard/contracts'
import { typeid } from 'typeid-js'

/** A new TypeID of that kind: `newId('user')` is `usr_01j…`. Sorts by the time it was made. */
export const newId = (kind: keyof typeof ID_PREFIXES): string =>
  typeid(ID_PREFIXES[kind]).toString()

/** Names one process of a service, in discovery: `ins_01j…`. */
export const newInstanceId = (): string => typeid('ins').toString()
