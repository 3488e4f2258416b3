{{- define "meshboard.service.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .fullName }}
  labels:
    {{- include "meshboard.labels" . | nindent 4 }}
spec:
  {{- if eq .settings.autoscaling.kind "off" }}
  replicas: {{ int .settings.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  selector:
    matchLabels:
      {{- include "meshboard.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "meshboard.selector" . | nindent 8 }}
        app.kubernetes.io/version: {{ include "meshboard.tag" . | quote }}
        {{- include "meshboard.needs" . | nindent 8 }}
        {{- with .settings.podLabels }}{{ toYaml . | nindent 8 }}{{ end }}
      annotations:
        checksum/config: {{ include "meshboard.variables" . | sha256sum }}
        {{- with .settings.podAnnotations }}{{ toYaml . | nindent 8 }}{{ end }}
    spec:
      {{- include "meshboard.service.pod" . | nindent 6 }}
{{- end }}

{{/* Labels that say which servers a pod may reach. */}}
{{- define "meshboard.needs" -}}
meshboard/uses-nats: "true"
meshboard/uses-postgres: {{ hasKey .facts "databaseRole" | quote }}
meshboard/uses-redis: {{ .facts.usesRedis | quote }}
{{- end }}

{{- define "meshboard.service.pod" -}}
serviceAccountName: {{ .fullName }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- include "meshboard.pullSecrets" .root }}
# STOP_MS_MAX, and ten seconds in which it can say that it took too long.
terminationGracePeriodSeconds: {{ add 10 (div (add (include "meshboard.stopMsMax" . | int64) 999) 1000) }}
securityContext:
  {{- include "meshboard.podSecurity" "" | nindent 2 }}
{{- with .settings.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .settings.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- if .settings.topologySpread.enabled }}
topologySpreadConstraints:
  {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - topologyKey: {{ $key }}
    maxSkew: 1
    whenUnsatisfiable: {{ $.settings.topologySpread.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "meshboard.selector" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- $files := include "meshboard.secretFiles" . | fromJson }}
{{- if $files }}
initContainers:
  {{- include "meshboard.service.files" (dict "service" . "files" $files) | nindent 2 }}
{{- end }}
containers:
  - name: {{ .name }}
    image: {{ include "meshboard.image" . }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    envFrom:
      - configMapRef: { name: {{ .fullName }} }
    env:
      {{- include "meshboard.service.env" . | nindent 6 }}
    ports:
      - { name: ops, containerPort: 9100 }
      {{- with .facts.door }}
      - { name: door, containerPort: {{ int .port }} }
      {{- end }}
    {{- include "meshboard.service.probes" . | nindent 4 }}
    resources:
      {{- toYaml .settings.resources | nindent 6 }}
    securityContext:
      {{- include "meshboard.containerSecurity" . | nindent 6 }}
    volumeMounts:
      - { name: tmp, mountPath: /tmp }
      {{- if $files }}
      - { name: files, mountPath: /run/meshboard, readOnly: true }
      {{- end }}
      {{- with .settings.volumeMounts }}{{ toYaml . | nindent 6 }}{{ end }}
volumes:
  - name: tmp
    emptyDir: { sizeLimit: 64Mi }
  {{- if $files }}
  - name: files
    emptyDir: { medium: Memory, sizeLimit: 1Mi }
  - name: secret
    secret:
      secretName: {{ include "meshboard.secretOf" . }}
      defaultMode: 0440
      items:
        {{- range $keys := $files }}
        {{- range $keys }}
        - { key: {{ . }}, path: {{ . }} }
        {{- end }}
        {{- end }}
  {{- end }}
  {{- with .settings.volumes }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end }}

{{- define "meshboard.service.probes" -}}
startupProbe:
  httpGet: { path: /startupz, port: ops }
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: {{ div (int .settings.probes.startupSeconds) 2 }}
readinessProbe:
  httpGet: { path: /readyz, port: ops }
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
livenessProbe:
  httpGet: { path: /livez, port: ops }
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: {{ max 1 (div (int .settings.probes.livenessSeconds) 10) }}
{{- end }}
