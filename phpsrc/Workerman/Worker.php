<?php

declare(strict_types=1);

namespace Workerman;

use AllowDynamicProperties;
use Phalanx\Development;
use Phalanx\Engine;
use Phalanx\Fiber\Scheduler;
use Phalanx\Limits;
use Phalanx\Worker\Commands;
use Phalanx\Worker\DeflateSettings;
use Phalanx\Worker\EngineProtocol;
use Phalanx\Worker\HandOver;
use Phalanx\Worker\Master;
use Phalanx\Worker\Output;
use Phalanx\Worker\Slot;
use RuntimeException;
use stdClass;
use Throwable;
use Workerman\Connection\ConnectionInterface;
use Workerman\Connection\TcpConnection;
use Workerman\Connection\UdpConnection;
use Workerman\Coroutine\Context;
use Workerman\Events\EventInterface;
use Workerman\Events\Select;

/**
 * A server on one address, run by $count worker slots. A start script defines workers and calls runAll(), which makes
 * its process the supervisor (see Master) and, where the script runs again in a slot, the event loop (see Slot).
 * Source: Workerman\Worker 5.2.2.
 */
#[AllowDynamicProperties]
class Worker
{
    use Commands;
    use HandOver;
    use Master;
    use Output;
    use Slot;

    /** The Workerman version this behaves as. */
    final public const VERSION = '5.2.2';

    public const STATUS_INITIAL = 0;

    public const STATUS_STARTING = 1;

    public const STATUS_RUNNING = 2;

    public const STATUS_SHUTDOWN = 4;

    public const STATUS_RELOADING = 8;

    /** Connections that wait to be accepted; the kernel's own limit holds too. */
    public const DEFAULT_BACKLOG = 102400;

    /** Spaces between the columns of the start table. */
    public const UI_SAFE_LENGTH = 4;

    public const BUILD_IN_TRANSPORTS = [
        'tcp' => 'tcp',
        'udp' => 'udp',
        'unix' => 'unix',
        'ssl' => 'tcp',
    ];

    public const ERROR_TYPE = [
        \E_ERROR => 'E_ERROR',
        \E_WARNING => 'E_WARNING',
        \E_PARSE => 'E_PARSE',
        \E_NOTICE => 'E_NOTICE',
        \E_CORE_ERROR => 'E_CORE_ERROR',
        \E_CORE_WARNING => 'E_CORE_WARNING',
        \E_COMPILE_ERROR => 'E_COMPILE_ERROR',
        \E_COMPILE_WARNING => 'E_COMPILE_WARNING',
        \E_USER_ERROR => 'E_USER_ERROR',
        \E_USER_WARNING => 'E_USER_WARNING',
        \E_USER_NOTICE => 'E_USER_NOTICE',
        \E_RECOVERABLE_ERROR => 'E_RECOVERABLE_ERROR',
        \E_DEPRECATED => 'E_DEPRECATED',
        \E_USER_DEPRECATED => 'E_USER_DEPRECATED',
    ];

    /** 0 to $count - 1; a slot's successor has its id. */
    public int $id = 0;

    public string $name = 'none';

    /** Slots that run this worker. */
    public int $count = 1;

    /** The Unix user to run as; another one than the supervisor's needs root. */
    public string $user = '';

    public string $group = '';

    /** Whether a reload replaces the slots. */
    public bool $reloadable = true;

    /** Whether each slot has a listening socket of its own, among which the kernel distributes connections. */
    public bool $reusePort = false;

    /** @var ?callable(Worker): mixed */
    public $onWorkerStart = null;

    /** @var ?callable(TcpConnection): mixed */
    public $onConnect = null;

    /** @var ?callable(TcpConnection, Protocols\Http\Request): mixed before the handshake is answered */
    public $onWebSocketConnect = null;

    /** @var ?callable(TcpConnection, Protocols\Http\Request): mixed after the handshake has been answered */
    public $onWebSocketConnected = null;

