// Package kubernetes checks the manifests in docker/kubernetes as an API server and a careful operator would: every object against its type
// and schema, the pods against the restricted pod security standard, and the objects against each other.
package kubernetes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/client-go/openapi/openapitest"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

const namespace = "phalanx"

// set is what a kustomization makes, by kind.
type set struct {
	namespaces  []*corev1.Namespace
	accounts    []*corev1.ServiceAccount
	settings    []*corev1.ConfigMap
	services    []*corev1.Service
	deployments []*appsv1.Deployment
	scalers     []*autoscalingv2.HorizontalPodAutoscaler
	budgets     []*policyv1.PodDisruptionBudget
	policies    []*networkingv1.NetworkPolicy
	problems    []string
}

func (s *set) wrong(format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

// Check reads objects, as YAML documents, and says what is wrong with them.
func Check(documents string) []string {
	s := &set{}
	decoder := strictDecoder()
	schemas := openAPI()
	for _, document := range strings.Split(documents, "\n---\n") {
		if strings.TrimSpace(document) == "" {
			continue
		}
		object, kind, err := decoder.Decode([]byte(document), nil, nil)
		if err != nil {
			s.wrong("%v", err)
			continue
		}
		s.validate(schemas, kind, document)
		s.add(object)
	}
	if len(s.problems) == 0 {
		s.together()
	}
	return s.problems
}

// strictDecoder refuses unknown and repeated fields, values of the wrong type and kinds that are not listed here.
func strictDecoder() runtime.Decoder {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, autoscalingv2.AddToScheme,
		policyv1.AddToScheme, networkingv1.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	return serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, scheme, scheme,
		serializer.SerializerOptions{Yaml: true, Strict: true})
}

// openAPI are Kubernetes' own schemas, of those groups of which client-go carries them.
func openAPI() map[string][]byte {
	paths, err := openapitest.NewEmbeddedFileClient().Paths()
	if err != nil {
		panic(err)
	}
	schemas := map[string][]byte{}
	for _, path := range []string{"api/v1", "apis/apps/v1"} {
		if schemas[path], err = paths[path].Schema("application/json"); err != nil {
			panic(err)
		}
	}
	return schemas
}

var compiled = map[string]*jsonschema.Schema{}

// validate finds what is missing, which decoding does not.
func (s *set) validate(schemas map[string][]byte, kind *schema.GroupVersionKind, document string) {
	path, name := "apis/apps/v1", "io.k8s.api.apps.v1."+kind.Kind
	switch kind.Group {
	case "":
		path, name = "api/v1", "io.k8s.api.core.v1."+kind.Kind
	case "apps":
	default:
		return
	}
	if compiled[name] == nil {
		whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemas[path]))
		if err != nil {
			panic(err)
		}
		compiler := jsonschema.NewCompiler()
		compiler.DefaultDraft(jsonschema.Draft4)
		if err := compiler.AddResource("mem:///"+path, whole); err != nil {
			panic(err)
		}
		compiled[name] = compiler.MustCompile("mem:///" + path + "#/components/schemas/" + name)
	}
	asJSON, err := yaml.YAMLToJSON([]byte(document))
	if err != nil {
		s.wrong("%v", err)
		return
	}
	var value any
	if err := json.Unmarshal(asJSON, &value); err != nil {
		s.wrong("%v", err)
		return
	}
	if err := compiled[name].Validate(value); err != nil {
		s.wrong("%s: %v", kind.Kind, err)
	}
}

func (s *set) add(object runtime.Object) {
	about, err := meta.Accessor(object)
	if err != nil {
		s.wrong("%v", err)
		return
	}
	kind := object.GetObjectKind().GroupVersionKind().Kind
	for _, bad := range validation.IsDNS1123Subdomain(about.GetName()) {
		s.wrong("%s %q: %s", kind, about.GetName(), bad)
	}
	if want := namespace; kind != "Namespace" && about.GetNamespace() != want {
		s.wrong("%s %s is in the namespace %q", kind, about.GetName(), about.GetNamespace())
	}
	switch o := object.(type) {
	case *corev1.Namespace:
		s.namespaces = append(s.namespaces, o)
	case *corev1.ServiceAccount:
		s.accounts = append(s.accounts, o)
	case *corev1.ConfigMap:
		s.settings = append(s.settings, o)
	case *corev1.Service:
		s.services = append(s.services, o)
	case *appsv1.Deployment:
		s.deployments = append(s.deployments, o)
	case *autoscalingv2.HorizontalPodAutoscaler:
		s.scalers = append(s.scalers, o)
	case *policyv1.PodDisruptionBudget:
		s.budgets = append(s.budgets, o)
	case *networkingv1.NetworkPolicy:
		s.policies = append(s.policies, o)
	default:
		s.wrong("%s is a kind that nothing here checks", kind)
	}
}

