{{/* Whether a part is in this release. */}}
{{- define "meshboard.has" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- if or (empty $root.Values.only) (has $part $root.Values.only) }}yes{{ end -}}
{{- end }}

{{/* Labels by which objects are found; they never change. `name` and `component`, beside `root`. */}}
{{- define "meshboard.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: {{ .root.Values.meshName }}
{{- end }}

{{- define "meshboard.labels" -}}
{{ include "meshboard.selector" . }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ include "meshboard.tag" . | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .facts }}
meshboard/owner: {{ .owner }}
{{- end }}
{{- end }}

{{- define "meshboard.tag" -}}
{{- $own := "" -}}
{{- if .settings }}{{ $own = .settings.image.tag }}{{ end -}}
{{- $own | default .root.Values.image.tag | default .root.Chart.AppVersion -}}
{{- end }}

{{- define "meshboard.imageRoot" -}}
{{- with .Values.image.registry }}{{ . }}/{{ end }}{{ .Values.image.repository -}}
{{- end }}

{{- define "meshboard.image" -}}
{{- $digest := .settings.image.digest -}}
{{ include "meshboard.imageRoot" .root }}/{{ .name }}{{ if $digest }}@{{ $digest }}{{ else }}:{{ include "meshboard.tag" . }}{{ end }}
{{- end }}

{{/* The tools of the same build. */}}
{{- define "meshboard.toolsImage" -}}
{{ include "meshboard.imageRoot" .root }}/{{ .root.Values.image.tools }}:{{ include "meshboard.tag" . }}
{{- end }}

{{- define "meshboard.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* A number as YAML wrote it, not as 5e+07. */}}
{{- define "meshboard.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end }}
