import { type KeyObject, createHmac } from 'node:crypto'

/** The address as it is kept and compared. */
export const normalEmail = (email: string): string => email.normalize('NFC').toLowerCase()

/** What finds an account by its address, without holding the address. */
export const emailHash = (pepper: KeyObject, email: string): Buffer =>
  createHmac('sha256', pepper).update('email\n').update(normalEmail(email)).digest()
