{{/* Secrets, and the URLs they are put into: $(NAME) is filled in by Kubernetes. */}}
{{- define "meshboard.service.env" -}}
{{- $secret := include "meshboard.secretOf" . -}}
{{ include "meshboard.fromSecret" (dict "name" "NATS_PASSWORD" "secret" $secret) }}
{{- if .facts.databaseRole }}
{{ include "meshboard.fromSecret" (dict "name" "DATABASE_PASSWORD" "secret" $secret) }}
- name: DATABASE_URL
  value: {{ include "meshboard.urlAs" (list (include "meshboard.postgresUrlOf" .) (printf "%s:$(DATABASE_PASSWORD)" .facts.databaseRole)) | quote }}
{{- end }}
{{- $redis := include "meshboard.redisUrl" .root }}
{{- if and .facts.usesRedis $redis }}
{{- if include "meshboard.redisAuthenticated" .root }}
{{ include "meshboard.fromSecret" (dict "name" "REDIS_PASSWORD" "secret" $secret) }}
- name: REDIS_URL
  value: {{ include "meshboard.urlAs" (list $redis ":$(REDIS_PASSWORD)") | quote }}
{{- else }}
- name: REDIS_URL
  value: {{ $redis | quote }}
{{- end }}
{{- end }}
{{- range $env, $own := .facts.secrets }}
{{ include "meshboard.fromSecret" (dict "name" $env "secret" $secret "optional" (not $own.required)) }}
{{- end }}
{{- with .settings.env }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Files that nobody but the process may read, which a secret's own are not. */}}
{{- define "meshboard.service.files" -}}
- name: files
  image: {{ include "meshboard.image" .service }}
  imagePullPolicy: {{ .service.root.Values.image.pullPolicy }}
  command:
    - node
    - -e
    - |-
      const { readFileSync, rmSync, writeFileSync } = require('node:fs')
      for (const name of process.argv.slice(1)) {
        rmSync(`/run/meshboard/${name}`, { force: true })
        writeFileSync(`/run/meshboard/${name}`, readFileSync(`/secret/${name}`), { mode: 0o400 })
      }
    - --
    {{- range $keys := .files }}
    {{- range $keys }}
    - {{ . }}
    {{- end }}
    {{- end }}
  resources:
    requests: { cpu: 10m, memory: 64Mi }
    limits: { memory: 64Mi }
  securityContext:
    {{- include "meshboard.containerSecurity" . | nindent 4 }}
  volumeMounts:
    - { name: secret, mountPath: /secret, readOnly: true }
    - { name: files, mountPath: /run/meshboard }
{{- end }}
