import type { Knex } from 'knex'

const QUERIES = {
  columns: `
    select format('%s.%s %s%s%s', table_name, column_name, data_type,
      case is_nullable when 'NO' then ' not null' else '' end,
      coalesce(' default ' || column_default, case is_identity when 'YES' then ' identity' else '' end)) as line
    from information_schema.columns where table_schema = ?
    order by table_name, ordinal_position`,
  constraints: `
    select format('%s: %s', conrelid::regclass, pg_get_constraintdef(oid)) as line
    from pg_constraint where connamespace = ?::regnamespace and contype <> 'n'
    order by conrelid::regclass::text, pg_get_constraintdef(oid)`,
  indexes: `select indexdef as line from pg_indexes where schemaname = ? order by indexname`,
  functions: `
    select pg_get_functiondef(oid) as line from pg_proc where pronamespace = ?::regnamespace order by proname`,
  triggers: `
    select pg_get_triggerdef(t.oid) as line from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = ?::regnamespace and not t.tgisinternal order by t.tgname`,
  grants: `
    select format('%s: %s to %s', table_name, string_agg(lower(privilege_type), ', ' order by privilege_type), grantee) as line
    from information_schema.role_table_grants where table_schema = ? and grantee like '%_app'
    group by table_name, grantee order by table_name, grantee`,
}

/** A schema written out from the catalogue, so that a migration's effect shows in review. */
export const dumpSchema = async (knex: Knex, service: string): Promise<string> => {
  const parts: string[] = []
  for (const [title, sql] of Object.entries(QUERIES)) {
    const { rows } = await knex.raw<{ rows: { line: string }[] }>(
      sql.replaceAll(/'%_app'/g, "'%\\_app'"),
      [service],
    )
    parts.push(`-- ${title}`, ...rows.map((row) => row.line), '')
  }
  return parts.join('\n')
}
