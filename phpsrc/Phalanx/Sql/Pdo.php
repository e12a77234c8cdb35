<?php

declare(strict_types=1);

namespace Phalanx\Sql;

use ArrayObject;
use Fiber;
use PDOException;
use ValueError;
use WeakMap;
use Workerman\Coroutine\Context;

/**
 * PDO on the connection pools of Phalanx\Sql: the same methods, and statements that wait suspend their coroutine. It is
 * a \PDO for whoever asks for one by type.
 *
 * To each coroutine, and to the code outside of them, it behaves as one connection of its own. Behind it a connection
 * of the pool is taken for each statement; from beginTransaction() to its end, and after statements that change the
 * session (SET, temporary tables, ...), it is the same one, which is rolled back and reset when the coroutine ends or
 * this object is gone. docs/pdo.md has what differs from PDO.
 */
class Pdo extends \PDO
{
    private const DRIVERS = ['pgsql', 'mysql', 'sqlite'];

    private const ALIASES = [
        'postgres' => 'pgsql', 'postgresql' => 'pgsql', 'mariadb' => 'mysql', 'sqlite3' => 'sqlite',
    ];

    private string $driver;

    private PdoSession $outside;

    /** @var WeakMap<ArrayObject, PdoSession> by the coroutine's context, which is gone when it ends */
    private WeakMap $sessions;

    /** @var array<int, mixed> */
    private array $attributes = [
        self::ATTR_ERRMODE => self::ERRMODE_EXCEPTION,
        self::ATTR_CASE => self::CASE_NATURAL,
        self::ATTR_ORACLE_NULLS => self::NULL_NATURAL,
        self::ATTR_STRINGIFY_FETCHES => false,
        self::ATTR_DEFAULT_FETCH_MODE => self::FETCH_BOTH,
        self::ATTR_STATEMENT_CLASS => [PdoStatement::class],
        self::ATTR_PERSISTENT => false,
        self::ATTR_AUTOCOMMIT => true,
    ];

    /** @var array{?string, ?int, ?string} */
    private array $error = [null, null, null];

    /**
     * @param string $dsn as PDO's ("pgsql:host=...;dbname=...", "mysql:...", "sqlite:...") or a URL as Database has it
     * @param ?array<int, mixed> $options attributes; of those of a driver, MYSQL_ATTR_INIT_COMMAND is known
     * @throws PDOException when the DSN is wrong or the server cannot be reached, whatever the error mode
     */
    public function __construct(
        #[\SensitiveParameter] string $dsn,
        ?string $username = null,
        #[\SensitiveParameter] ?string $password = null,
        ?array $options = null,
    ) {
        $colon = \strpos($dsn, ':');
        if ($colon === false) {
            throw self::located(new PDOException(
                'PDO::__construct(): Argument #1 ($dsn) must be a valid data source name'
            ));
        }
        $driver = \strtolower(\substr($dsn, 0, $colon));
        $driver = self::ALIASES[$driver] ?? $driver;
        if (!\in_array($driver, self::DRIVERS, true)) {
            throw self::located(new PDOException('could not find driver'));
        }
        $this->driver = $driver;
        $this->sessions = new WeakMap();
        $options ??= [];
        $init = $driver === 'mysql' ? (string)($options[1002] ?? '') : ''; // PDO::MYSQL_ATTR_INIT_COMMAND
        $timeout = (float)($options[self::ATTR_TIMEOUT] ?? 0);
        try {
            $this->outside = new PdoSession($dsn, (string)$username, (string)$password, $init, $timeout);
            $this->outside->open();
        } catch (PDOException $e) {
            throw $this->notConnected($e);
        }
        foreach ($options as $attribute => $value) {
            if (\is_int($attribute)) {
                $this->applyOption($attribute, $value);
            }
        }
    }

    public static function connect(
        #[\SensitiveParameter] string $dsn,
        ?string $username = null,
        #[\SensitiveParameter] ?string $password = null,
        ?array $options = null,
    ): static {
        return new static($dsn, $username, $password, $options);
    }

    /** @return list<string> */
    public static function getAvailableDrivers(): array
    {
        return self::DRIVERS;
    }

