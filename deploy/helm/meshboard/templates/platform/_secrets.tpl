{{/*
For evaluation. Every password follows from the seed, so that releases agree and nothing changes at
an upgrade: (list $ "nats/earnings").
*/}}
{{- define "meshboard.password" -}}
pw{{ printf "%s/%s" (index . 0).Values.secrets.seed (index . 1) | sha256sum | trunc 40 }}
{{- end }}

{{/* An ed25519 key as PKCS 8: what comes before its 32 bytes is the same for all; the rest follows from the seed. */}}
{{- define "meshboard.signingKey" -}}
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIA{{ printf "%s/%s" (index . 0).Values.secrets.seed (index . 1) | sha256sum | b64enc | trunc 42 }}
-----END PRIVATE KEY-----
{{- end }}

{{- define "meshboard.platform.secrets" -}}
{{- if .Values.secrets.seed -}}
{{- $mesh := .Files.Get "files/mesh.json" | fromJson -}}
{{- range $name, $facts := $mesh.services }}
{{- $settings := get $.Values.services $name | default dict }}
{{- if not $settings.existingSecret }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ $.Values.meshName }}-{{ $name }}
  labels:
    {{- include "meshboard.labels" (dict "root" $ "name" $name "component" "secret" "facts" $facts) | nindent 4 }}
type: Opaque
stringData:
  NATS_PASSWORD: {{ include "meshboard.password" (list $ (printf "nats/%s" $name)) }}
  {{- if $facts.databaseRole }}
  DATABASE_PASSWORD: {{ include "meshboard.password" (list $ (printf "postgres/%s" $name)) }}
  {{- end }}
  {{- if $facts.usesRedis }}
  REDIS_PASSWORD: {{ include "meshboard.password" (list $ "redis") }}
  {{- end }}
  {{- range $env, $_ := $facts.secrets }}
  {{ $env }}: {{ include "meshboard.password" (list $ $env) }}
  {{- end }}
  {{- range $env, $keys := $facts.secretFiles }}
  {{- range $keys }}
  {{ . }}: |
    {{- include "meshboard.signingKey" (list $ $env) | nindent 4 }}
  {{- end }}
  {{- end }}
{{- end }}
{{- end }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ include "meshboard.setupSecret" . }}
  labels:
    {{- include "meshboard.labels" (dict "root" . "name" "setup" "component" "secret") | nindent 4 }}
type: Opaque
stringData:
  POSTGRES_USER: postgres
  POSTGRES_PASSWORD: {{ include "meshboard.password" (list . "postgres/postgres") }}
  REDIS_PASSWORD: {{ include "meshboard.password" (list . "redis") }}
  {{- range $user := $mesh.brokerUsers }}
  {{- if not (hasKey $mesh.services (lower $user | replace "_" "-")) }}
  NATS_PASSWORD_{{ $user }}: {{ include "meshboard.password" (list $ (printf "nats/%s" (lower $user))) }}
  {{- end }}
  {{- end }}
{{- if .Values.nats.bundled.enabled }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Values.meshName }}-nats
  labels:
    {{- include "meshboard.labels" (dict "root" . "name" "nats" "component" "secret") | nindent 4 }}
type: Opaque
stringData:
  {{- range $user := $mesh.brokerUsers }}
  NATS_PASSWORD_{{ $user }}: {{ include "meshboard.password" (list $ (printf "nats/%s" (lower $user | replace "_" "-"))) }}
  {{- end }}
{{- end }}
{{- if .Values.redis.bundled.enabled }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Values.meshName }}-redis
  labels:
    {{- include "meshboard.labels" (dict "root" . "name" "redis" "component" "secret") | nindent 4 }}
type: Opaque
stringData:
  REDIS_PASSWORD: {{ include "meshboard.password" (list . "redis") }}
{{- end }}
{{- end -}}
{{- end }}
