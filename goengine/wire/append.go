package wire

import (
	"encoding/binary"
	"math"
	"time"
)

// AppendNull appends null.
func AppendNull(dst []byte) []byte { return append(dst, TagNull) }

// AppendBool appends a bool.
func AppendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, TagTrue)
	}
	return append(dst, TagFalse)
}

// AppendInt appends an int.
func AppendInt(dst []byte, v int64) []byte {
	return appendNumber(dst, TagInt, uint64(v))
}

// appendNumber grows dst once.
func appendNumber(dst []byte, tag byte, n uint64) []byte {
	return append(dst, tag, byte(n), byte(n>>8), byte(n>>16), byte(n>>24), byte(n>>32), byte(n>>40), byte(n>>48), byte(n>>56))
}

// AppendFloat appends a float; NaN and the infinities are floats as well.
func AppendFloat(dst []byte, v float64) []byte {
	return appendNumber(dst, TagFloat, math.Float64bits(v))
}

// AppendString appends a string of any bytes, fewer than 4 GiB.
func AppendString[T ~string | ~[]byte](dst []byte, v T) []byte {
	n := uint32(len(v))
	return append(append(dst, TagString, byte(n), byte(n>>8), byte(n>>16), byte(n>>24)), v...)
}

// AppendList appends the head of a list: n values follow.
func AppendList(dst []byte, n int) []byte { return appendCount(dst, TagList, n) }

// AppendMap appends the head of a map: n keys with their values follow. A key is an int or a string, none comes twice,
// and a string that PHP would make an int ("7", "-7") is sent as that int: see AppendKey.
func AppendMap(dst []byte, n int) []byte { return appendCount(dst, TagMap, n) }

// AppendRows appends the head of a list of n > 0 maps that all have these keys, each as AppendKey writes it: there is one
// at least, and none comes twice. The values of the maps follow, one map after another.
func AppendRows(dst []byte, n int, keys [][]byte) []byte {
	dst = binary.LittleEndian.AppendUint32(appendCount(dst, TagRows, n), uint32(len(keys)))
	for _, k := range keys {
		dst = append(dst, k...)
	}
	return dst
}

func appendRows(dst []byte, tag byte, n int, row []Key) []byte {
	dst = binary.LittleEndian.AppendUint32(appendCount(dst, tag, n), uint32(len(row)))
	for _, k := range row {
		dst = k.append(dst)
	}
	return dst
}

func (k Key) append(dst []byte) []byte {
	if k.isString {
		return AppendString(dst, k.str)
	}
	return AppendInt(dst, k.num)
}

func appendCount(dst []byte, tag byte, n int) []byte {
	return binary.LittleEndian.AppendUint32(append(dst, tag), uint32(n))
}

// AppendKey appends a map's key as PHP has it: an int where the string is one in decimal.
func AppendKey(dst []byte, key string) []byte {
	if n, ok := integerKey(key); ok {
		return AppendInt(dst, n)
	}
	return AppendString(dst, key)
}

// integerKey says whether PHP makes an int of this key: decimal, no leading zero, no "-0", within int64.
func integerKey(s string) (int64, bool) {
	digits := s
	if len(s) > 1 && s[0] == '-' {
		digits = s[1:]
	}
	if len(digits) == 0 || len(digits) > 19 || digits[0] < '0' || digits[0] > '9' || digits[0] == '0' && len(s) > 1 {
		return 0, false
	}
	var n uint64
	for i := range len(digits) {
		c := digits[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + uint64(c) // 19 digits fit a uint64
	}
	if len(digits) < len(s) {
		return -int64(n), n-1 <= math.MaxInt64
	}
	return int64(n), n <= math.MaxInt64
}

// AppendObject appends a component by its handle.
func AppendObject(dst []byte, class uint32, handle uint64) []byte {
	dst = binary.LittleEndian.AppendUint32(append(dst, TagObject), class)
	return binary.LittleEndian.AppendUint64(dst, handle)
}

// AppendRecord appends the head of a value object: the values of its n properties follow.
func AppendRecord(dst []byte, class uint32, n int) []byte {
	dst = binary.LittleEndian.AppendUint32(append(dst, TagRecord), class)
	return binary.LittleEndian.AppendUint32(dst, uint32(n))
}

// AppendEnum appends a case of an enum.
func AppendEnum(dst []byte, class, index uint32) []byte {
	dst = binary.LittleEndian.AppendUint32(append(dst, TagEnum), class)
	return binary.LittleEndian.AppendUint32(dst, index)
}

// AppendTime appends a time with its zone. PHP keeps microseconds of it.
func AppendTime(dst []byte, t time.Time) []byte {
	offset := offsetOf(t)
	zone := t.Location().String()
	if zone != "UTC" {
		// A name is sent only when PHP will find the same under it: not "Local", nor what time.FixedZone was given.
		if loc := location(zone); loc == nil || offsetOf(t.In(loc)) != offset {
			zone = ""
		}
	}
	dst = binary.LittleEndian.AppendUint64(append(dst, TagTime), uint64(t.Unix()))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(t.Nanosecond()))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(int32(offset)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(zone)))
	return append(dst, zone...)
}

func offsetOf(t time.Time) int {
	_, offset := t.Zone()
	return offset
}

// AppendFunc appends a PHP callable's number.
func AppendFunc(dst []byte, id uint64) []byte {
	return binary.LittleEndian.AppendUint64(append(dst, TagFunc), id)
}
