package sqldb

import "container/list"

// lru keeps the values used last, by their text. One goroutine at a time uses it.
type lru[V any] struct {
	max   int
	items map[string]*list.Element
	order *list.List // the one used last is first
}

type lruItem[V any] struct {
	key   string
	value V
}

func newLRU[V any](max int) *lru[V] {
	return &lru[V]{max: max, items: map[string]*list.Element{}, order: list.New()}
}

func (l *lru[V]) get(key string) (v V, ok bool) {
	e, ok := l.items[key]
	if !ok {
		return v, false
	}
	l.order.MoveToFront(e)
	return e.Value.(*lruItem[V]).value, true
}

// put keeps a value and answers the one that had to go for it.
func (l *lru[V]) put(key string, value V) (old V, dropped bool) {
	if e, ok := l.items[key]; ok {
		item := e.Value.(*lruItem[V])
		old, item.value = item.value, value
		return old, true
	}
	l.items[key] = l.order.PushFront(&lruItem[V]{key, value})
	if l.order.Len() <= l.max {
		return old, false
	}
	last := l.order.Back()
	item := l.order.Remove(last).(*lruItem[V])
	delete(l.items, item.key)
	return item.value, true
}

func (l *lru[V]) remove(key string) (v V, ok bool) {
	e, ok := l.items[key]
	if !ok {
		return v, false
	}
	delete(l.items, key)
	return l.order.Remove(e).(*lruItem[V]).value, true
}

func (l *lru[V]) clear() {
	clear(l.items)
	l.order.Init()
}

// all calls f with each value.
func (l *lru[V]) all(f func(V)) {
	for e := l.order.Front(); e != nil; e = e.Next() {
		f(e.Value.(*lruItem[V]).value)
	}
}
