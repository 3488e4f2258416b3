{{/* A pod that "helm test" starts, and whose exit code says how it went. */}}
{{- define "meshboard.testPod" -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ .root.Values.meshName }}-{{ .root.Release.Name }}-test-{{ .name }}
  labels:
    {{- include "meshboard.labels" . | nindent 4 }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  {{- include "meshboard.toolsPod" . | nindent 2 }}
{{- end }}

{{/* Everything that "mesh doctor" looks at. */}}
{{- define "meshboard.doctorEnv" -}}
{{- $secret := include "meshboard.setupSecret" . -}}
{{ include "meshboard.provisionerEnv" . }}
{{ include "meshboard.fromSecret" (dict "name" "NATS_PASSWORD_OPERATOR" "secret" $secret) }}
{{ include "meshboard.fromSecret" (dict "name" "NATS_PASSWORD_SYSTEM" "secret" $secret "optional" true) }}
{{- if or .Values.postgres.url .Values.postgres.bundled.enabled }}
{{ include "meshboard.adminEnv" (dict "root" . "url" (include "meshboard.postgresUrl" .)) }}
{{- end }}
{{- $redis := include "meshboard.redisUrl" . }}
{{- if and $redis (include "meshboard.redisAuthenticated" .) }}
{{ include "meshboard.fromSecret" (dict "name" "REDIS_PASSWORD" "secret" $secret) }}
- name: REDIS_URL
  value: {{ include "meshboard.urlAs" (list $redis ":$(REDIS_PASSWORD)") | quote }}
{{- else if $redis }}
- name: REDIS_URL
  value: {{ $redis | quote }}
{{- end }}
{{- end }}
