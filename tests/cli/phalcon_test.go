package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What stands for the C extension phalcon: a module of that name with a class.
const otherPhalcon = `
#include <php.h>

static PHP_MINIT_FUNCTION(other)
{
	zend_class_entry ce;
	INIT_CLASS_ENTRY(ce, "Phalcon\\Support\\Version", NULL);
	return zend_register_internal_class(&ce) ? SUCCESS : FAILURE;
}

static zend_module_entry other = {
	STANDARD_MODULE_HEADER, "phalcon", NULL, PHP_MINIT(other), NULL, NULL, NULL, NULL, "5.9.3", STANDARD_MODULE_PROPERTIES,
};

ZEND_DLEXPORT zend_module_entry *get_module(void)
{
	return &other;
}
`

func buildOtherPhalcon(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	source, object := filepath.Join(dir, "phalcon.c"), filepath.Join(dir, "phalcon.so")
	require.NoError(t, os.WriteFile(source, []byte(otherPhalcon), 0o644))
	includes, err := exec.Command(filepath.Join(filepath.Dir(php), "php-config"), "--includes").Output()
	require.NoError(t, err)
	args := append(strings.Fields(string(includes)), "-shared", "-fPIC", "-o", object, source)
	out, err := exec.Command("cc", args...).CombinedOutput()
	require.NoError(t, err, string(out))
	return object
}

func TestTheExtensionPhalconKeepsItsPlace(t *testing.T) {
	dir, object := folder(t), buildOtherPhalcon(t)
	ask := "echo phpversion('phalcon'), ' ', (int) ini_get('phalcon.orm.events'), ' '," +
		" (int) class_exists('Phalcon\\Di\\Di'), ' ', (int) class_exists('Workerman\\Worker');"
	tests := []struct {
		name, want string
		args       []string
	}{
		{name: "without it the module and the classes are ours", args: []string{"-r", ask}, want: "5.18.2 1 1 1"},
		{name: "with it they are its own, and no class of ours fills its gaps",
			args: []string{"-d", "extension=" + object, "-r", ask}, want: "5.9.3 0 0 1"},
		{name: "the same through the autoloader for other PHPs", want: "5.9.3 0 0 1",
			args: []string{"-d", "extension=" + object, "-r", "require '" + autoloader(t) + "'; " + ask}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, result{Stdout: tt.want}, run(t, phalanx, dir, "", tt.args...))
		})
	}
}

func autoloader(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../phpsrc/autoload.php")
	require.NoError(t, err)
	return path
}