// together checks what no object says alone.
func (s *set) together() {
	if len(s.namespaces) != 1 || len(s.accounts) != 1 || len(s.services) != 1 || len(s.deployments) != 1 ||
		len(s.scalers) != 1 || len(s.budgets) != 1 {
		s.wrong("an object is missing or there are two of a kind")
		return
	}
	for _, mode := range []string{api.EnforceLevelLabel, api.AuditLevelLabel, api.WarnLevelLabel} {
		if got := s.namespaces[0].Labels[mode]; got != string(api.LevelRestricted) {
			s.wrong("namespace: %s is %q", mode, got)
		}
	}
	d := s.deployments[0]
	s.selectors(d)
	s.pod(d)
	s.container(d)
	s.traffic(d)
}

func (s *set) selectors(d *appsv1.Deployment) {
	pod := labels.Set(d.Spec.Template.Labels)
	if len(d.Spec.Selector.MatchLabels) == 0 || !labels.SelectorFromSet(d.Spec.Selector.MatchLabels).Matches(pod) {
		s.wrong("deployment: the selector does not match its pods")
	}
	if len(s.services[0].Spec.Selector) == 0 || !labels.SelectorFromSet(s.services[0].Spec.Selector).Matches(pod) {
		s.wrong("service: the selector does not match the pods")
	}
	for what, selector := range map[string]*metav1.LabelSelector{"disruption budget": s.budgets[0].Spec.Selector} {
		if matches, err := metav1.LabelSelectorAsSelector(selector); err != nil || matches.Empty() || !matches.Matches(pod) {
			s.wrong("%s: the selector does not match the pods", what)
		}
	}
	for _, spread := range d.Spec.Template.Spec.TopologySpreadConstraints {
		if matches, err := metav1.LabelSelectorAsSelector(spread.LabelSelector); err != nil || !matches.Matches(pod) {
			s.wrong("spread over %s: the selector does not match the pods", spread.TopologyKey)
		}
	}
	if len(d.Spec.Template.Spec.TopologySpreadConstraints) == 0 {
		s.wrong("deployment: nothing spreads the pods over nodes")
	}
	target := s.scalers[0].Spec.ScaleTargetRef
	if target.Kind != "Deployment" || target.APIVersion != "apps/v1" || target.Name != d.Name {
		s.wrong("autoscaler: its target %s %s is not there", target.Kind, target.Name)
	}
	if d.Spec.Replicas != nil {
		s.wrong("deployment: replicas and an autoscaler undo each other's numbers")
	}
	least, most := s.scalers[0].Spec.MinReplicas, s.scalers[0].Spec.MaxReplicas
	if least == nil || *least < 2 || most <= *least {
		s.wrong("autoscaler: fewer than two replicas, or no room to scale")
	}
	budget := s.budgets[0].Spec
	if budget.MaxUnavailable == nil || budget.MaxUnavailable.IntValue() < 1 {
		s.wrong("disruption budget: no pod may ever be evicted, so no node can be drained")
	}
}

func (s *set) pod(d *appsv1.Deployment) {
	template := d.Spec.Template
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic(err)
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, result := range evaluator.EvaluatePod(restricted, &template.ObjectMeta, &template.Spec) {
		if !result.Allowed {
			s.wrong("restricted pod security: %s: %s", result.ForbiddenReason, result.ForbiddenDetail)
		}
	}
	spec := template.Spec
	if spec.ServiceAccountName != s.accounts[0].Name {
		s.wrong("deployment: the service account %q is not there", spec.ServiceAccountName)
	}
	if isNot(s.accounts[0].AutomountServiceAccountToken, false) || isNot(spec.AutomountServiceAccountToken, false) {
		s.wrong("a token of the API server is mounted")
	}
	if spec.SecurityContext.RunAsUser == nil || *spec.SecurityContext.RunAsUser != 1000 {
		s.wrong("deployment: the image's user is 1000")
	}
}

