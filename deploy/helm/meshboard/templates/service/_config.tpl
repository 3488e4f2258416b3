{{/* The variables of a service that are no secret. */}}
{{- define "meshboard.variables" -}}
{{- $own := dict
      "NATS_URL" (include "meshboard.natsUrl" .root)
      "NATS_USER" .name
      "OPS_HOST" "0.0.0.0"
      "OPS_PORT" "9100" -}}
{{- with .facts.door -}}
{{- $_ := set $own .hostVariable "0.0.0.0" -}}
{{- $_ := set $own .portVariable (toString .port) -}}
{{- if $.root.Values.ingress.enabled }}{{ $_ := set $own .hopsVariable (toString (int $.root.Values.ingress.trustedHops)) }}{{ end -}}
{{- end -}}
{{- with .settings.nodeOptions }}{{ $_ := set $own "NODE_OPTIONS" . }}{{ end -}}
{{- range $env, $keys := include "meshboard.secretFiles" . | fromJson -}}
{{- $paths := list -}}
{{- range $keys }}{{ $paths = append $paths (printf "/run/meshboard/%s" .) }}{{ end -}}
{{- $_ := set $own $env (join "," $paths) -}}
{{- end -}}
{{- range $env, $value := mergeOverwrite (deepCopy .root.Values.config) (.settings.config | default dict | deepCopy) -}}
{{- $_ := set $own $env (include "meshboard.text" $value) -}}
{{- end -}}
{{- range $env, $value := $own }}
{{ $env }}: {{ $value | quote }}
{{- end -}}
{{- end }}

{{/* Variables that name files, with the keys of the secret that are put there. */}}
{{- define "meshboard.secretFiles" -}}
{{- $given := dict -}}
{{- range $env, $keys := mergeOverwrite (deepCopy .facts.secretFiles) (.settings.secretFiles | default dict) -}}
{{- if $keys }}{{ $_ := set $given $env $keys }}{{ end -}}
{{- end -}}
{{- $given | toJson -}}
{{- end }}

{{- define "meshboard.service.config" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .fullName }}
  labels:
    {{- include "meshboard.labels" . | nindent 4 }}
data:
  {{- include "meshboard.variables" . | trim | nindent 2 }}
{{- end }}
