{{/* Nothing of the mesh may talk to anything but as another policy allows. */}}
{{- define "meshboard.platform.policies" -}}
{{- if .Values.networkPolicy.enabled -}}
{{- $all := dict "root" . "name" "everything" "component" "policy" -}}
{{- $setup := dict "root" . "name" "tools" "component" "policy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .Values.meshName }}-default-deny
  labels:
    {{- include "meshboard.labels" $all | nindent 4 }}
spec:
  podSelector:
    matchLabels: { app.kubernetes.io/part-of: {{ .Values.meshName }} }
  policyTypes: [Ingress, Egress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .Values.meshName }}-tools
  labels:
    {{- include "meshboard.labels" $setup | nindent 4 }}
spec:
  podSelector:
    matchLabels: { app.kubernetes.io/part-of: {{ .Values.meshName }} }
    matchExpressions:
      - { key: app.kubernetes.io/component, operator: In, values: [setup, test] }
  policyTypes: [Ingress, Egress]
  egress:
    {{- include "meshboard.egressDns" . | nindent 4 }}
    {{- include "meshboard.egressNats" . | nindent 4 }}
    {{- if or .Values.postgres.url .Values.postgres.bundled.enabled }}
    {{- include "meshboard.egressPostgres" (list . (include "meshboard.postgresUrl" .)) | nindent 4 }}
    {{- end }}
    {{- with include "meshboard.redisUrl" . }}
    {{- include "meshboard.egress" (list $ "redis" (include "meshboard.ports" (list . 6379)) $.Values.networkPolicy.redisTo) | nindent 4 }}
    {{- end }}
    - ports: [{ protocol: TCP, port: 9100 }]
      to:
        - podSelector:
            matchLabels: { app.kubernetes.io/part-of: {{ .Values.meshName }}, app.kubernetes.io/component: service }
{{- end -}}
{{- end }}

{{/* Who may reach a bundled server: (dict "root" … "name" "postgres" "port" 5432). */}}
{{- define "meshboard.serverPolicy" -}}
{{- if .root.Values.networkPolicy.enabled }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .fullName }}
  labels:
    {{- include "meshboard.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "meshboard.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - ports: [{ protocol: TCP, port: {{ .port }} }]
      from:
        - podSelector:
            matchLabels: { app.kubernetes.io/part-of: {{ .root.Values.meshName }}, meshboard/uses-{{ .name }}: "true" }
        - podSelector:
            matchLabels: { app.kubernetes.io/part-of: {{ .root.Values.meshName }} }
            matchExpressions:
              - { key: app.kubernetes.io/component, operator: In, values: [setup, test] }
    {{- with .ingress }}{{ . | nindent 4 }}{{ end }}
  {{- with .egress }}
  egress: {{ . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
