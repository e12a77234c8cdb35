// Package supervisor keeps the server processes of an application running: it binds the listening
// sockets, starts the processes with them, starts others when they die, passes on what is asked of
// the workers and reports what happens. It knows nothing of PHP.
package supervisor

import (
	"encoding/json"
	"time"

	"github.com/phalanx-php/phalanx/goengine/metrics"
	"github.com/phalanx-php/phalanx/goengine/tlsconn"
)

// Worker is one Worker of the application.
type Worker struct {
	Name       string `json:"name"`
	Count      int    `json:"count"` // slots
	Listen     string `json:"listen"`
	Transport  string `json:"transport"`
	Backlog    int    `json:"backlog"`
	ReusePort  bool   `json:"reusePort"` // a socket for each slot
	User       string `json:"user"`
	Group      string `json:"group"`
	Reloadable bool   `json:"reloadable"`

	// A slot is renewed after so many messages, seconds, or bytes that its PHP has allocated; 0: never.
	MaxRequests uint64  `json:"maxRequests"`
	MaxAge      float64 `json:"maxAge"`
	MaxMemory   int64   `json:"maxMemory"`

	// MessageTimeout is how many seconds a callback of a slot's loop may take before the slot's script is ended; 0: any number.
	MessageTimeout float64 `json:"messageTimeout"`
}

// Spec is what an application asks to have run.
type Spec struct {
	Script      string   `json:"script"`
	Argv        []string `json:"argv"`
	Workers     []Worker `json:"workers"`
	Processes   int      `json:"processes"`   // server processes for the workers of each user; default 1
	StopTimeout float64  `json:"stopTimeout"` // seconds
	// Once holds values that the supervisor's script has made for all.
	Once map[string][]byte `json:"once,omitempty"`
	// Monitor is an address for health checks and metrics, "" none; StuckTimeout is how many seconds a
	// callback may take before the application counts as not live, 0: any number.
	Monitor      string  `json:"monitor"`
	StuckTimeout float64 `json:"stuckTimeout"`
	// GracefulTimeout bounds, in seconds, how long a graceful stop waits for connections.
	GracefulTimeout float64 `json:"gracefulTimeout"`
	PidFile         string  `json:"pidFile"`
	LogFile         string  `json:"logFile"`
	// Cluster is the NATS server by which connections of other machines are reached, "" none; those with the same ClusterName
	// are one cluster.
	Cluster     string `json:"cluster,omitempty"`
	ClusterName string `json:"clusterName,omitempty"`
	// Settings are lines of php.ini that the command line gave with -d.
	Settings string `json:"settings"`
	// INIPath and NoINI are -c and -n of the command line.
	INIPath string `json:"iniPath"`
	NoINI   bool   `json:"noIni"`
}

// StopPatience is how long a slot may take to stop, a second at least.
func (s *Spec) StopPatience() time.Duration {
	return max(time.Duration(s.StopTimeout*float64(time.Second)), time.Second)
}

func (s *Spec) gracefulTimeout() time.Duration {
	return max(time.Duration(s.GracefulTimeout*float64(time.Second)), 0) + s.StopPatience()
}

// Kinds of Event.
const (
	Ready      = "ready"       // every slot has come to its loop
	Signal     = "signal"      // the process got one of Signals
	SlotExit   = "slot_exit"   // a slot ended; another takes its place
	SlotSays   = "slot"        // a slot's script has something to say
	SlotFailed = "slot_failed" // a script ended before it had become a slot; told once for each reason
	ServerExit = "server_exit" // a server process died; another takes its place
	Reloaded   = "reloaded"    // a reload has come to its end
	Stopped    = "stopped"     // all is over
	// Upgraded: the process PID has replaced this one, or Message says why none has. SuccessorExit: that process has ended.
	// TakenOver, in that process: it is the application's supervisor now.
	Upgraded      = "upgraded"
	SuccessorExit = "successor_exit"
	TakenOver     = "taken_over"
)

// Place is a slot that a server process runs, and the descriptors of its sockets there.
type Place struct {
	Worker int   `json:"worker"`
	ID     int   `json:"id"`
	FDs    []int `json:"fds"`
}

// Event is something that happened.
type Event struct {
	Type    string `json:"type"`
	Signal  int    `json:"signal,omitempty"`
	Worker  int    `json:"worker"`
	ID      int    `json:"id"`
	Status  int    `json:"status"` // as wait(2) has it: an exit code is in the second byte
	PID     int    `json:"pid"`
	What    string `json:"what,omitempty"` // of SlotSays
	Message string `json:"message,omitempty"`
}

