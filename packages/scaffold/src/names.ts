/** A service's name in each of its spellings; `fraud-watch` for example. */
export interface Names {
  /** `fraud-watch`: the service, its folder, its subjects, its schema. */
  readonly name: string
  /** `fraudWatch`: the contract. */
  readonly camel: string
  /** `fraud_watch`: its database roles. */
  readonly snake: string
  /** `FRAUD_WATCH`: its environment variables. */
  readonly UPPER: string
  /** `"fraud-watch"`: the schema as Postgres writes it. */
  readonly schema: string
}

/** Of Postgres' reserved words (its manual, appendix C) those that a service could be called by. */
const QUOTED_BY_POSTGRES =
  /^(all|analyse|analyze|any|array|as|asc|both|case|cast|check|collate|column|constraint|create|default|desc|do|else|end|except|fetch|for|from|grant|group|having|in|into|lateral|leading|limit|not|null|offset|on|only|or|order|placing|primary|references|returning|select|some|symmetric|table|then|to|trailing|union|unique|user|using|variadic|when|where|window|with)$/

export const namesOf = (name: string): Names => {
  const snake = name.replaceAll('-', '_')
  return {
    name,
    camel: name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    snake,
    UPPER: snake.toUpperCase(),
    schema: name.includes('-') || QUOTED_BY_POSTGRES.test(name) ? `"${name}"` : name,
  }
}

/** A template's text with the name in its places: `__name__`, `__camel__` … */
export const fillIn = (template: string, names: Names): string =>
  template.replaceAll(
    /__(name|camel|snake|UPPER|schema)__/g,
    (_, spelling: string) => names[spelling as keyof Names],
  )
