/** A service's name as a part of environment variables: `fraud-watch` is `FRAUD_WATCH`. */
export function envName(service) {
  return service.toUpperCase().replaceAll('-', '_')
}

/** The database role a service works as: `fraud-watch` is `fraud_watch_app`. */
export function databaseRole(service) {
  return `${service.replaceAll('-', '_')}_app`
}
