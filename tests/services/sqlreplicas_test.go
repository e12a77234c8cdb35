package services_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/sqldb"
	"github.com/phalanx-php/phalanx/goengine/wire"
	"github.com/phalanx-php/phalanx/tests/backend"
	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

const whichServer = "SELECT name FROM place"

// replicated is a primary with a replica. Nothing is replicated: their tables say which of them was asked.
type replicated struct {
	t                *testing.T
	primary, replica *backend.Server
	settings         sqldb.Settings
}

func newReplicated(t *testing.T, kind string) *replicated {
	t.Helper()
	r := &replicated{t: t, primary: backend.New(t, kind), replica: backend.New(t, kind), settings: sqldb.DefaultSettings}
	r.settings.Name, r.settings.Sticky = t.Name(), 0
	r.settings.Replicas = []string{r.replica.URL()}
	for name, s := range map[string]*backend.Server{"primary": r.primary, "replica": r.replica} {
		r.direct(s, "CREATE TABLE place (name varchar(20))", "INSERT INTO place VALUES ('"+name+"')")
	}
	return r
}

// direct carries statements out at one of the servers.
func (r *replicated) direct(s *backend.Server, statements ...string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), phalanxtest.Patience)
	defer cancel()
	var do func(sql string) error
	if s.Kind == "pgsql" {
		conn, err := pgx.Connect(ctx, strings.Replace(s.URL(), "pgsql:", "postgres:", 1))
		require.NoError(r.t, err)
		defer func() { _ = conn.Close(ctx) }()
		do = func(sql string) error { _, err := conn.Exec(ctx, sql); return err }
	} else {
		db := openMySQL(r.t, s)
		defer func() { _ = db.Close() }()
		do = func(sql string) error { _, err := db.ExecContext(ctx, sql); return err }
	}
	for _, sql := range statements {
		require.NoError(r.t, do(sql), sql)
	}
}

func (r *replicated) open() *sqldb.Pool {
	r.t.Helper()
	p, err := sqldb.NewPool(r.primary.URL(), r.settings)
	require.NoError(r.t, err)
	return p
}

// runner is a pool, or a transaction.
type runner interface {
	Run(ctx context.Context, sql string, params any, shape int) (sqldb.Rows, error)
}

func (r *replicated) answers(want string, by runner, sql string) {
	r.t.Helper()
	rows, err := by.Run(context.Background(), sql, nil, int(sqldb.Value))
	require.NoError(r.t, err)
	require.Equal(r.t, string(wire.AppendString(nil, want)), string(rows), sql)
}

func (r *replicated) streams(want string, p *sqldb.Pool, sql string) {
	r.t.Helper()
	c, err := p.Cursor(context.Background(), sql, nil)
	require.NoError(r.t, err)
	defer c.Close(context.Background())
	rows, err := c.Next(context.Background(), 10, true)
	require.NoError(r.t, err)
	require.Contains(r.t, string(rows), want)
}

func (r *replicated) begin(p *sqldb.Pool, o sqldb.Begin) *sqldb.Session {
	r.t.Helper()
	s, err := p.Begin(context.Background(), o)
	require.NoError(r.t, err)
	return s
}

func (r *replicated) rollback(s *sqldb.Session) {
	r.t.Helper()
	require.NoError(r.t, s.Rollback(context.Background()))
}

func eachReplicated(t *testing.T, test func(r *replicated)) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) { test(newReplicated(t, kind)) })
	}
}

func TestSQLReplicasHaveTheReads(t *testing.T) {
	eachReplicated(t, func(r *replicated) {
		p := r.open()
		r.answers("replica", p, whichServer)
		r.streams("replica", p, whichServer)
		r.answers("primary", p, whichServer+" FOR UPDATE")
		s := r.begin(p, sqldb.Begin{ReadOnly: true})
		r.answers("replica", s, whichServer)
		r.rollback(s)
		s = r.begin(p, sqldb.Begin{})
		r.answers("primary", s, whichServer)
		r.rollback(s)
		_, err := p.Execute(context.Background(), "INSERT INTO place VALUES ('more')", nil)
		require.NoError(r.t, err)
		count := func(s *backend.Server) int { return askServer(r.t, s, "select count(*) from place") }
		require.Equal(r.t, []int{2, 1}, []int{count(r.primary), count(r.replica)})
	})
}

