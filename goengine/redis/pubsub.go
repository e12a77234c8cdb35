package redis

type hub struct{}

func (h *hub) close()    {}
func (h *hub) size() int { return 0 }
