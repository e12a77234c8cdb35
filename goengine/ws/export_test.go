package ws

const (
	UTF8Reject = utf8Reject
	UTF8Accept = utf8Accept
)

var (
	AdvanceUTF8 = advanceUTF8
	Unmask      = unmask
)