// What an object has written it reads itself; other objects of the same database do not wait for it.
func TestSQLReadsOfAnObjectThatWroteAreSticky(t *testing.T) {
	eachReplicated(t, func(r *replicated) {
		r.settings.Sticky = time.Hour
		const write = "UPDATE place SET name = name"
		writes := map[string]func(p *sqldb.Pool) error{
			"run": func(p *sqldb.Pool) error {
				_, err := p.Run(context.Background(), whichServer+" FOR UPDATE", nil, int(sqldb.Value))
				return err
			},
			"execute": func(p *sqldb.Pool) error {
				_, err := p.Execute(context.Background(), write, nil)
				return err
			},
			"script": func(p *sqldb.Pool) error { return p.Script(context.Background(), write) },
			"insert": func(p *sqldb.Pool) error {
				_, err := p.Insert(context.Background(), "place", []string{"name"}, [][]any{{"primary"}})
				return err
			},
			"transaction": func(p *sqldb.Pool) error {
				s := r.begin(p, sqldb.Begin{})
				r.answers("replica", p, whichServer) // nothing is committed yet
				if _, err := s.Execute(context.Background(), write, nil); err != nil {
					return err
				}
				return s.Commit(context.Background())
			},
		}
		for name, write := range writes {
			writer, other := r.open(), r.open()
			r.answers("replica", writer, whichServer)
			require.NoError(r.t, write(writer), name)
			r.answers("primary", writer, whichServer)
			r.streams("primary", writer, whichServer)
			s := r.begin(writer, sqldb.Begin{ReadOnly: true})
			r.answers("primary", s, whichServer)
			r.rollback(s)
			r.answers("replica", other, whichServer)
		}
	})
}

// A function may write though the statement reads: the replica refuses, the primary does it.
func TestSQLPrimaryTakesWhatAReplicaRefuses(t *testing.T) {
	eachReplicated(t, func(r *replicated) {
		if r.primary.Kind == "pgsql" {
			for _, s := range []*backend.Server{r.primary, r.replica} {
				r.direct(s, "CREATE FUNCTION visit() RETURNS text LANGUAGE sql AS "+
					"'UPDATE place SET name = name RETURNING name'")
			}
			r.settings.Replicas = []string{r.replica.URL() + "?default_transaction_read_only=on"}
		} else {
			for _, s := range []*backend.Server{r.primary, r.replica} {
				r.direct(s, "CREATE FUNCTION visit() RETURNS text SQL SECURITY INVOKER MODIFIES SQL DATA BEGIN "+
					"UPDATE place SET name = name; RETURN (SELECT name FROM place); END")
			}
			// The tests' own user may write to a server that only reads.
			r.direct(r.replica, "CREATE USER reader IDENTIFIED BY 'reader'",
				"INSERT INTO mysql.db (Host, Db, User, Select_priv, Update_priv, Execute_priv) "+
					"VALUES ('%', '"+backend.Database+"', 'reader', 'Y', 'Y', 'Y')", "FLUSH PRIVILEGES", "SET GLOBAL read_only = 1")
			r.settings.Replicas = []string{"mysql://reader:reader@" + r.replica.Address() + "/" + backend.Database}
		}
		p := r.open()
		r.answers("replica", p, whichServer)
		r.answers("primary", p, "SELECT visit()")
	})
}

// Without its replicas a database goes on, whether their connections break or none can be made; and has them again
// when they are back.
func TestSQLPrimaryTakesOverForAReplica(t *testing.T) {
	eachReplicated(t, func(r *replicated) {
		p := r.open()
		r.answers("replica", p, whichServer)   // a connection is there
		require.NoError(r.t, r.replica.Stop()) // what it has is on its disk then
		r.answers("primary", p, whichServer)
		r.streams("primary", p, whichServer)
		s := r.begin(p, sqldb.Begin{ReadOnly: true})
		r.answers("primary", s, whichServer)
		r.rollback(s)
		require.NoError(r.t, r.replica.Start())
		r.answers("replica", p, whichServer)

		// Connections that have just been used are not looked at before.
		require.NoError(r.t, r.replica.Kill())
		r.answers("primary", p, whichServer)
		require.NoError(r.t, r.replica.Start())
		s = r.begin(p, sqldb.Begin{ReadOnly: true})
		r.answers("replica", s, whichServer)
		require.NoError(r.t, r.replica.Kill())
		_, err := s.Run(context.Background(), whichServer, nil, int(sqldb.Value))
		var e *component.Exception
		require.ErrorAs(r.t, err, &e, "a transaction is where it began")
		require.True(r.t, strings.HasSuffix(e.Class, "ConnectionException"), e.Class)
		require.NoError(r.t, r.primary.Kill())
		_, err = p.Run(context.Background(), whichServer, nil, int(sqldb.Value))
		require.ErrorAs(r.t, err, &e, "none is left")
		require.True(r.t, strings.HasSuffix(e.Class, "ConnectionException"), e.Class)
	})
}
