{{- define "rondo.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "rondo.labels" -}}
app.kubernetes.io/name: rondo
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "rondo.tag" -}}
{{- .Values.images.tag | default .Chart.AppVersion -}}
{{- end -}}

{{- define "rondo.job" -}}
{{- required "job.name is empty: name the job that is served" .Values.job.name -}}
{{- end -}}

{{/* Where the cluster is; credentials come from a file, so that no value shows in the process list. */}}
{{- define "rondo.environment" -}}
- name: RONDO_BOOTSTRAP_SERVERS
  value: {{ required "kafka.bootstrapServers is empty: name your brokers as host:port" .Values.kafka.bootstrapServers | quote }}
- name: RONDO_SCHEMA_REGISTRY
  value: {{ required "kafka.schemaRegistry is empty: give the registry's address" .Values.kafka.schemaRegistry | quote }}
- name: RONDO_HTTP
  value: "0.0.0.0:{{ .Values.http.port }}"
{{- end -}}

{{- define "rondo.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "rondo.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "rondo.probes" -}}
startupProbe:
  httpGet: {path: /health/live, port: http}
  periodSeconds: 5
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /health/live, port: http}
  periodSeconds: 15
  failureThreshold: 4
readinessProbe:
  httpGet: {path: /health/ready, port: http}
  periodSeconds: 10
{{- end -}}
