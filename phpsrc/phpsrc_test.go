package phpsrc_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/phpsrc"
)

var source = fstest.MapFS{
	"A/B.php": {Data: []byte("<?php class B {}")},
	"A/C.php": {Data: []byte("<?php class C {}")},
}

func TestUnpackWritesTheFilesPrivately(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	dir, err := phpsrc.Unpack(source, cache)
	require.NoError(t, err)
	data, err := os.ReadFile(filepath.Join(dir, "A/B.php"))
	require.NoError(t, err)
	require.Equal(t, "<?php class B {}", string(data))
	for _, d := range []string{cache, dir} {
		info, err := os.Stat(d)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	}
	again, err := phpsrc.Unpack(source, cache)
	require.NoError(t, err)
	require.Equal(t, dir, again)
}

func TestUnpackMendsWhatWasChanged(t *testing.T) {
	cache := t.TempDir()
	require.NoError(t, os.Chmod(cache, 0o700))
	dir, err := phpsrc.Unpack(source, cache)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "A/C.php"), []byte("<?php evil();"), 0o600))
	again, err := phpsrc.Unpack(source, cache)
	require.NoError(t, err)
	require.Equal(t, dir, again)
	data, err := os.ReadFile(filepath.Join(dir, "A/C.php"))
	require.NoError(t, err)
	require.Equal(t, "<?php class C {}", string(data))
	entries, err := os.ReadDir(cache)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left behind")
}

func TestOtherContentGetsAnotherFolder(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	one, err := phpsrc.Unpack(source, cache)
	require.NoError(t, err)
	two, err := phpsrc.Unpack(fstest.MapFS{"A/B.php": {Data: []byte("<?php class B2 {}")}}, cache)
	require.NoError(t, err)
	require.NotEqual(t, one, two)
}

func TestUnpackRefusesAFolderOthersCanWrite(t *testing.T) {
	open := filepath.Join(t.TempDir(), "open")
	require.NoError(t, os.Mkdir(open, 0o700))
	require.NoError(t, os.Chmod(open, 0o777))
	_, err := phpsrc.Unpack(source, open)
	require.ErrorContains(t, err, "others cannot write")

	next := filepath.Join(t.TempDir(), "next")
	dir, err := phpsrc.Unpack(source, open, next)
	require.NoError(t, err, "the next place serves")
	require.Equal(t, next, filepath.Dir(dir))
}

func TestUnpackFromManyProcessesAtOnce(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			dir, err := phpsrc.Unpack(source, cache)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := os.Stat(filepath.Join(dir, "A/B.php")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
