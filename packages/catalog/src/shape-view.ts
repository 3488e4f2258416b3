import type { Shape } from './entries.ts'
import { type FieldRow, fieldRows } from './field-rows.ts'
import { type Html, html } from './html.ts'

/** A schema as a table of its fields, with an example beside it and the schema itself to open. */
export const shapeView = (title: string, { schema, example }: Shape): Html => {
  const rows = fieldRows(schema)
  if (rows.length === 0) return html`<p class="shape-none"><b>${title}</b> nothing</p>`
  return html`
    <div class="shape">
      <div class="fields">
        <table>
          <caption>
            ${title}
          </caption>
          <thead>
            <tr>
              <th scope="col">field</th>
              <th scope="col">type</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(rowView)}
          </tbody>
        </table>
        <details>
          <summary>JSON Schema</summary>
          <pre tabindex="0"><code>${JSON.stringify(schema, null, 2)}</code></pre>
        </details>
      </div>
      ${exampleView(example)}
    </div>
  `
}

const rowView = ({ path, type, required }: FieldRow): Html =>
  html`<tr>
    <th scope="row"><code>${path || 'value'}</code>${!required && html` <i>optional</i>`}</th>
    <td>${type}</td>
  </tr>`

const exampleView = (example: unknown): Html => html`
  <figure class="example">
    <figcaption>Example</figcaption>
    <pre tabindex="0"><code>${JSON.stringify(example, null, 2)}</code></pre>
  </figure>
`
