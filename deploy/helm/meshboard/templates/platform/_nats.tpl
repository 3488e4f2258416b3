{{/* For evaluation: JetStream on several nodes, which sync every write, with the users of the contracts. */}}
{{- define "meshboard.platform.nats" -}}
{{- if .Values.nats.bundled.enabled -}}
{{- $bundled := .Values.nats.bundled -}}
{{- $nats := dict "root" . "name" "nats" "component" "server" "fullName" (printf "%s-nats" .Values.meshName) "port" 4222 -}}
{{- $config := include "meshboard.natsConfig" $nats -}}
{{- $permissions := .Files.Get "files/permissions.conf" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $nats.fullName }}
  labels:
    {{- include "meshboard.labels" $nats | nindent 4 }}
data:
  nats.conf: |
    {{- $config | nindent 4 }}
  permissions.conf: |
    {{- $permissions | nindent 4 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $nats.fullName }}
  labels:
    {{- include "meshboard.labels" $nats | nindent 4 }}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    {{- include "meshboard.selector" $nats | nindent 4 }}
  ports:
    - { name: client, port: 4222 }
    - { name: cluster, port: 6222 }
    - { name: monitor, port: 8222 }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $nats.fullName }}
  labels:
    {{- include "meshboard.labels" $nats | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "meshboard.selector" $nats | nindent 6 }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $nats.fullName }}
  labels:
    {{- include "meshboard.labels" $nats | nindent 4 }}
spec:
  serviceName: {{ $nats.fullName }}
  replicas: {{ int $bundled.replicas }}
  podManagementPolicy: Parallel
  selector:
    matchLabels:
      {{- include "meshboard.selector" $nats | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "meshboard.selector" $nats | nindent 8 }}
      annotations:
        checksum/config: {{ printf "%s%s" $config $permissions | sha256sum }}
    spec:
      {{- include "meshboard.natsPod" $nats | nindent 6 }}
  volumeClaimTemplates:
    {{- include "meshboard.claim" $bundled.storage | nindent 4 }}
{{ include "meshboard.serverPolicy" (merge (dict "ingress" (include "meshboard.natsIngress" .) "egress" (include "meshboard.natsEgress" .)) $nats) }}
{{- end -}}
{{- end }}

{{- define "meshboard.claim" -}}
- metadata: { name: data }
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .className }}
    storageClassName: {{ . }}
    {{- end }}
    resources: { requests: { storage: {{ .size }} } }
{{- end }}

{{- define "meshboard.natsConfig" -}}
server_name: $SERVER_NAME
server_tags: ["sync:always"]
host: 0.0.0.0
port: 4222
http_port: 8222
pid_file: /tmp/nats.pid

max_payload: 1MB
# A frame that is longer than this breaks the connection, so no subject may come near it.
max_control_line: 4KB
write_deadline: 10s
lame_duck_grace_period: 10s
lame_duck_duration: 30s

jetstream {
  store_dir: /data
  # Every stored event is on disk before it is acknowledged: the ledger rests on that.
  sync_interval: always
}
{{- if gt (int .root.Values.nats.bundled.replicas) 1 }}

# Who may reach this port is the NetworkPolicy's matter.
cluster {
  name: {{ .root.Values.meshName }}
  host: 0.0.0.0
  port: 6222
  routes: $CLUSTER_ROUTES
  no_advertise: true
}
{{- end }}

include permissions.conf
{{- end }}

{{- define "meshboard.natsPod" -}}
{{- $bundled := .root.Values.nats.bundled -}}
{{- $routes := list -}}
{{- range $at := until (int $bundled.replicas) -}}
{{- $routes = append $routes (printf "nats://%s-%d.%s:6222" $.fullName $at $.fullName) -}}
{{- end -}}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: 60
securityContext:
  {{- include "meshboard.podSecurity" "" | nindent 2 }}
topologySpreadConstraints:
  {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - topologyKey: {{ $key }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "meshboard.selector" $ | nindent 8 }}
  {{- end }}
containers:
  - name: nats
    image: {{ $bundled.image }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    args: [--config, /etc/nats/nats.conf]
    env:
      - name: SERVER_NAME
        valueFrom: { fieldRef: { fieldPath: metadata.name } }
      - name: CLUSTER_ROUTES
        value: {{ $routes | toJson | quote }}
    envFrom:
      - secretRef: { name: {{ .fullName }} }
    ports:
      - { name: client, containerPort: 4222 }
      - { name: cluster, containerPort: 6222 }
      - { name: monitor, containerPort: 8222 }
    lifecycle:
      # Clients are told to go elsewhere before the connection ends.
      preStop: { exec: { command: [nats-server, --signal, ldm=/tmp/nats.pid] } }
    startupProbe:
      httpGet: { path: /healthz, port: monitor }
      periodSeconds: 5
      failureThreshold: 60
    readinessProbe:
      httpGet: { path: '/healthz?js-server-only=true', port: monitor }
      periodSeconds: 5
    livenessProbe:
      httpGet: { path: '/healthz?js-enabled-only=true', port: monitor }
      periodSeconds: 15
    resources:
      {{- toYaml $bundled.resources | nindent 6 }}
    securityContext:
      {{- include "meshboard.containerSecurity" . | nindent 6 }}
    volumeMounts:
      - { name: config, mountPath: /etc/nats, readOnly: true }
      - { name: data, mountPath: /data }
      - { name: tmp, mountPath: /tmp }
volumes:
  - name: config
    configMap: { name: {{ .fullName }} }
  - name: tmp
    emptyDir: { sizeLimit: 16Mi }
{{- end }}

{{- define "meshboard.natsPeers" -}}
- podSelector:
    matchLabels: { app.kubernetes.io/part-of: {{ .Values.meshName }}, app.kubernetes.io/name: nats }
{{- end }}

{{- define "meshboard.natsIngress" -}}
- ports: [{ protocol: TCP, port: 6222 }]
  from:
    {{- include "meshboard.natsPeers" . | nindent 4 }}
{{- with .Values.networkPolicy.monitoringFrom }}
- ports: [{ protocol: TCP, port: 8222 }]
  from: {{ toYaml . | nindent 4 }}
{{- end }}
{{- end }}

{{- define "meshboard.natsEgress" -}}
{{ include "meshboard.egressDns" . }}
- ports: [{ protocol: TCP, port: 6222 }]
  to:
    {{- include "meshboard.natsPeers" . | nindent 4 }}
{{- end }}