// Slot is what the server process knows of one slot.
type Slot struct {
	Server      int    `json:"server"` // which server process runs it; set by the supervisor
	Worker      int    `json:"worker"`
	Name        string `json:"name"` // of the worker; set by the supervisor
	ID          int    `json:"id"`
	PID         int    `json:"pid"` // of its thread; 0 while it starts
	Started     int64  `json:"started"`
	Exits       int    `json:"exits"`
	Failures    int    `json:"failures"` // exits with a status other than 0
	Recycled    int    `json:"recycled"` // renewals because of a worker's limits
	Memory      int64  `json:"memory"`   // bytes PHP has allocated
	Fibers      int64  `json:"fibers"`   // with a stack, idle ones included
	Connections int64  `json:"connections"`
	Timers      int64  `json:"timers"`
	Messages    uint64 `json:"messages"`
	SendFails   uint64 `json:"send_fail"` // messages that could not be sent

	Serving      bool     `json:"serving"`      // its script is in its loop
	StartingFor  float64  `json:"starting_for"` // seconds since the last script ended, while not serving
	Accepted     uint64   `json:"accepted"`     // connections
	BytesRead    uint64   `json:"bytes_read"`
	BytesWritten uint64   `json:"bytes_written"`
	AcceptErrors uint64   `json:"accept_errors"`   // times that connections could not be accepted
	Refused      uint64   `json:"refused"`         // requests and frames that broke a rule or passed a limit
	BusySeconds  float64  `json:"busy_seconds"`    // its loop was at work
	BusyFor      float64  `json:"busy_for"`        // seconds that the present turn of its loop has taken, 0 while it waits
	Turns        []uint64 `json:"turns"`           // of its loop, by how long they took: loop.TurnBounds
	Stack        string   `json:"stack,omitempty"` // where its PHP is, a line for each function; only when asked for
	// Limits are how often limits were reached, by loop.LimitNames; those that were not are missing.
	Limits map[string]uint64 `json:"limits,omitempty"`
}

// Server is the state of one server process.
type Server struct {
	PID      int     `json:"pid"`      // of the process that runs, or of the last one
	User     string  `json:"user"`     // "": who started the supervisor
	Running  bool    `json:"running"`  // its PHP is up
	DownFor  float64 `json:"down_for"` // seconds since the last one died, or this one was started, while not running
	Answered bool    `json:"answered"` // it has told of its slots in time
	Ready    bool    `json:"ready"`    // each of its slots has come to its loop once
	Restarts int     `json:"restarts"` // since the start
	Slots    int     `json:"slots"`

	Goroutines int `json:"goroutines"`
}

// Status is the state of an application.
type Status struct {
	PID           int
	Started       time.Time
	State         string   // starting, running, reloading, draining, stopping
	Reloads       int      // that have come to an end
	ReloadsFailed int      // of these: broken off, as the code did not load
	Inherited     []int    // workers whose sockets are a service manager's
	Workers       []string // names
	Servers       []Server
	Slots         []Slot
}

// ControlEnv names, for the server process, the descriptor of its end of the control channel.
const ControlEnv = "PHALANX_CONTROL_FD"

// Command goes from the supervisor to the server process, one JSON object a line.
type Command struct {
	Cmd      string  `json:"cmd"`             // start, reload, stop, drain, status, stacks, metrics, ask
	Value    []byte  `json:"value,omitempty"` // once
	Make     bool    `json:"make,omitempty"`  // once: the asker is to make the value
	Wish     string  `json:"wish,omitempty"`  // ask: what every slot's script is to hear
	Spec     *Spec   `json:"spec,omitempty"`
	Places   []Place `json:"places,omitempty"` // start
	Graceful bool    `json:"graceful,omitempty"`
	Seq      int     `json:"seq,omitempty"` // status, metrics

	Credential *Credential         `json:"credential,omitempty"` // start: whom to become once PHP is up
	Group      string              `json:"group,omitempty"`      // start: a secret that all server processes have in common
	Tickets    *tlsconn.TicketSeed `json:"tickets,omitempty"`    // start: so that TLS sessions of one process resume in another
}

// Report goes from the server process to the supervisor, one JSON object a line.
type Report struct {
	Event
	Seq        int    `json:"seq,omitempty"` // type "status", with what follows
	Slots      []Slot `json:"slots,omitempty"`
	Goroutines int    `json:"goroutines,omitempty"`
	// Metrics are what the process has counted; type "metrics"
	Metrics *metrics.Snapshot `json:"metrics,omitempty"`
	Value   []byte            `json:"value,omitempty"` // type "once_put"; null: it could not be made
}

// Types of Report besides those of Event.
const (
	reportUp        = "up" // the process has read its orders and PHP runs
	reportStatus    = "status"
	reportMetrics   = "metrics"
	reportSlotStart = "slot_start" // a slot's script has come to its loop
	// Stuck: the process has a thread that nothing can end; another process is to take its place.
	Stuck         = "stuck"
	reportOnceAsk = "once"     // a slot needs a value that is made once
	reportOncePut = "once_put" // a slot has made it
)

// Up reports that the process has read its orders and PHP runs.
func Up(pid int) Report { return Report{Event: Event{Type: reportUp, PID: pid}} }

// SlotStart reports that a slot's script has come to its loop, on the thread pid.
func SlotStart(worker, id, pid int) Report {
	return Report{Event: Event{Type: reportSlotStart, Worker: worker, ID: id, PID: pid}}
}

// AskOnce asks for a value that is made once; the answer is a command "once".
func AskOnce(name string, seq int) Report {
	return Report{Event: Event{Type: reportOnceAsk, What: name}, Seq: seq}
}

// PutOnce gives such a value, nil when it could not be made.
func PutOnce(name string, value []byte) Report {
	return Report{Event: Event{Type: reportOncePut, What: name}, Value: value}
}

// StatusReport answers a status command.
func StatusReport(seq int, slots []Slot, goroutines int) Report {
	return Report{Event: Event{Type: reportStatus}, Seq: seq, Slots: slots, Goroutines: goroutines}
}

// MetricsReport answers a metrics command.
func MetricsReport(seq int, s metrics.Snapshot) Report {
	return Report{Event: Event{Type: reportMetrics}, Seq: seq, Metrics: &s}
}

func line(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only our own structs, which all can be encoded
	}
	return append(b, '\n')
}