    public function prepare(string $query, array $options = []): PdoStatement|false
    {
        $this->clearError();
        if ($query === '') {
            throw new ValueError('PDO::prepare(): Argument #1 ($query) must not be empty');
        }
        if (($options[self::ATTR_CURSOR] ?? null) === self::CURSOR_SCROLL && $this->driver === 'sqlite') {
            $this->failed(null, ['HY000', 0, null]);
            return false;
        }
        try {
            $statement = $this->statement($query, $options);
            if ($this->driver === 'sqlite' || $this->driver === 'mysql' && !$this->emulates($options)) {
                $this->session()->prepare($query);
            }
        } catch (PDOException $e) {
            $this->failed($e);
            return false;
        }
        return $statement;
    }

    public function query(string $query, ?int $fetchMode = null, mixed ...$fetchModeArgs): PdoStatement|false
    {
        $this->clearError();
        if ($query === '') {
            throw new ValueError('PDO::query(): Argument #1 ($query) must not be empty');
        }
        try {
            $statement = $this->statement($query, []);
            if ($fetchMode !== null) {
                $statement->setFetchMode($fetchMode, ...$fetchModeArgs);
            }
            $statement->phalanxRun([]);
        } catch (PDOException $e) {
            $this->failed($e);
            return false;
        }
        return $statement;
    }

    public function exec(string $statement): int|false
    {
        $this->clearError();
        if ($statement === '') {
            throw new ValueError('PDO::exec(): Argument #1 ($statement) must not be empty');
        }
        try {
            $session = $this->session();
            return $session->exec($statement);
        } catch (PDOException $e) {
            $this->failed($e);
            return false;
        }
    }

    public function beginTransaction(): bool
    {
        $this->clearError();
        if ($this->session()->inTransaction()) {
            throw self::located(new PDOException('There is already an active transaction'));
        }
        return $this->control('begin');
    }

    public function commit(): bool
    {
        $this->clearError();
        if (!$this->session()->inTransaction()) {
            throw self::located(new PDOException('There is no active transaction'));
        }
        return $this->control('commit');
    }

    public function rollBack(): bool
    {
        $this->clearError();
        if (!$this->session()->inTransaction()) {
            throw self::located(new PDOException('There is no active transaction'));
        }
        return $this->control('rollBack');
    }

    public function inTransaction(): bool
    {
        return $this->session()->inTransaction();
    }

    public function lastInsertId(?string $name = null): string|false
    {
        $this->clearError();
        try {
            return $this->session()->lastInsertId((string)$name);
        } catch (PDOException $e) {
            $this->failed($e);
            return false;
        }
    }

    public function quote(string $string, int $type = self::PARAM_STR): string|false
    {
        $this->clearError();
        if ($this->driver === 'mysql') {
            $prefix = ($type & 0xffff) === self::PARAM_LOB ? '_binary' : (($type & self::PARAM_STR_NATL) ? 'N' : '');
            return $prefix . "'" . \strtr($string, [
                "\0" => '\\0', "\n" => '\\n', "\r" => '\\r', '\\' => '\\\\', "'" => "\\'", '"' => '\\"',
                "\x1a" => '\\Z',
            ]) . "'";
        }
        if ($this->driver === 'pgsql' && ($type & 0xffff) === self::PARAM_LOB) {
            return "'\\x" . \bin2hex($string) . "'";
        }
        if ($this->driver === 'pgsql' && ($end = \strpos($string, "\0")) !== false) {
            $string = \substr($string, 0, $end); // as libpq, which takes C's strings
        }
        if ($this->driver === 'sqlite' && \str_contains($string, "\0")) {
            $this->failed(null, ['HY000', 0, 'SQLite PDO::quote does not support null bytes']);
            return false;
        }
        return "'" . \str_replace("'", "''", $string) . "'";
    }

    public function errorCode(): ?string
    {
        return $this->error[0];
    }

    public function errorInfo(): array
    {
        return [(string)$this->error[0], $this->error[1], $this->error[2]];
    }

