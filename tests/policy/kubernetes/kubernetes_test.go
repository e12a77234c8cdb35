package kubernetes_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/phalanx-php/phalanx/tests/policy/kubernetes"
)

const manifests = "../../../docker/kubernetes"

// render is what "kubectl apply -k" would send.
func render(t *testing.T, folder string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(manifests, folder))
	require.NoError(t, err)
	objects, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), path)
	require.NoError(t, err)
	text, err := objects.AsYaml()
	require.NoError(t, err)
	return string(text)
}

func TestManifests(t *testing.T) {
	for _, folder := range []string{"base", "example"} {
		t.Run(folder, func(t *testing.T) {
			require.Empty(t, kubernetes.Check(render(t, folder)))
		})
	}
}

func TestTheExampleRunsOurImageWithItsCode(t *testing.T) {
	text := render(t, "example")
	require.Contains(t, text, "image: ghcr.io/phalanx-php/phalanx:")
	require.Contains(t, text, "Worker::runAll();")
}

// Each mistake is found, so that a green TestManifests says something.
func TestMistakesAreFound(t *testing.T) {
	good := render(t, "base")
	for _, tt := range []struct{ name, old, new, want string }{
		{"a misspelt field", "readinessProbe:", "readynessProbe:", "unknown field"},
		{"a field twice", "maxSkew: 1\n", "maxSkew: 1\n        maxSkew: 2\n", "already set"},
		{"a word for a number", "minReplicas: 3", "minReplicas: three", "cannot unmarshal"},
		{"a wrong quantity", "memory: 512Mi", "memory: 512Mb", "quantities must match"},
		{"no selector", "  selector:\n    matchLabels:\n      app.kubernetes.io/name: app\n  strategy:", "  strategy:", "selector"},
		{"a container without a name", "        name: app\n        ports:", "        ports:", "name"},
		{"a field of another kind", "kind: ServiceAccount", "kind: Secret", "unknown field"},
		{"another selector than the pods' labels", "spec:\n  maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: app",
			"spec:\n  maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: shop", "disruption budget"},
		{"a budget that forbids every eviction", "spec:\n  maxUnavailable: 1", "spec:\n  maxUnavailable: 0", "no node can be drained"},
		{"an autoscaler of something else", "kind: Deployment\n    name: app", "kind: Deployment\n    name: shop", "autoscaler"},
		{"replicas beside an autoscaler", "  revisionHistoryLimit: 3", "  replicas: 2\n  revisionHistoryLimit: 3", "undo each other"},
		{"the namespace lets everything pass", "pod-security.kubernetes.io/enforce: restricted", "pod-security.kubernetes.io/enforce: privileged", "namespace"},
		{"root", "runAsNonRoot: true", "runAsNonRoot: false", "restricted pod security: runAsNonRoot"},
		{"user 0", "runAsUser: 1000", "runAsUser: 0", "restricted pod security: runAsUser=0"},
		{"capabilities kept", "            drop:\n            - ALL\n", "            add:\n            - SYS_PTRACE\n", "restricted pod security: unrestricted capabilities"},
		{"more rights by setuid", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "allowPrivilegeEscalation"},
		{"system calls unfiltered", "type: RuntimeDefault", "type: Unconfined", "seccompProfile"},
		{"a folder of the node", "emptyDir:\n          sizeLimit: 128Mi", "hostPath:\n          path: /tmp", "restricted volume types"},
		{"a root file system that can be written", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "can be written"},
		{"/tmp without bound", "emptyDir:\n          sizeLimit: 128Mi", "emptyDir: {}", "size limit"},
		{"a token", "automountServiceAccountToken: false\nkind", "automountServiceAccountToken: true\nkind", "token"},
		{"a service account that is not there", "serviceAccountName: app", "serviceAccountName: shop", "not there"},
		{"settings that are not there", "configMapRef:\n            name: settings-", "configMapRef:\n            name: other-", "not there"},
		{"the newest image, whichever", "image: registry.example.com/shop:1.0.0", "image: registry.example.com/shop:latest", "a version"},
		{"no limit of memory", "            memory: 512Mi\n", "", "memory wants a request and a limit"},
		{"no request of processors", "            cpu: 500m\n", "", "cpu wants a request and a limit"},
		{"Go may have all the memory", "GOMEMLIMIT: 128MiB", "GOMEMLIMIT: 512MiB", "leaves PHP too little"},
		{"killed while it drains", "terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 20", "kill comes before"},
		{"gone before the endpoints know", `DRAIN_DELAY: "8"`, `DRAIN_DELAY: "1"`, "traffic stops coming"},
		{"alive while not ready", "path: /live", "path: /ready", "liveness probe"},
		{"a probe of another port", "--monitor=0.0.0.0:9090", "--monitor=0.0.0.0:9091", "the monitor listens"},
		{"a service that leads to the monitor", "targetPort: http", "targetPort: monitor", "service"},
		{"anyone may scrape", "  - from:\n    - namespaceSelector:\n        matchLabels:\n          kubernetes.io/metadata.name: monitoring\n      podSelector:\n        matchLabels:\n          app.kubernetes.io/name: prometheus\n    ports:", "  - ports:", "lets anyone in"},
		{"any namespace may send requests", "    - namespaceSelector:\n        matchLabels:\n          kubernetes.io/metadata.name: ingress-nginx\n", "    - namespaceSelector: {}\n", "lets anyone in"},
		{"nothing is denied", "  podSelector: {}\n", "  podSelector:\n    matchLabels:\n      app.kubernetes.io/name: app\n", "no network policy denies"},
		{"an object in another namespace", "  name: default-deny\n  namespace: phalanx", "  name: default-deny\n  namespace: default", "in the namespace"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, good, tt.old)
			problems := kubernetes.Check(strings.Replace(good, tt.old, tt.new, 1))
			require.Contains(t, strings.Join(problems, "\n"), tt.want)
		})
	}
}
