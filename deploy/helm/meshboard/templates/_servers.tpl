{{/* Where the servers are. A bundled one is at a name that follows from meshName alone. */}}
{{- define "meshboard.natsUrl" -}}
{{- if .Values.nats.bundled.enabled }}{{ range $at := until (int .Values.nats.bundled.replicas) -}}
{{ if $at }},{{ end }}nats://{{ $.Values.meshName }}-nats-{{ $at }}.{{ $.Values.meshName }}-nats:4222
{{- end }}{{ else -}}
{{ required "nats.url is empty, and nats.bundled.enabled is not set: there is no mesh without a broker" .Values.nats.url }}
{{- end -}}
{{- end }}

{{- define "meshboard.postgresUrl" -}}
{{- if .Values.postgres.bundled.enabled }}postgres://{{ .Values.meshName }}-postgres:5432/meshboard{{ else -}}
{{ required "postgres.url is empty, and postgres.bundled.enabled is not set" .Values.postgres.url }}
{{- end -}}
{{- end }}

{{/* Of one service, that may have a database of its own. */}}
{{- define "meshboard.postgresUrlOf" -}}
{{- $own := dig "postgres" "url" "" .settings -}}
{{- if $own }}{{ $own }}{{ else }}{{ include "meshboard.postgresUrl" .root }}{{ end -}}
{{- end }}

{{- define "meshboard.redisUrl" -}}
{{- if .Values.redis.bundled.enabled }}redis://{{ .Values.meshName }}-redis:6379{{ else }}{{ .Values.redis.url }}{{ end -}}
{{- end }}

{{- define "meshboard.redisAuthenticated" -}}
{{- if or .Values.redis.bundled.enabled .Values.redis.authenticated }}yes{{ end -}}
{{- end }}

{{/* A URL with a user put in: (list url "user:$(PASSWORD)"). */}}
{{- define "meshboard.urlAs" -}}
{{- index . 0 | replace "://" (printf "://%s@" (index . 1)) -}}
{{- end }}

{{/* The ports of a URL, or of several with commas, as a JSON list: (list url default). */}}
{{- define "meshboard.ports" -}}
{{- $default := index . 1 -}}
{{- $ports := list -}}
{{- range splitList "," (index . 0) -}}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" (urlParse (trim .)).host) -}}
{{- $ports = append $ports ($port | default $default | int) -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end }}

{{- define "meshboard.secretOf" -}}
{{- .settings.existingSecret | default .fullName -}}
{{- end }}

{{- define "meshboard.setupSecret" -}}
{{- .Values.setup.existingSecret | default (printf "%s-setup" .Values.meshName) -}}
{{- end }}

{{/* A variable from a secret: (dict "name" … "secret" … "key" … "optional" true). */}}
{{- define "meshboard.fromSecret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key | default .name }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end }}
