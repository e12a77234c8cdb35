package component

import (
	"reflect"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// A loop over what a method with a context gives may be left early: PHP's thread, which Go has locked, lets go of it.
func TestASequenceOfAGoroutineEndsOnAThreadOfPHP(t *testing.T) {
	ended := make(chan struct{})
	numbers := func(yield func(int) bool) {
		defer close(ended)
		for n := 0; yield(n); n++ {
		}
	}
	s := &Sequence{cancel: func() {}}
	stepped := make(chan error)
	go func() {
		s.pull, s.stop = pullValues(reflect.ValueOf(numbers))
		_, err := s.Step()
		stepped <- err
	}()
	require.NoError(t, <-stepped)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s.release()
	<-ended
}