    /**
     * Compresses WebSocket messages for clients that offer it (permessage-deflate, RFC 7692). Not Workerman's.
     *
     * Read when the worker listens. true is the array []; its settings are: level, 1 (fastest, the default) to 9;
     * threshold, in bytes (256), below which messages go out as they are; contextTakeover (false), to keep what was
     * said before for reference; windowBits, 9 to 15 (15; 12 with contextTakeover), the power of two of the bytes that
     * each connection then keeps, twice.
     *
     * @var bool|array{level?: int, threshold?: int, contextTakeover?: bool, windowBits?: int}
     */
    public bool|array $websocketDeflate = false;

    /** @var ?callable(ConnectionInterface, mixed $data): mixed */
    public $onMessage = null;

    /** @var ?callable(TcpConnection): mixed */
    public $onClose = null;

    /** @var ?callable(TcpConnection, int $code, string $message): mixed */
    public $onError = null;

    /** @var ?callable(TcpConnection): mixed */
    public $onBufferFull = null;

    /** @var ?callable(TcpConnection): mixed */
    public $onBufferDrain = null;

    /** @var ?callable(Worker): mixed */
    public $onWorkerStop = null;

    /** @var ?callable(Worker): mixed */
    public $onWorkerReload = null;

    /**
     * Messages after which a slot's script ends and the next one takes over, connections included; between nine
     * tenths of it and all of it. Slots are renewed one by one, after the message at hand. 0: never. Phalanx's own,
     * as the next two.
     */
    public int $maxRequests = 0;

    /** Seconds after which a slot is renewed, between nine tenths of them and all of them; 0: never. */
    public float $maxAge = 0.0;

    /** Bytes of memory (memory_get_usage()) from which on a slot is renewed; 0: never. */
    public int $maxMemory = 0;

    /**
     * Seconds a callback of the loop may take: one that takes longer ends the slot's script with a fatal error, its
     * stack is logged, its request is answered with 503, and the next script takes over. 0: any number. null:
     * $defaultMessageTimeout. Time in which a coroutine waits does not count. Phalanx's own.
     */
    public ?float $messageTimeout = null;

    /**
     * Whether the connections go on when another script takes the slot over: after a reload, recycling, exit() or a
     * fatal error. HTTP connections do in any case. Phalanx's own.
     */
    public bool $keepConnections = false;

    /** @var ?callable(TcpConnection): mixed instead of onConnect, for connections of the script before. Phalanx's own */
    public $onConnectionResume = null;

    /** What peers may do; read when the worker listens. Phalanx's own. */
    public ?Limits $limits = null;

    /** tcp, udp, unix or ssl */
    public string $transport = 'tcp';

    /**
     * The connections of this slot. An HTTP connection that has sent no request is not among them.
     *
     * @internal
     * @var array<int, TcpConnection>
     */
    public array $connections = [];

    /** @var ?class-string */
    public ?string $protocol = null;

    /** Null: not decided yet, because onWorkerStart runs. */
    protected ?bool $pauseAccept = null;

    public bool $stopping = false;

    /** @var ?class-string<EventInterface> */
    public ?string $eventLoop = null;

    public static bool $daemonize = false;

    /** @var ?resource where the start table and log lines are shown */
    public static $outputStream = null;

    /** Where a daemon's output goes. */
    public static string $stdoutFile = '/dev/null';

    /** '': workerman.SCRIPT.pid beside the start script */
    public static string $pidFile = '';

    /** '': workerman.SCRIPT.status beside the start script */
    public static string $statusFile = '';

    /** '': workerman.log beside the start script */
    public static string $logFile = '';

    /** Bytes; a longer log loses its older half. 0: no limit */
    public static int $logFileMaxSize = 10_485_760;

    public static ?EventInterface $globalEvent = null;

    /** @var ?callable(): mixed runs in the supervisor */
    public static $onMasterReload = null;

    /** @var ?callable(): mixed runs in the supervisor */
    public static $onMasterStop = null;

    /** @var ?callable(Worker, int $status, int $pid): mixed runs in the supervisor */
    public static $onWorkerExit = null;

    /** @var ?class-string<EventInterface> */
    public static ?string $eventLoopClass = null;

