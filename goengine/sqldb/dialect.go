package sqldb

// Dialect is a kind of database.
type Dialect uint8

// The dialects.
const (
	PostgreSQL Dialect = iota + 1
	MySQL              // and MariaDB
	SQLite
)

// String is the name that DSNs begin with.
func (d Dialect) String() string {
	switch d {
	case PostgreSQL:
		return "pgsql"
	case MySQL:
		return "mysql"
	case SQLite:
		return "sqlite"
	}
	return "none"
}

// quote writes an identifier so that it is one whatever it holds.
func (d Dialect) quote(name string) string {
	mark := byte('"')
	if d == MySQL {
		mark = '`'
	}
	b := make([]byte, 0, len(name)+2)
	b = append(b, mark)
	for i := range len(name) {
		if name[i] == mark {
			b = append(b, mark)
		}
		b = append(b, name[i])
	}
	return string(append(b, mark))
}
