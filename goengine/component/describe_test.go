package component_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/component"
)

const ownPath = "github.com/phalanx-php/phalanx/goengine/component_test"

func stubsOf(t *testing.T, r *component.Registry) string {
	t.Helper()
	require.NoError(t, r.Freeze())
	var b strings.Builder
	require.NoError(t, r.WriteStubs(&b))
	return b.String()
}

func TestDescribe(t *testing.T) {
	r := component.NewRegistry()
	r.Register(`Test\Account`, newAccount, component.Const("MOST", 100), component.Params("Pay", "cents"),
		component.Static("owners", func(a, b string) string { return a + b }))
	r.Describe(ownPath, "\ntype other\n\tNot it.\ntype account\n\tAn account.\n\t\n\tIn two parts.\nnew owner\n\tOpens one.\n"+
		"func Pay n\n\tPays.\nfunc Subs names\nfunc Sub _\nfunc owners first second\nfield Owner\n\tWho owns it.\n"+
		"const MOST\n\tThe most that is paid.\nfunc Gone a b\n\tIs no method any more.")
	stubs := stubsOf(t, r)
	for _, part := range []string{
		"     * An account.\n     *\n     * In two parts.\n", "/** Opens one. */\n        public function __construct(string $owner)",
		"/** Pays. */\n        public function pay(int $cents)", "subs(string ...$names)", "sub(string $arg1)",
		"owners(string $first, string $second)", "/** Who owns it. */\n        public string $owner;",
		"/** The most that is paid. */\n        public const MOST",
	} {
		require.Contains(t, stubs, part)
	}
	require.NotContains(t, stubs, "any more")
}

func TestDescribeTakesTheLaterText(t *testing.T) {
	r := component.NewRegistry()
	r.Register(`Test\Account`, newAccount, component.Doc("By an option."))
	r.Describe(ownPath, "\ntype account\n\tFirst.\nnew first\n")
	r.Describe("elsewhere", "\ntype "+ownPath+".account\n\tSecond.\nnew second\n")
	stubs := stubsOf(t, r)
	require.Contains(t, stubs, "/** By an option. */")
	require.Contains(t, stubs, "__construct(string $second)")
}

// No text makes it fail: a binary whose file is of another version starts all the same.
func FuzzDescribe(f *testing.F) {
	for _, text := range []string{"", "\ntype account", "\ntype account\n", "\ntype account\nnew", "\ntype account\nfunc\n\t", "\ntype \n\ttype"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := component.NewRegistry()
		r.Register(`Test\Account`, newAccount)
		r.Describe(ownPath, text)
		stubsOf(t, r)
	})
}