    /** Seconds a slot may take to stop. */
    public static int $stopTimeout = 2;

    /**
     * Seconds from SIGTERM to the stop: the monitor's /ready answers 503, everything is served as before. Then
     * accepting ends, WebSockets close with 1001, other connections when their message is answered, within
     * $stopTimeout. 0: SIGTERM stops as SIGINT does. Not Workerman's.
     */
    public static float $drainDelay = 0.0;

    /** Seconds that a graceful stop waits for connections; what is left is closed then. Not Workerman's. */
    public static float $gracefulTimeout = 300.0;

    /**
     * 'HOST:PORT' where the supervisor answers /live, /ready and /metrics, '' for nowhere; --monitor=HOST:PORT on the
     * command line is stronger. Whoever reaches it may ask. Not Workerman's.
     */
    public static string $monitorAddress = '';

    /**
     * The NATS server by which Phalanx\Connections reaches other machines, '' for none; the environment variable
     * PHALANX_CLUSTER names it where this is ''. See Phalanx\Connections::cluster(). Not Workerman's.
     */
    public static string $cluster = '';

    /** Machines with the same server and name belong together; '': the start file's name. Not Workerman's. */
    public static string $clusterName = '';

    /** Seconds a callback may take before /live says no; 0: any number. Not Workerman's. */
    public static float $stuckTimeout = 60.0;

    /**
     * $messageTimeout of workers that have none of their own; --message-timeout=SECONDS on the command line is
     * stronger. Not Workerman's.
     */
    public static float $defaultMessageTimeout = 0.0;

    /** Server processes for the workers of each user; --processes=N on the command line is stronger. Not Workerman's. */
    public static int $processes = 1;

    /** Arguments besides those of the command line, for scripts that are not started by one. */
    public static string $command = '';

    /** @var ?resource made by getMainSocket() */
    protected $mainSocket = null;

    protected string $socketName = '';

    /** @var ?resource */
    protected $socketContext = null;

    /** What the start table shows besides properties. */
    protected stdClass $context;

    /** @var array<string, self> by $workerId */
    protected static array $workers = [];

    protected static int $status = self::STATUS_INITIAL;

    protected static string $statisticsFile = '';

    protected static string $connectionsFile = '';

    protected static string $startFile = '';

    protected static bool $gracefulStop = false;

    protected ?string $workerId = null;

    /** The engine's listener, 0: none. */
    private int $engineListener = 0;

    /** The protocol class that the listener gives its connections. */
    private ?string $listenerProtocol = null;

    /** The listening socket that the supervisor has bound for this slot. */
    private ?int $inheritedSocket = null;

    /** 'tcp://0.0.0.0:80', once $socketName has been parsed. */
    private ?string $localSocket = null;

    /**
     * @param ?string $socketName 'PROTOCOL://ADDRESS', without one the worker does not listen
     * @param array $socketContext stream context options; 'socket' => ['backlog' => N]
     */
    public function __construct(?string $socketName = null, array $socketContext = [])
    {
        $this->workerId = \spl_object_hash($this);
        $this->context = new stdClass();
        $this->limits = new Limits();
        static::$workers[$this->workerId] = $this;
        static::$pidMap[$this->workerId] = [];
        if ($socketName) {
            $this->socketName = $socketName;
            $socketContext['socket']['backlog'] ??= static::DEFAULT_BACKLOG;
            $this->socketContext = \stream_context_create($socketContext);
        }
        $this->onMessage = static function (): void {
        };
    }

    /** Runs the command that the script was started with; comes back only when the start fails, with exit status 1. */
    public static function runAll(): void
    {
        Engine::requireMatch();
        if (\phalanx_role() === 'slot') {
            self::runSlot();
        }
        $trial = \getenv('PHALANX_TRIAL');
        if ($trial !== false) {
            self::endTrial($trial);
        }
        try {
            static::checkSapiEnv();
            static::initStdOut();
            static::init();
            static::parseCommand();
            static::checkPortAvailable();
            static::checkCertificates();
            static::daemonize();
            static::lock();
            static::initWorkers();
            self::listenForAll();
            static::installSignal();
            static::saveMasterPid();
            static::lock(\LOCK_UN);
            static::displayUI();
            static::resetStd();
            static::forkWorkers();
            static::monitorWorkers();
        } catch (Throwable $e) {
            \phalanx_supervisor_failed();
            static::log($e);
        }
    }

