package words_test

import (
	"reflect"
	"testing"

	"example.com/words"
)

func TestTop(t *testing.T) {
	c := words.New()
	c.Add("to be or not to be")
	want := []words.Word{{Text: "be", Count: 2}, {Text: "to", Count: 2}}
	if got := c.Top(2); !reflect.DeepEqual(got, want) {
		t.Errorf("Top(2) = %v, not %v", got, want)
	}
}
