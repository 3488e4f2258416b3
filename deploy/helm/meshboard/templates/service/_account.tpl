{{- define "meshboard.service.account" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .fullName }}
  labels:
    {{- include "meshboard.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end }}
