{{- define "meshboard.podSecurity" -}}
{{- $id := . | default 1000 | int -}}
runAsNonRoot: true
runAsUser: {{ $id }}
runAsGroup: {{ $id }}
fsGroup: {{ $id }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "meshboard.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
