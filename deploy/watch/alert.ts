/** Something a person is told of. Its runbook is in `docs/runbooks`, under its name. */
export interface Alert {
  readonly name: string
  /** `page`: wakes somebody, users feel it or money is at stake. `ticket`: within a working day. */
  readonly severity: 'page' | 'ticket'
  /** Has series for as long as something is wrong. */
  readonly expr: string
  /** How long it must be wrong before anybody is told, minutes. */
  readonly forMinutes: number
  /** One sentence with the figure, `{{ $value }}`, or a label, `{{ $labels.consumer }}`. */
  readonly summary: string
}
