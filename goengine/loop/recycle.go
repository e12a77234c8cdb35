package loop

// messageLimit is a number of messages that somebody waits for.
type messageLimit struct {
	at   uint64 // 0: none
	call func()
}

func (m *messageLimit) reached() {
	m.at = 0
	m.call()
}

// AfterMessages has call called, on the loop's thread and once, at the end of the batch that brings the
// number of messages from now on to n. It must not block. 0 ends the waiting.
func (l *Loop) AfterMessages(n uint64, call func()) {
	l.limit = messageLimit{}
	if n > 0 {
		l.limit = messageLimit{at: l.stats.messages + n, call: call}
	}
}