func isNot(have *bool, want bool) bool { return have == nil || *have != want }

func (s *set) container(d *appsv1.Deployment) {
	spec := d.Spec.Template.Spec
	if len(spec.Containers) != 1 {
		s.wrong("deployment: %d containers", len(spec.Containers))
		return
	}
	c := spec.Containers[0]
	if image, tag, _ := strings.Cut(c.Image, ":"); !strings.Contains(image, "/") || tag == "" || tag == "latest" {
		s.wrong("image %q: a registry, a name and a version are wanted", c.Image)
	}
	if isNot(c.SecurityContext.ReadOnlyRootFilesystem, true) {
		s.wrong("the root file system can be written")
	}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		request, asked := c.Resources.Requests[name]
		limit, limited := c.Resources.Limits[name]
		if !asked || !limited || request.Cmp(limit) > 0 || request.IsZero() {
			s.wrong("resources: %s wants a request and a limit not below it", name)
		}
	}
	writable := map[string]bool{}
	for _, mount := range c.VolumeMounts {
		at := slices.IndexFunc(spec.Volumes, func(v corev1.Volume) bool { return v.Name == mount.Name })
		if at < 0 {
			s.wrong("volume %s is mounted and not there", mount.Name)
			continue
		}
		v := spec.Volumes[at]
		if v.EmptyDir != nil {
			writable[mount.MountPath] = v.EmptyDir.SizeLimit != nil
		}
		if v.ConfigMap != nil && s.setting(v.ConfigMap.Name) == nil {
			s.wrong("config map %q is not there", v.ConfigMap.Name)
		}
	}
	if !writable["/tmp"] {
		s.wrong("/tmp wants an emptyDir with a size limit")
	}
	env := map[string]string{}
	for _, from := range c.EnvFrom {
		settings := s.setting(from.ConfigMapRef.Name)
		if settings == nil {
			s.wrong("config map %q is not there", from.ConfigMapRef.Name)
			return
		}
		for name, value := range settings.Data {
			env[name] = value
		}
	}
	s.memory(c, env)
	s.probes(c, env, d.Spec.Template.Spec.TerminationGracePeriodSeconds)
}

