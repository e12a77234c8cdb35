package loop

import "math"

// WakeArg is the Arg of the Posted event that Wake makes.
const WakeArg = 1

// Wake gives the loop's owner a Posted event without data, from any goroutine. It is for those who keep their messages
// themselves: one Wake is under way at most, and a full inbox does not refuse it.
func (l *Loop) Wake() error { return l.post(Post{Arg: WakeArg}, math.MaxInt) }