    public function getAttribute(int $attribute): mixed
    {
        $this->clearError();
        switch ($attribute) {
            case self::ATTR_DRIVER_NAME:
                return $this->driver;
            case self::ATTR_SERVER_VERSION:
            case self::ATTR_CLIENT_VERSION:
                return $this->session()->serverVersion();
            case self::ATTR_CONNECTION_STATUS:
            case self::ATTR_SERVER_INFO:
                if ($this->driver !== 'sqlite') {
                    return $attribute === self::ATTR_CONNECTION_STATUS && $this->driver === 'pgsql'
                        ? 'Connection OK; waiting to send.'
                        : 'Phalanx connection pool';
                }
                break;
            case self::ATTR_EMULATE_PREPARES:
                if ($this->driver !== 'sqlite') {
                    return $this->emulates([]);
                }
                break;
            case self::ATTR_AUTOCOMMIT:
                if ($this->driver !== 'mysql') {
                    break;
                }
                return $this->attributes[$attribute];
            default:
                if (\array_key_exists($attribute, $this->attributes)) {
                    return $this->attributes[$attribute];
                }
        }
        $this->failed(null, ['IM001', 0, 'driver does not support that attribute']);
        return false;
    }

    public function setAttribute(int $attribute, mixed $value): bool
    {
        $this->clearError();
        switch ($attribute) {
            case self::ATTR_ERRMODE:
                return $this->choose($attribute, $value, 'Error mode must be one of the PDO::ERRMODE_* constants');
            case self::ATTR_CASE:
                return $this->choose(
                    $attribute,
                    $value,
                    'Case folding mode must be one of the PDO::CASE_* constants'
                );
            case self::ATTR_ORACLE_NULLS:
                return $this->choose($attribute, $value, '');
            case self::ATTR_DEFAULT_FETCH_MODE:
                return $this->choose($attribute, $value, '');
            case self::ATTR_STRINGIFY_FETCHES:
            case self::ATTR_EMULATE_PREPARES:
                $this->attributes[$attribute] = (bool)$value;
                return $attribute !== self::ATTR_EMULATE_PREPARES || $this->driver !== 'sqlite';
            case self::ATTR_STATEMENT_CLASS:
                return $this->setStatementClass($value);
            case self::ATTR_TIMEOUT:
                $this->attributes[$attribute] = (int)$value;
                return $this->driver === 'sqlite';
            case self::ATTR_AUTOCOMMIT:
                if ($this->driver !== 'mysql') {
                    return false;
                }
                $this->exec('SET autocommit = ' . (int)(bool)$value);
                $this->attributes[$attribute] = (bool)$value;
                return true;
        }
        return false;
    }

    /** Whether statements are to be prepared only when they are executed, as an emulation does. */
    private function emulates(array $options): bool
    {
        return (bool)($options[self::ATTR_EMULATE_PREPARES] ?? $this->attributes[self::ATTR_EMULATE_PREPARES]
            ?? $this->driver === 'mysql');
    }

    /** @param string $message when the value has to be one of three and is not; '': it may be any int */
    private function choose(int $attribute, mixed $value, string $message): bool
    {
        if (!\is_int($value) && !\is_bool($value) && !\is_numeric($value)) {
            $type = \get_debug_type($value);
            throw new \TypeError("Attribute value must be of type int for selected attribute, $type given");
        }
        if ($message !== '' && ($value < 0 || $value > 2)) {
            throw new ValueError($message);
        }
        $this->attributes[$attribute] = (int)$value;
        return true;
    }

    private function setStatementClass(mixed $value): bool
    {
        if (!\is_array($value)) {
            $type = \get_debug_type($value);
            throw new \TypeError("PDO::ATTR_STATEMENT_CLASS value must be of type array, $type given");
        }
        $class = $value[0] ?? null;
        if (!\is_string($class) || !\is_a($class, PdoStatement::class, true)) {
            throw new \TypeError(
                'PDO::ATTR_STATEMENT_CLASS class must be derived from ' . PdoStatement::class
                . ': the connection is not PDO\'s own'
            );
        }
        $this->attributes[self::ATTR_STATEMENT_CLASS] = $value;
        return true;
    }

    private function applyOption(int $attribute, mixed $value): void
    {
        if ($attribute === self::ATTR_PERSISTENT) {
            $this->attributes[$attribute] = (bool)$value; // the pool keeps connections in any case
        } elseif ($attribute < 1000) {
            $this->setAttribute($attribute, $value);
        }
    }

    private function control(string $what): bool
    {
        try {
            $this->session()->$what();
            return true;
        } catch (PDOException $e) {
            $this->failed($e);
            return false;
        }
    }