    protected static function checkSapiEnv(): void
    {
        if (\PHP_SAPI !== 'cli') {
            exit("Only run in command line mode\n");
        }
        foreach (['pcntl', 'posix'] as $extension) {
            if (!\extension_loaded($extension)) {
                exit("Please install $extension extension\n");
            }
        }
    }

    protected static function init(): void
    {
        \set_error_handler(static function (int $code, string $message, string $file, int $line): bool {
            static::safeEcho(static::getErrorType($code) . " \"$message\" in file $file on line $line\n");
            return true;
        });

        $_SERVER['SERVER_SOFTWARE'] = 'Workerman/' . static::VERSION;
        $_SERVER['SERVER_START_TIME'] = \time();
        if (static::$startFile === '') {
            $calls = \debug_backtrace(\DEBUG_BACKTRACE_IGNORE_ARGS);
            static::$startFile = \end($calls)['file'] ?? self::mainScript();
        }
        $folder = \rtrim((string)\getenv('PHALANX_RUN_DIR'), '/');
        $name = $folder === '' ? \basename(static::$startFile) : \str_replace('/', '_', static::$startFile);
        $folder = $folder === '' ? \dirname(static::$startFile) : $folder;
        static::$pidFile = static::$pidFile ?: "$folder/workerman.$name.pid";
        static::$statusFile = static::$statusFile ?: "$folder/workerman.$name.status";
        static::$statisticsFile = static::$statisticsFile ?: static::$statusFile;
        static::$connectionsFile = static::$connectionsFile ?: static::$statusFile . '.connection';
        static::$logFile = static::$logFile ?: (string)\getenv('PHALANX_LOG_FILE') ?: "$folder/workerman.log";
        $log = static::$logFile;
        if ($log !== '/dev/null' && !\is_file($log) && !\str_contains($log, '://')) {
            if (!\is_dir(\dirname($log))) {
                \mkdir(\dirname($log), 0777, true);
            }
            \touch($log);
            \chmod($log, 0644);
        }

        static::$status = static::STATUS_STARTING;
        static::initGlobalEvent();
        static::$globalStatistics['start_timestamp'] = \time();
        self::$commandLine = (string)\file_get_contents('/proc/self/cmdline'); // the title takes its place
        static::setProcessTitle('WorkerMan: master process  start_file=' . static::$startFile);
        static::initId();
        Timer::init();
        \restore_error_handler();
    }

    protected static function initGlobalEvent(): void
    {
        if (static::$globalEvent !== null) {
            static::$eventLoopClass = static::$globalEvent::class;
            static::$globalEvent = null;
        } elseif (!static::$eventLoopClass) {
            static::$eventLoopClass = Select::class;
        } elseif (!\is_subclass_of(static::$eventLoopClass, EventInterface::class)) {
            throw new RuntimeException(static::class . '::$eventLoopClass must implement ' . EventInterface::class);
        }
    }

    /** Completes the workers' settings. The supervisor's engine binds their addresses. */
    protected static function initWorkers(): void
    {
        foreach (static::$workers as $worker) {
            $worker->name = $worker->name ?: 'none';
            if (!$worker->user) {
                $worker->user = static::getCurrentUser();
            } elseif (
                \posix_getuid() !== 0 && $worker->user !== static::getCurrentUser() && \phalanx_role() !== 'slot'
            ) {
                static::log('Warning: You must have the root privileges to change uid and gid.');
            }
            $worker->context->statusSocket = $worker->getSocketName();
            $loop = $worker->eventLoop ?: static::$eventLoopClass;
            $worker->context->eventLoopName = \strtolower(\substr((string)\strrchr("\\$loop", '\\'), 1));
            $worker->context->statusState = '<g> [OK] </g>';
            foreach (static::getUiColumns() as $column => $property) {
                if (!isset($worker->$property) && !isset($worker->context->$property)) {
                    $worker->context->$property = 'NNNN';
                }
                $length = \strlen((string)($worker->$property ?? $worker->context->$property));
                $key = self::columnKey($column);
                static::$uiLengthData[$key] = \max(static::$uiLengthData[$key] ?? 2 * static::UI_SAFE_LENGTH, $length);
            }
            $worker->localSocket ??= $worker->parseSocketAddress();
        }
    }