func (s *set) setting(name string) *corev1.ConfigMap {
	for _, c := range s.settings {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// memory: Go's half of the process must leave PHP's its share of the limit.
func (s *set) memory(c corev1.Container, env map[string]string) {
	amount, err := resource.ParseQuantity(strings.TrimSuffix(env["GOMEMLIMIT"], "B"))
	if err != nil {
		s.wrong("GOMEMLIMIT %q: %v", env["GOMEMLIMIT"], err)
		return
	}
	if limit := c.Resources.Limits.Memory(); amount.Value() > limit.Value()/2 {
		s.wrong("GOMEMLIMIT %s leaves PHP too little of %s", env["GOMEMLIMIT"], limit)
	}
}

func (s *set) probes(c corev1.Container, env map[string]string, grace *int64) {
	monitor := ""
	for _, arg := range c.Args {
		if address, ok := strings.CutPrefix(arg, "--monitor="); ok {
			_, monitor, _ = strings.Cut(address, ":")
		}
	}
	for name, p := range map[string]struct {
		*corev1.Probe
		path string
	}{
		"startup": {c.StartupProbe, "/ready"}, "readiness": {c.ReadinessProbe, "/ready"}, "liveness": {c.LivenessProbe, "/live"},
	} {
		if p.Probe == nil || p.HTTPGet == nil || p.HTTPGet.Path != p.path {
			s.wrong("%s probe: %s is what to ask", name, p.path)
			return
		}
		if port := portOf(c, p.HTTPGet.Port); port == 0 || strconv.Itoa(int(port)) != monitor {
			s.wrong("%s probe: the monitor listens on %q, not on %s", name, monitor, p.HTTPGet.Port.String())
		}
		// The supervisor gives a server process two seconds to answer.
		if p.TimeoutSeconds <= 2 {
			s.wrong("%s probe: a time-out of %d s is over before the monitor's own", name, p.TimeoutSeconds)
		}
	}
	drain, err1 := strconv.ParseFloat(env["DRAIN_DELAY"], 64)
	stop, err2 := strconv.ParseFloat(env["STOP_TIMEOUT"], 64)
	if err1 != nil || err2 != nil || grace == nil {
		s.wrong("DRAIN_DELAY, STOP_TIMEOUT and terminationGracePeriodSeconds must be numbers")
		return
	}
	if float64(*grace) <= drain+stop+1 {
		s.wrong("terminationGracePeriodSeconds: the kernel's kill comes before the drain's %v s and the stop's %v s are over", drain, stop)
	}
	// Noticing takes a period, the answer's time-out and as many failures; endpoints and proxies take a moment more.
	r := c.ReadinessProbe
	notices := time.Duration(r.PeriodSeconds*r.FailureThreshold+r.TimeoutSeconds+2) * time.Second
	if drain < notices.Seconds() {
		s.wrong("DRAIN_DELAY %v s is over before traffic stops coming (%v)", drain, notices)
	}
}

func portOf(c corev1.Container, port intstr.IntOrString) int32 {
	for _, p := range c.Ports {
		if port.Type == intstr.String && p.Name == port.StrVal || port.Type == intstr.Int && p.ContainerPort == port.IntVal {
			return p.ContainerPort
		}
	}
	return 0
}

func (s *set) traffic(d *appsv1.Deployment) {
	c := d.Spec.Template.Spec.Containers[0]
	for _, p := range s.services[0].Spec.Ports {
		if portOf(c, p.TargetPort) != 8080 {
			s.wrong("service: port %s leads to %s, which is not the application's", p.Name, p.TargetPort.String())
		}
	}
	denied := false
	opened := map[string]bool{}
	for _, p := range s.policies {
		both := slices.Contains(p.Spec.PolicyTypes, networkingv1.PolicyTypeIngress) &&
			slices.Contains(p.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
		all := len(p.Spec.PodSelector.MatchLabels) == 0 && len(p.Spec.PodSelector.MatchExpressions) == 0
		if both && all && len(p.Spec.Ingress) == 0 && len(p.Spec.Egress) == 0 {
			denied = true
			continue
		}
		if all || !labels.SelectorFromSet(p.Spec.PodSelector.MatchLabels).Matches(labels.Set(d.Spec.Template.Labels)) {
			s.wrong("network policy %s: its selector is not the pods'", p.Name)
		}
		for _, rule := range p.Spec.Ingress {
			if len(rule.From) == 0 || len(rule.Ports) == 0 || slices.ContainsFunc(rule.From, anyone) {
				s.wrong("network policy %s: an ingress rule lets anyone in", p.Name)
			}
			for _, port := range rule.Ports {
				if port.Port == nil || portOf(c, *port.Port) == 0 {
					s.wrong("network policy %s: a port that the pods do not have", p.Name)
					continue
				}
				opened[port.Port.String()] = true
			}
		}
		for _, rule := range p.Spec.Egress {
			if len(rule.To) == 0 || len(rule.Ports) == 0 || slices.ContainsFunc(rule.To, anyone) {
				s.wrong("network policy %s: an egress rule lets out to anywhere", p.Name)
			}
		}
	}
	if !denied {
		s.wrong("no network policy denies what the others do not allow")
	}
	if !opened["http"] || !opened["monitor"] {
		s.wrong("network policies: requests or scrapes do not come in")
	}
}

func anyone(peer networkingv1.NetworkPolicyPeer) bool {
	empty := func(l *metav1.LabelSelector) bool { return l == nil || len(l.MatchLabels)+len(l.MatchExpressions) == 0 }
	if peer.IPBlock != nil {
		return strings.HasSuffix(peer.IPBlock.CIDR, "/0")
	}
	return empty(peer.NamespaceSelector) && empty(peer.PodSelector)
}
