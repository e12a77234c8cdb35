package timer

import "fmt"

const MaxGeneration = maxGeneration

// SetSeq makes the queue as old as it is behind that many calls of Add and Reset.
func (q *Queue) SetSeq(seq uint32) { q.seq = seq }

// SetGeneration makes the next slot that was never used before as old as generation.
func (q *Queue) SetGeneration(generation uint32) {
	q.first, q.last = generation, max(q.last, generation)
}

// Capacity returns how many entries there is memory for.
func (q *Queue) Capacity() int { return cap(q.heap) + cap(q.slots) }

// Check reports a broken heap or a table that does not match it.
func (q *Queue) Check() error {
	for pos := root; pos < len(q.heap); pos++ {
		e := q.heap[pos]
		if pos > root && e.before(q.heap[parent(pos)]) {
			return fmt.Errorf("entry %d is before its parent", pos)
		}
		if int(q.slots[e.slot].pos) != pos {
			return fmt.Errorf("slot %d says %d, is at %d", e.slot, q.slots[e.slot].pos, pos)
		}
	}
	seen := make(map[uint32]bool)
	for i := q.free; i != 0; i = q.slots[i-1].pos {
		if seen[i] || len(seen) > len(q.slots) {
			return fmt.Errorf("slot %d is free twice", i-1)
		}
		seen[i] = true
	}
	return nil
}