    private function statement(string $query, array $options): PdoStatement
    {
        $class = $options[self::ATTR_STATEMENT_CLASS] ?? $this->attributes[self::ATTR_STATEMENT_CLASS];
        [$class, $arguments] = $class + [1 => []];
        if ($class === PdoStatement::class) {
            $statement = new PdoStatement();
            $statement->phalanxInit($this, $query, PdoSession::placeholders($this->driver, $query));
            return $statement;
        }
        $reflection = new \ReflectionClass($class);
        $statement = $reflection->newInstanceWithoutConstructor();
        $statement->phalanxInit($this, $query, PdoSession::placeholders($this->driver, $query));
        if ($constructor = $reflection->getConstructor()) {
            $constructor->invoke($statement, ...$arguments);
        }
        return $statement;
    }

    /**
     * The session of the current coroutine.
     *
     * @internal for PdoStatement
     */
    final public function session(): PdoSession
    {
        if (!isset($this->outside)) {
            throw new \Error(static::class . ' object is uninitialized');
        }
        if (!Fiber::getCurrent()) {
            return $this->outside;
        }
        $context = Context::get();
        return $this->sessions[$context] ??= $this->outside->sibling();
    }

    /** @internal for PdoStatement */
    final public function driver(): string
    {
        return $this->driver;
    }

    /** @internal for PdoStatement */
    final public function option(int $attribute): mixed
    {
        return $this->attributes[$attribute];
    }

    private function clearError(): void
    {
        if (!isset($this->outside)) {
            throw new \Error(static::class . ' object is uninitialized');
        }
        $this->error = ['00000', null, null];
    }

    /**
     * Deals with a failure as the error mode says.
     *
     * @param array{string, ?int, ?string} $info
     * @param string $function of the statement's that has failed; '': it is one of this object
     * @return array{string, ?int, ?string} what errorInfo() has from now on
     * @internal for PdoStatement
     */
    final public function failed(?PDOException $e, array $info = ['HY000', null, null], string $function = ''): array
    {
        if ($e) {
            $info = $e->errorInfo ?? ['HY000', 0, $e->getMessage()];
        }
        $ours = $info[1] === 0;
        [$state, $code, $text] = $info;
        $message = "SQLSTATE[$state]: " . SqlState::text($state);
        if ($code && $text !== null) {
            $message .= ": $code $text";
        } elseif ($text !== null) {
            $message .= ": $text";
        }
        $error = $ours ? [$state, null, null] : $info;
        if ($function === '') {
            $this->error = $error;
        }
        switch ($this->attributes[self::ATTR_ERRMODE]) {
            case self::ERRMODE_EXCEPTION:
                throw self::exception($message, $state, $ours ? [$state, 0] : $info);
            case self::ERRMODE_SILENT:
                if (!$ours) {
                    break;
                }
                // Those that the server knows nothing of are never silent.
            case self::ERRMODE_WARNING:
                $caller = \debug_backtrace(\DEBUG_BACKTRACE_IGNORE_ARGS, 2)[1]['function'] ?? '';
                $function = $function ?: "PDO::$caller";
                \trigger_error("$function(): $message", \E_USER_WARNING);
        }
        return $error;
    }

    private function notConnected(#[\SensitiveParameter] PDOException $e): PDOException
    {
        $info = $e->errorInfo;
        if ($info === null) {
            return self::located(new PDOException($e->getMessage())); // the other one's trace has the password
        }
        [$state, $code, $text] = $info;
        return self::exception("SQLSTATE[$state] [$code] $text", $code, $info);
    }

    private static function exception(string $message, string|int $code, array $info): PDOException
    {
        $e = new PDOException($message);
        $e->errorInfo = $info;
        (new \ReflectionProperty(\Exception::class, 'code'))->setValue($e, $code);
        return self::located($e);
    }

    /** Says that an exception comes from where the application has called. */
    private static function located(PDOException $e): PDOException
    {
        foreach ($e->getTrace() as $frame) {
            if (isset($frame['file']) && \dirname($frame['file']) !== __DIR__) {
                (new \ReflectionProperty(\Exception::class, 'file'))->setValue($e, $frame['file']);
                (new \ReflectionProperty(\Exception::class, 'line'))->setValue($e, $frame['line']);
                break;
            }
        }
        return $e;
    }

    /** @return array<string, string> no password and no session */
    public function __debugInfo(): array
    {
        return ['driver' => $this->driver ?? ''];
    }
}