    /**
     * What the engine has to know of this worker.
     *
     * @return array<string, int|string|bool>
     */
    private function specification(): array
    {
        return [
            'name' => $this->name,
            'count' => $this->count,
            'listen' => (string)$this->localSocket,
            'transport' => $this->transport,
            'backlog' => $this->backlog(),
            'reusePort' => $this->reusePort,
            'user' => $this->user === static::getCurrentUser() ? '' : $this->user,
            'group' => $this->group,
            'reloadable' => $this->reloadable,
            'maxRequests' => \max($this->maxRequests, 0),
            'maxAge' => \max($this->maxAge, 0.0),
            'maxMemory' => \max($this->maxMemory, 0),
            'messageTimeout' => self::messageTimeout($this->messageTimeout),
        ];
    }

    /**
     * @internal
     * @return array<string, mixed> the context's part about TLS
     */
    public function sslOptions(): array
    {
        $options = $this->socketContext ? \stream_context_get_options($this->socketContext) : [];

        return ($options['ssl'] ?? []) + \array_filter(['cafile' => \ini_get('openssl.cafile')]);
    }

    private function backlog(): int
    {
        $options = $this->socketContext ? \stream_context_get_options($this->socketContext) : [];

        return (int)($options['socket']['backlog'] ?? static::DEFAULT_BACKLOG);
    }

    /** @return array<string, self> in a slot only the worker it runs, and those made since */
    public static function getAllWorkers(): array
    {
        return static::$workers;
    }

    public static function getEventLoop(): EventInterface
    {
        return static::$globalEvent;
    }

    /** @return resource|null a stream of the listening socket */
    public function getMainSocket(): mixed
    {
        if ($this->mainSocket === null && static::$globalEvent !== null && $this->hasSocket()) {
            if (!$this->engineListener) {
                $this->open();
                \phalanx_listener_pause($this->engineListener);
            }
            $this->mainSocket = \phalanx_listener_stream($this->engineListener) ?: null;
        }

        return $this->mainSocket;
    }

    protected static function getCurrentUser(): string
    {
        return \posix_getpwuid(\posix_getuid())['name'] ?? 'unknown';
    }

    /**
     * Upstream changes the process here. Slots are threads of one process, which the supervisor starts as the user of
     * its workers; this checks that it did.
     */
    public function setUserAndGroup(): void
    {
        $user = \posix_getpwnam($this->user);
        if (!$user) {
            static::log("Warning: User $this->user not exists");
            return;
        }
        $group = $this->group ? \posix_getgrnam($this->group) : ['gid' => $user['gid']];
        if (!$group) {
            static::log("Warning: Group $this->group not exists");
            return;
        }
        if ($user['uid'] !== \posix_getuid() || ($this->group && $group['gid'] !== \posix_getgid())) {
            static::log('Warning: change gid or uid fail.');
        }
    }

    protected static function setProcessTitle(string $title): void
    {
        if (\function_exists('cli_set_process_title') && \phalanx_role() === 'script') {
            @\cli_set_process_title($title);
        }
    }

    /** Runs one worker in this process, which is what a slot does with its worker. */
    protected static function forkOneWorkerForLinux(self $worker): void
    {
        $worker->run();
    }

    protected static function reload(): void
    {
        if (self::isMaster()) {
            if (static::$status === static::STATUS_RUNNING) {
                self::reloadMaster();
            }
        } else {
            self::renewWorker();
        }
    }

