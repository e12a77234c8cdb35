package wire

// Any reads a value that no Go type was asked for: nil, bool, int64, float64, string, time.Time, []any for a list,
// *Map for any other array, a component's Go value, a case of an enum, a value object. The host is asked for
// components; a callable needs a parameter that is a function.
func (d *Decoder) Any() (any, error) {
	if d.row != nil {
		return d.anyRow(d.takeRow())
	}
	tag, err := d.Peek()
	if err != nil {
		return nil, err
	}
	d.at++
	switch tag {
	case TagNull:
		return nil, nil
	case TagFalse:
		return false, nil
	case TagTrue:
		return true, nil
	case TagInt:
		n, err := d.uint64()
		if err != nil {
			return nil, err
		}
		return d.slabs.int(int64(n)), nil
	case TagFloat:
		f, err := d.float()
		if err != nil {
			return nil, err
		}
		return d.slabs.float(f), nil
	case TagString:
		b, err := d.bytes()
		if err != nil {
			return nil, err
		}
		return d.slabs.text(b), nil
	case TagList:
		return d.anyList()
	case TagMap:
		return d.anyMap()
	case TagRows:
		return d.anyRows()
	case TagTable:
		return d.anyTable()
	case TagTime:
		t, err := d.time()
		if err != nil {
			return nil, err
		}
		return t, nil
	}
	d.at--
	return d.anyObject(tag)
}

func (d *Decoder) anyList() (any, error) {
	n, err := d.count(leastValue)
	if err != nil {
		return nil, err
	}
	if err := d.enter(); err != nil {
		return nil, err
	}
	list := d.slabs.list(n)
	for i := range list {
		v, err := d.Any()
		if err != nil {
			return nil, err
		}
		list[i] = v
	}
	d.leave()
	return d.slabs.boxList(list), nil
}

func (d *Decoder) anyMap() (any, error) {
	n, err := d.count(leastEntry)
	if err != nil {
		return nil, err
	}
	if err := d.enter(); err != nil {
		return nil, err
	}
	m := d.slabs.dict(n)
	for i := range m.keys {
		if m.keys[i], err = d.key(); err != nil {
			return nil, err
		}
		if m.values[i], err = d.Any(); err != nil {
			return nil, err
		}
	}
	d.leave()
	return m, nil
}

// anyRow reads the values of a row.
func (d *Decoder) anyRow(keys []Key) (*Map, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	m := d.slabs.row(keys)
	for i := range m.values {
		v, err := d.Any()
		if err != nil {
			return nil, err
		}
		m.values[i] = v
	}
	d.leave()
	return m, nil
}

func (d *Decoder) anyRows() (any, error) {
	n, row, err := d.rows(false)
	if err != nil {
		return nil, err
	}
	if err := d.enter(); err != nil {
		return nil, err
	}
	list := d.slabs.list(n)
	for i := range list {
		if list[i], err = d.anyRow(row); err != nil {
			return nil, err
		}
	}
	d.leave()
	return d.slabs.boxList(list), nil
}

func (d *Decoder) anyTable() (any, error) {
	n, row, err := d.rows(true)
	if err != nil {
		return nil, err
	}
	if err := d.enter(); err != nil {
		return nil, err
	}
	m := d.slabs.dict(n)
	for i := range m.keys {
		if m.keys[i], err = d.key(); err != nil {
			return nil, err
		}
		if m.values[i], err = d.anyRow(row); err != nil {
			return nil, err
		}
	}
	d.leave()
	return m, nil
}

// anyObject reads what belongs to a registered class.
func (d *Decoder) anyObject(tag byte) (any, error) {
	types, _ := d.host.(interface{ TypeOf(class uint32) *Type })
	switch tag {
	case TagObject:
		return d.object()
	case TagFunc:
		return nil, &MismatchError{Want: "mixed without callables", Got: "callable"}
	}
	if types == nil {
		return nil, ErrMalformed
	}
	class, err := d.peekClass()
	if err != nil {
		return nil, err
	}
	t := types.TypeOf(class)
	if t == nil {
		return nil, ErrMalformed
	}
	return t.decodeNew(d)
}

func (d *Decoder) peekClass() (uint32, error) {
	at := d.at
	d.at++
	class, err := d.uint32()
	d.at = at
	return class, err
}

// object reads a component.
func (d *Decoder) object() (any, error) {
	d.at++
	class, err := d.uint32()
	if err != nil {
		return nil, err
	}
	handle, err := d.uint64()
	if err != nil {
		return nil, err
	}
	if d.host == nil {
		return nil, ErrMalformed
	}
	return d.host.Object(class, handle)
}
