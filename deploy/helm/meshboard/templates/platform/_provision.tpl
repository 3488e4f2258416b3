{{/* Streams, consumers and what the broker must be like, for all services at once. */}}
{{- define "meshboard.platform.provision" -}}
{{- if .Values.setup.provision -}}
{{- $one := dict "root" . "name" "provision" "component" "setup" "weight" "-10"
      "job" (printf "%s-provision" .Values.meshName) "args" (list "provision" "--yes") -}}
{{- $system := include "meshboard.fromSecret" (dict "name" "NATS_PASSWORD_SYSTEM" "secret" (include "meshboard.setupSecret" .) "optional" true) -}}
{{- $_ := set $one "image" (include "meshboard.toolsImage" $one) -}}
{{- $_ := set $one "env" (printf "%s\n%s" (include "meshboard.provisionerEnv" .) $system) -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "meshboard.setupMetadata" $one | nindent 2 }}
  labels:
    {{- include "meshboard.labels" $one | nindent 4 }}
spec:
  {{- include "meshboard.setupSpec" $one | nindent 2 }}
{{- end -}}
{{- end }}