    private static function isMaster(): bool
    {
        return static::$masterPid !== 0 && static::$masterPid === \posix_getpid();
    }

    /**
     * Stops everything when called in the supervisor, otherwise this worker, which is then replaced.
     *
     * @param int $code the worker's exit status
     * @param mixed $log the reason, a string or Throwable
     */
    public static function stopAll(int $code = 0, mixed $log = ''): void
    {
        static::$status = static::STATUS_SHUTDOWN;
        if (self::isMaster()) {
            self::stopMasterAndWorkers($code, $log);
        } else {
            self::stopWorkers($code, $log);
        }
    }

    public static function getStatus(): int
    {
        return static::$status;
    }

    public static function getGracefulStop(): bool
    {
        return static::$gracefulStop;
    }

    /** Listens; a worker that another one makes while it runs calls this itself. */
    public function listen(bool $autoAccept = true): void
    {
        if (!$this->socketName) {
            return;
        }
        $this->localSocket ??= $this->parseSocketAddress();
        if (static::$globalEvent === null) {
            return; // runAll() will do it
        }
        if (!$this->engineListener && $this->inheritedSocket === null) {
            $this->open();
            \phalanx_listener_pause($this->engineListener);
        }
        if ($autoAccept) {
            $this->resumeAccept();
        }
    }

    /** Makes the engine listen. Connections are accepted when the current callbacks have returned. */
    private function open(): void
    {
        $this->listenerProtocol = $this->protocol;
        $protocol = EngineProtocol::nameOf($this->protocol);
        $this->engineListener = \phalanx_listen([
            ...($this->inheritedSocket === null ? ['address' => $this->localSocket] : ['fd' => $this->inheritedSocket]),
            'protocol' => $protocol,
            'backlog' => $this->backlog(),
            'reusePort' => $this->reusePort,
            'keep' => $this->keepConnections,
            'maxPackageSize' => TcpConnection::$defaultMaxPackageSize,
            'maxSendBufferSize' => TcpConnection::$defaultMaxSendBufferSize,
            'eager' => $protocol !== 'http' || $this->onConnect !== null,
            ...($this->transport === 'ssl' ? ['tls' => $this->sslOptions()] : []),
            'limits' => ($this->limits ??= new Limits())->toText($this->socketName),
            'deflate' => DeflateSettings::check($this->websocketDeflate),
            'factory' => $this->transport === 'udp'
                ? fn (string $data, string $remote, int $listener)
                    => UdpConnection::received($this, $data, $remote, $listener)
                : $this->accept(...),
        ]);
        $this->inheritedSocket = null; // the listener's now
        $this->resumeConnections();
    }

    public function unlisten(): void
    {
        if (\is_resource($this->mainSocket)) {
            \fclose($this->mainSocket);
        }
        $this->mainSocket = null;
        if ($this->engineListener) {
            \phalanx_listener_close($this->engineListener);
            $this->engineListener = 0;
            $this->pauseAccept = true;
        }
    }

    /**
     * Reads $socketName into $transport and $protocol.
     *
     * @return ?string 'tcp://ADDRESS', 'udp://ADDRESS', 'unix://PATH'
     */
    protected function parseSocketAddress(): ?string
    {
        if (!$this->socketName) {
            return null;
        }
        [$scheme, $address] = \explode(':', $this->socketName, 2) + [1 => ''];
        if ($scheme === 'https' || $scheme === 'wss') {
            $scheme = $scheme === 'https' ? 'http' : 'websocket';
            $this->transport = 'ssl';
        }
        if (!isset(self::BUILD_IN_TRANSPORTS[$scheme])) {
            if (!\preg_match('/^[a-zA-Z][a-zA-Z0-9]*$/D', $scheme)) {
                throw new RuntimeException("Invalid protocol scheme '$scheme'");
            }
            $name = \ucfirst($scheme);
            $this->protocol = match (true) {
                \class_exists("Protocols\\$name") => "Protocols\\$name",
                \class_exists("Workerman\\Protocols\\$name") => "Workerman\\Protocols\\$name",
                default => throw new RuntimeException("class \\Protocols\\$name not exist"),
            };
            if (!isset(self::BUILD_IN_TRANSPORTS[$this->transport])) {
                throw new RuntimeException('Bad worker->transport ' . \var_export($this->transport, true));
            }
        } elseif ($this->transport === 'tcp') {
            $this->transport = $scheme;
        }
        return self::BUILD_IN_TRANSPORTS[$this->transport] . ':' . $address;
    }

