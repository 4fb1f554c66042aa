{{- /* Every component that runs: what it is (files/components.yaml), over which its values go. */ -}}
{{- define "quartet.components" -}}
{{- $facts := .Files.Get "files/components.yaml" | fromYaml -}}
{{- $running := dict -}}
{{- range $name, $values := .Values.components -}}
{{- if $values.enabled -}}
{{- $_ := set $running $name (mustMergeOverwrite (deepCopy $.Values.defaults) (deepCopy $values) (dict "is" (get $facts $name))) -}}
{{- end -}}
{{- end -}}
{{- if and (hasKey $running "admin") (not .Values.clickhouse.url) -}}
{{- $_ := set $running.admin "replicas" 1 -}}
{{- end -}}
{{- $running | toYaml -}}
{{- end -}}

{{- /* Takes (dict "root" $ "component" name "values" merged). */ -}}
{{- define "quartet.image" -}}
{{- $image := printf "%s/%s%s" .root.Values.image.registry .root.Values.image.prefix .values.is.image -}}
{{- $digest := .values.digest -}}
{{- if and (not $digest) (eq .component "video-worker") -}}
{{- $digest = .root.Values.components.video.digest -}}
{{- end -}}
{{- if $digest -}}
{{- printf "%s@%s" $image $digest -}}
{{- else -}}
{{- printf "%s:%s" $image (include "quartet.tag" .root) -}}
{{- end -}}
{{- end -}}

{{- /* Restricted Pod Security, for every pod of the chart. */ -}}
{{- define "quartet.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .user }}
runAsGroup: {{ .user }}
fsGroup: {{ .user }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "quartet.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- /* Whether the component's number of pods is someone else's business. */ -}}
{{- define "quartet.isScaled" -}}
{{- if or .autoscaling.enabled (dig "keda" "enabled" false .) -}}yes{{- end -}}
{{- end -}}

{{- define "quartet.isMany" -}}
{{- if .autoscaling.enabled -}}
{{- if gt (int .autoscaling.min) 1 -}}yes{{- end -}}
{{- else if dig "keda" "enabled" false . -}}
{{- if gt (int .keda.min) 1 -}}yes{{- end -}}
{{- else if gt (int .replicas) 1 -}}yes
{{- end -}}
{{- end -}}

{{- /* How the kubelet asks. It speaks no TLS to gRPC ports: https://github.com/kubernetes/kubernetes/issues/119093 */ -}}
{{- define "quartet.probe" -}}
{{- if .root.Values.tls.enabled -}}
httpGet: {path: {{ ternary "/livez" "/readyz" (eq .asks "liveness") }}, port: metrics}
{{- else -}}
grpc: {port: {{ .is.grpc }}{{ with .asks }}, service: {{ . }}{{ end }}}
{{- end -}}
{{- end -}}