    public function pauseAccept(): void
    {
        if (static::$globalEvent !== null && !$this->pauseAccept && $this->hasSocket()) {
            if ($this->engineListener) {
                \phalanx_listener_pause($this->engineListener);
            }
            $this->pauseAccept = true;
        }
    }

    public function resumeAccept(): void
    {
        if (static::$globalEvent === null || $this->pauseAccept === false || !$this->hasSocket()) {
            return;
        }
        if ($this->engineListener) {
            \phalanx_listener_resume($this->engineListener);
        } else {
            $this->open();
        }
        $this->pauseAccept = false;
    }

    private function hasSocket(): bool
    {
        return $this->engineListener !== 0 || $this->inheritedSocket !== null;
    }

    /** @return string 'none' without one */
    public function getSocketName(): string
    {
        return $this->socketName ? \lcfirst($this->socketName) : 'none';
    }

    /** Starts this worker; it accepts connections when onWorkerStart has returned. */
    public function run(): void
    {
        $this->listen(!$this->onWorkerStart);
        if (!$this->onWorkerStart) {
            $this->settle();
            return;
        }
        $start = function (): void {
            try {
                ($this->onWorkerStart)($this);
            } catch (Throwable $e) {
                if (Development::isOn()) {
                    Development::startFailed($this, $e);
                    return;
                }
                \sleep(1); // a worker that cannot start must not restart in a tight loop
                static::stopAll(250, $e);
            } finally {
                if ($this->pauseAccept === null) {
                    $this->resumeAccept();
                }
                $this->settle();
                Context::destroy();
            }
        };
        // As upstream always in a Fiber; with a coroutine loop it may wait.
        Scheduler::hasCoroutineLoop() ? Coroutine::create($start) : (new \Fiber($start))->start();
    }

    /** @param bool $force closes also the connections that have received a part of a message */
    public function stop(bool $force = true): void
    {
        if ($this->stopping) {
            return;
        }
        $this->stopping = true; // before any callback: one that fails stops the worker again
        if ($this->onWorkerStop) {
            try {
                ($this->onWorkerStop)($this);
            } catch (Throwable $e) {
                static::log($e);
            }
        }
        if (static::$status === static::STATUS_SHUTDOWN && self::isRenewed() && $this->engineListener) {
            \phalanx_listener_pause($this->engineListener); // the next script's
            return;
        }
        $this->unlisten();
        $this->inheritedSocket = null;
        if (!static::getGracefulStop()) {
            foreach ($this->connections as $connection) {
                if ($force || !$connection->getRecvBufferQueueSize()) {
                    $connection->close();
                }
            }
        }
        $this->onMessage = $this->onClose = $this->onError = $this->onBufferDrain = $this->onBufferFull = null;
    }

    /** Makes the object of a connection; the engine calls this. */
    private function accept(int $handle): TcpConnection
    {
        $connection = TcpConnection::accepted($this, $handle, $this->listenerProtocol);
        $this->connections[$connection->id] = $connection;
        if ($this->onConnect) {
            Scheduler::call($this->onConnect, static fn (Throwable $e) => static::stopAll(250, $e), $connection);
        }

        return $connection;
    }

    /** @param mixed $socket the engine's handle of a new connection */
    protected function acceptTcpConnection(mixed $socket): void
    {
        $this->accept($socket);
    }

    /** Upstream's reader of datagrams; the engine reads them and calls UdpConnection::received(). */
    protected function acceptUdpConnection(mixed $socket): void
    {
    }

    public static function isRunning(): bool
    {
        return self::$status !== self::STATUS_INITIAL;
    }
}
