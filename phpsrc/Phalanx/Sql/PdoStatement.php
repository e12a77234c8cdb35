<?php

declare(strict_types=1);

namespace Phalanx\Sql;

use ArgumentCountError;
use Closure;
use Iterator;
use PDO;
use PDOException;
use ReflectionClass;
use stdClass;
use TypeError;
use ValueError;

/**
 * A statement of Phalanx\Sql\Pdo, and its result, which is in memory as soon as execute() has returned. It is a
 * \PDOStatement for whoever asks for one by type.
 */
class PdoStatement extends \PDOStatement
{
    private const FLAGS = 0xFFFF0000;

    private const NO_PAIRS = 'PDO::FETCH_KEY_PAIR fetch mode requires the result set to contain exactly 2 columns.';

    private Pdo $pdo;

    private string $sql;

    /** @var array{count: int, names: list<string>} */
    private array $placeholders;

    /** @var array<int|string, array{mixed, int}> by position from 0, or by name with its colon; values by reference */
    private array $bound = [];

    /** @var array<int|string, array{mixed, int}> variables for columns, by position from 0 or by name */
    private array $columnsBound = [];

    /** @var list<array<string, mixed>> */
    private array $columns = [];

    /** @var list<string> */
    private array $names = [];

    /** What names the columns to the session, and the ATTR_CASE that their names are in. */
    private int $hash = 0;

    private int $case = PDO::CASE_NATURAL;

    /** @var list<int> which columns are streams */
    private array $streams = [];

    /** @var list<list<mixed>> */
    private array $rows = [];

    private int $at = 0;

    private int $affected = 0;

    /** @var list<array{int, ?list<array<string, mixed>>, list<list<mixed>>, int}> further results */
    private array $further = [];

    private int $mode = PDO::FETCH_DEFAULT;

    /** @var list<mixed> */
    private array $modeArguments = [];

    /** @var array{?string, ?int, ?string} */
    private array $error = [null, null, null];

    /** @var array<int, mixed> */
    private array $attributes = [];

    /**
     * @param array{count: int, names: list<string>} $placeholders
     * @internal for Pdo
     */
    final public function phalanxInit(Pdo $pdo, string $sql, array $placeholders): void
    {
        $this->pdo = $pdo;
        $this->queryString = $this->sql = $sql;
        $this->placeholders = $placeholders;
        $this->mode = $pdo->option(PDO::ATTR_DEFAULT_FETCH_MODE);
    }

    public function bindParam(
        string|int $param,
        mixed &$var,
        int $type = PDO::PARAM_STR,
        int $maxLength = 0,
        mixed $driverOptions = null,
    ): bool {
        $key = $this->key($param, 'bindParam');
        if ($key === null) {
            return false;
        }
        unset($this->bound[$key]);
        $this->bound[$key] = [null, $type];
        $this->bound[$key][0] = &$var;
        return true;
    }

    public function bindValue(string|int $param, mixed $value, int $type = PDO::PARAM_STR): bool
    {
        $key = $this->key($param, 'bindValue');
        if ($key === null) {
            return false;
        }
        unset($this->bound[$key]);
        $this->bound[$key] = [$value, $type];
        return true;
    }

    public function bindColumn(
        string|int $column,
        mixed &$var,
        int $type = PDO::PARAM_STR,
        int $maxLength = 0,
        mixed $driverOptions = null,
    ): bool {
        $this->clearError();
        if (\is_int($column)) {
            if ($column < 1) {
                throw new ValueError(
                    'PDOStatement::bindColumn(): Argument #1 ($column) must be greater than or equal to 1'
                );
            }
            $column--;
        }
        unset($this->columnsBound[$column]);
        $this->columnsBound[$column] = [null, $type];
        $this->columnsBound[$column][0] = &$var;
        return true;
    }

    public function execute(?array $params = null): bool
    {
        $this->clearError();
        try {
            if ($params !== null) {
                $this->bound = [];
                foreach ($params as $key => $value) {
                    $name = \is_int($key) || \str_starts_with($key, ':') ? $key : ":$key";
                    $this->bound[$name] = [$value, PDO::PARAM_STR];
                }
            }
            $this->phalanxRun($this->bound);
            return true;
        } catch (PDOException $e) {
            return $this->failed($e, 'execute');
        }
    }

    /**
     * Runs the statement. The result is this object's only when it is there: another coroutine may run it meanwhile.
     *
     * @param array<int|string, array{mixed, int}> $bound
     * @internal for Pdo
     */
    final public function phalanxRun(array $bound): void
    {
        [$values, $types] = $this->values($bound);
        $results = $this->pdo->session()->run($this->sql, $values, $types, $this->hash);
        $this->further = $results;
        $this->take();
    }

    /** Makes the next result the current one. */
    private function take(): void
    {
        [$hash, $columns, $rows, $affected] = \array_shift($this->further);
        $this->affected = $affected;
        $this->rows = $rows;
        $this->at = 0;
        $case = $this->pdo->option(PDO::ATTR_CASE);
        if ($columns !== null || $case !== $this->case) { // null: as those of the last time
            $this->hash = $hash;
            $this->case = $case;
            $this->columns = $columns ??= $this->columns;
            $names = \array_column($columns, 'name');
            if ($case !== PDO::CASE_NATURAL) {
                $names = \array_map($case === PDO::CASE_LOWER ? \strtolower(...) : \strtoupper(...), $names);
            }
            $this->names = $names;
            $this->streams = \array_keys(\array_filter(\array_column($columns, 'stream')));
        }
        $stringify = $this->pdo->option(PDO::ATTR_STRINGIFY_FETCHES);
        $nulls = $this->pdo->option(PDO::ATTR_ORACLE_NULLS);
        if ($stringify || $nulls) {
            foreach ($this->rows as &$row) {
                foreach ($row as &$value) {
                    if ($stringify && $value !== null && !\is_string($value)) {
                        $value = \is_bool($value) ? (string)(int)$value : (string)$value;
                    }
                    if ($value === null && $nulls === PDO::NULL_TO_STRING) {
                        $value = '';
                    } elseif ($value === '' && $nulls === PDO::NULL_EMPTY_STRING) {
                        $value = null;
                    }
                }
            }
        }
        if ($stringify) {
            $this->streams = [];
        }
    }

    public function fetch(
        int $mode = PDO::FETCH_DEFAULT,
        int $cursorOrientation = PDO::FETCH_ORI_NEXT,
        int $cursorOffset = 0,
    ): mixed {
        $this->clearError();
        $arguments = [];
        if ($mode === PDO::FETCH_DEFAULT) {
            [$mode, $arguments] = [$this->mode, $this->modeArguments];
        } elseif (($mode & ~self::FLAGS) === ($this->mode & ~self::FLAGS)) {
            $arguments = $this->modeArguments;
        }
        if ($cursorOrientation !== PDO::FETCH_ORI_NEXT) { // results go forward only
            return false;
        }
        if (($mode & ~self::FLAGS) === PDO::FETCH_FUNC) {
            throw new ValueError('Can only use PDO::FETCH_FUNC in PDOStatement::fetchAll()');
        }
        return $this->shape($mode, $arguments, 'fetch');
    }

    public function fetchColumn(int $column = 0): mixed
    {
        $this->clearError();
        $row = $this->next();
        if ($row === null) {
            return false;
        }
        if ($column < 0) {
            throw new ValueError('Column index must be greater than or equal to 0');
        }
        if ($column >= \count($row)) {
            throw new ValueError('Invalid column index');
        }
        return $row[$column];
    }

    public function fetchObject(?string $class = 'stdClass', array $constructorArgs = []): object|false
    {
        $this->clearError();
        return $this->shape(PDO::FETCH_CLASS, [$class ?? 'stdClass', $constructorArgs], 'fetchObject');
    }

    public function fetchAll(int $mode = PDO::FETCH_DEFAULT, mixed ...$args): array
    {
        $this->clearError();
        $arguments = $args;
        if ($mode === PDO::FETCH_DEFAULT) {
            [$mode, $arguments] = [$this->mode, $args ?: $this->modeArguments];
        }
        $how = $mode & ~self::FLAGS;
        if ($mode === PDO::FETCH_LAZY) {
            throw new ValueError(
                'PDOStatement::fetchAll(): Argument #1 ($mode) cannot be PDO::FETCH_LAZY in PDOStatement::fetchAll()'
            );
        }
        $this->check($how, $args, $mode);
        if ($how === PDO::FETCH_CLASS && !$arguments) {
            $arguments = ['stdClass'];
        }
        if ($how === PDO::FETCH_KEY_PAIR && $this->columns && \count($this->columns) !== 2) {
            $this->refuse(self::NO_PAIRS, 'fetchAll');
            return [];
        }
        if ($mode & PDO::FETCH_GROUP) {
            return $this->grouped($mode, $how, $arguments);
        }
        $simple = !$this->columnsBound && !$this->streams;
        if ($simple && $this->rows && $this->at === 0 && $mode === $how) {
            $rows = $this->rows;
            switch ($how) {
                case PDO::FETCH_ASSOC:
                    $this->drain();
                    $names = $this->names;
                    foreach ($rows as &$row) {
                        $row = \array_combine($names, $row);
                    }
                    return $rows;
                case PDO::FETCH_NUM:
                    $this->drain();
                    return $rows;
                case PDO::FETCH_COLUMN:
                    if (isset($rows[0][$arguments[0] ?? 0]) || \array_key_exists($arguments[0] ?? 0, $rows[0])) {
                        $this->drain();
                        return \array_map(static fn (array $row): mixed => $row[$arguments[0] ?? 0], $rows);
                    }
            }
        }
        $all = [];
        if ($how === PDO::FETCH_KEY_PAIR) {
            while (($row = $this->next()) !== null) {
                $all[\is_int($row[0]) ? $row[0] : (string)$row[0]] = $row[1];
            }
            return $all;
        }
        while ($this->at < \count($this->rows)) {
            $all[] = $this->shape($mode, $arguments, 'fetchAll');
        }
        return $all;
    }

    private function drain(): void
    {
        $this->rows = [];
        $this->at = 0;
    }

    /** @return array<int|string, mixed> rows by their first value */
    private function grouped(int $mode, int $how, array $arguments): array
    {
        $unique = ($mode & PDO::FETCH_UNIQUE) === PDO::FETCH_UNIQUE;
        $column = $how === PDO::FETCH_COLUMN ? $arguments[0] ?? -1 : 0;
        $all = [];
        while (($row = $this->next()) !== null) {
            if ($how === PDO::FETCH_COLUMN) {
                $index = $column === -1 ? 1 : $column;
                if ($index >= \count($row)) {
                    throw new ValueError('Invalid column index');
                }
                if (!$unique && $column > 0) {
                    [$key, $value] = [$row[$index], $row[0]];
                } else {
                    [$key, $value] = [$row[0], $row[$unique && $column === -1 ? 1 : $index]];
                }
            } elseif ($how === PDO::FETCH_CLASS && ($mode & PDO::FETCH_CLASSTYPE)) {
                $class = (string)$row[0];
                $key = $row[1] ?? '';
                $value = $this->object(self::known($class), $arguments[1] ?? [], $row, 2, $mode);
            } else {
                $key = $row[0];
                $how = $how ?: PDO::FETCH_BOTH;
                $value = $this->build($how, $mode, $arguments, $row, 1);
            }
            $key = (string)$key;
            if ($unique) {
                $all[$key] = $value;
            } else {
                $all[$key][] = $value;
            }
        }
        return $all;
    }

    /** The next row in a form, or false. */
    private function shape(int $mode, array $arguments, string $function): mixed
    {
        $how = $mode & ~self::FLAGS;
        $row = $this->next();
        if ($row === null) {
            return false;
        }
        switch ($how) {
            case PDO::FETCH_KEY_PAIR:
                if (\count($row) !== 2) {
                    return $this->refuse(self::NO_PAIRS, $function);
                }
                return [\is_int($row[0]) ? $row[0] : (string)$row[0] => $row[1]];
            case PDO::FETCH_CLASS:
                if ($mode & PDO::FETCH_CLASSTYPE) {
                    $class = (string)$row[0];
                    return $this->object(self::known($class), $arguments[1] ?? [], $row, 1, $mode);
                }
                if (!isset($arguments[0])) {
                    return $this->refuse('No fetch class specified', $function);
                }
                break;
            case PDO::FETCH_INTO:
                if (!\is_object($arguments[0] ?? null)) {
                    return $this->refuse('No fetch-into object specified.', $function);
                }
        }
        return $this->build($how, $mode, $arguments, $row, 0);
    }

    /** Makes what a mode wants of a row, from one of its columns on. */
    private function build(int $how, int $mode, array $arguments, array $row, int $from): mixed
    {
        $names = $this->names;
        switch ($how) {
            case PDO::FETCH_ASSOC:
                return $from ? \array_combine(\array_slice($names, $from), \array_slice($row, $from))
                    : \array_combine($names, $row);
            case PDO::FETCH_NUM:
                return $from ? \array_slice($row, $from) : $row;
            case PDO::FETCH_BOUND:
                return true;
            case PDO::FETCH_COLUMN:
                $column = $arguments[0] ?? 0;
                if ($column >= \count($row)) {
                    throw new ValueError('Invalid column index');
                }
                return $row[$column];
            case PDO::FETCH_BOTH:
                $both = [];
                for ($i = $from, $n = \count($row); $i < $n; $i++) {
                    $both[$names[$i]] = $row[$i];
                    $both += [$i => $row[$i]];
                }
                return $both;
            case PDO::FETCH_NAMED:
                return $this->named($row, $from);
            case PDO::FETCH_OBJ:
            case PDO::FETCH_LAZY:
                $object = $how === PDO::FETCH_LAZY ? ['queryString' => $this->sql] : [];
                for ($i = $from, $n = \count($row); $i < $n; $i++) {
                    $object[$names[$i]] = $row[$i];
                }
                return (object)$object;
            case PDO::FETCH_CLASS:
                return $this->object($arguments[0], $arguments[1] ?? [], $row, $from, $mode);
            case PDO::FETCH_INTO:
                $this->assign($arguments[0], $row, $from, false);
                return $arguments[0];
            case PDO::FETCH_FUNC:
                return $arguments[0](...\array_slice($row, $from));
        }
        throw new ValueError('PDOStatement::fetch(): Argument #1 ($mode) must be a bitmask of PDO::FETCH_* constants');
    }

    /** @return array<string, mixed> what columns of one name have is a list */
    private function named(array $row, int $from): array
    {
        $named = $lists = [];
        for ($i = $from, $n = \count($row); $i < $n; $i++) {
            $name = $this->names[$i];
            if (!\array_key_exists($name, $named)) {
                $named[$name] = $row[$i];
            } else {
                $named[$name] = isset($lists[$name]) ? [...$named[$name], $row[$i]] : [$named[$name], $row[$i]];
                $lists[$name] = true;
            }
        }
        return $named;
    }

    private function object(string $class, ?array $arguments, array $row, int $from, int $mode): object
    {
        if ($class === 'stdClass') {
            $object = new stdClass();
            $this->assign($object, $row, $from, false);
            return $object;
        }
        static $classes = [];
        [$reflection, $constructor] = $classes[$class] ??= self::reflect($class);
        $object = $reflection->newInstanceWithoutConstructor();
        if (!$constructor) {
            $this->assign($object, $row, $from, true);
            return $object;
        }
        if ($mode & PDO::FETCH_PROPS_LATE) {
            $constructor->invoke($object, ...($arguments ?? []));
            $this->assign($object, $row, $from, true);
        } else {
            $this->assign($object, $row, $from, true);
            $constructor->invoke($object, ...($arguments ?? []));
        }
        return $object;
    }

    /** @return class-string */
    private static function known(string $class): string
    {
        return \class_exists($class) ? $class : stdClass::class;
    }

    private static function reflect(string $class): array
    {
        $reflection = new ReflectionClass($class);
        return [$reflection, $reflection->getConstructor()];
    }

    /** Sets properties: from within the class, so private ones too, or from without. */
    private function assign(object $object, array $row, int $from, bool $within): void
    {
        $names = $this->names;
        $set = static function (object $object) use ($names, $row, $from): void {
            for ($i = $from, $n = \count($row); $i < $n; $i++) {
                $object->{$names[$i]} = $row[$i];
            }
        };
        if ($within && !(new ReflectionClass($object))->isInternal()) {
            $set = Closure::bind($set, null, $object::class);
        }
        $set($object);
    }

    /** The next row, whose columns also go to the variables that are bound to them. */
    private function next(): ?array
    {
        $row = $this->rows[$this->at] ?? null;
        if ($row === null) {
            return null;
        }
        $this->rows[$this->at++] = [];
        foreach ($this->streams as $i) {
            if ($row[$i] !== null) {
                $stream = \fopen('php://memory', 'w+b');
                \fwrite($stream, $row[$i]);
                \rewind($stream);
                $row[$i] = $stream;
            }
        }
        foreach ($this->columnsBound as $column => [, $type]) {
            $i = \is_int($column) ? $column : \array_search($column, $this->names, true);
            if ($i !== false && \array_key_exists($i, $row)) {
                $this->columnsBound[$column][0] = self::cast($row[$i], $type);
            }
        }
        return $row;
    }

    private static function cast(mixed $value, int $type): mixed
    {
        if ($value === null) {
            return null;
        }
        return match ($type & 0xffff) {
            PDO::PARAM_INT => \is_resource($value) ? $value : (int)$value,
            PDO::PARAM_BOOL => \is_resource($value) ? $value : (bool)$value,
            PDO::PARAM_LOB => \is_string($value) ? self::stream($value) : $value,
            PDO::PARAM_STR => \is_resource($value) ? \stream_get_contents($value)
                : (\is_bool($value) ? (string)(int)$value : (string)$value),
            default => $value,
        };
    }

    /** @return resource */
    private static function stream(string $bytes): mixed
    {
        $stream = \fopen('php://memory', 'w+b');
        \fwrite($stream, $bytes);
        \rewind($stream);
        return $stream;
    }

    public function setFetchMode(int $mode, mixed ...$args): true
    {
        $this->clearError();
        $how = $mode & ~self::FLAGS;
        $given = \count($args) + 1;
        $wrong = "for the fetch mode provided, $given given";
        $function = 'PDOStatement::setFetchMode()';
        switch ($how) {
            case PDO::FETCH_COLUMN:
                if ($given !== 2) {
                    throw new ArgumentCountError("$function expects exactly 2 arguments $wrong");
                }
                if (!\is_int($args[0])) {
                    $type = \get_debug_type($args[0]);
                    throw new TypeError("$function: Argument #2 must be of type int, $type given");
                }
                if ($args[0] < 0) {
                    throw new ValueError("$function: Argument #2 must be greater than or equal to 0");
                }
                break;
            case PDO::FETCH_CLASS:
                if ($mode & PDO::FETCH_CLASSTYPE) {
                    break;
                }
                if ($given < 2) {
                    throw new ArgumentCountError("$function expects at least 2 arguments $wrong");
                }
                if (!\is_string($args[0]) || !\class_exists($args[0])) {
                    throw new TypeError("$function: Argument #2 must be a valid class");
                }
                break;
            case PDO::FETCH_INTO:
                if ($given !== 2) {
                    throw new ArgumentCountError("$function expects exactly 2 arguments $wrong");
                }
                if (!\is_object($args[0])) {
                    $type = \get_debug_type($args[0]);
                    throw new TypeError("$function: Argument #2 must be of type object, $type given");
                }
                break;
            case PDO::FETCH_FUNC:
                throw new ValueError("$function: Argument #1 (\$mode) can only be used with PDOStatement::fetchAll()");
            default:
                if ($how < 0 || $how > PDO::FETCH_KEY_PAIR) {
                    throw new ValueError("$function: Argument #1 (\$mode) must be a bitmask of PDO::FETCH_* constants");
                }
                if ($args) {
                    throw new ArgumentCountError("$function expects exactly 1 arguments $wrong");
                }
        }
        $this->mode = $mode ?: PDO::FETCH_BOTH;
        $this->modeArguments = $args;
        return true;
    }

    /** Arguments of fetchAll() that do not go with the mode. */
    private function check(int $how, array $args, int $mode): void
    {
        $given = \count($args) + 1;
        $wrong = "for the fetch mode provided, $given given";
        $expects = 'PDOStatement::fetchAll() expects';
        switch ($how) {
            case PDO::FETCH_CLASS:
                if (isset($args[0]) && (!\is_string($args[0]) || !\class_exists($args[0]))) {
                    $type = \get_debug_type($args[0]);
                    throw new TypeError('PDOStatement::fetchAll(): Argument #2 must be '
                        . (\is_string($args[0]) ? 'a valid class' : "of type string, $type given"));
                }
                break;
            case PDO::FETCH_FUNC:
                if ($given !== 2) {
                    throw new ArgumentCountError("$expects exactly 2 argument for PDO::FETCH_FUNC, $given given");
                }
                if (!\is_callable($args[0])) {
                    throw new TypeError(\is_string($args[0])
                        ? "function \"$args[0]\" not found or invalid function name" : 'no array or string given');
                }
                break;
            case PDO::FETCH_COLUMN:
                if ($given > 2) {
                    throw new ArgumentCountError("$expects at most 2 argument $wrong");
                }
                if (isset($args[0]) && !\is_int($args[0])) {
                    throw new TypeError('PDOStatement::fetchAll(): Argument #2 must be of type int, '
                        . \get_debug_type($args[0]) . ' given');
                }
                if (($args[0] ?? 0) < 0) {
                    throw new ValueError('PDOStatement::fetchAll(): Argument #2 must be greater than or equal to 0');
                }
                break;
            default:
                if ($given > 1) {
                    throw new ArgumentCountError("$expects exactly 1 argument $wrong");
                }
                if ($how > PDO::FETCH_KEY_PAIR) {
                    throw new ValueError(
                        'PDOStatement::fetchAll(): Argument #1 ($mode) must be a bitmask of PDO::FETCH_* constants'
                    );
                }
        }
    }

    public function rowCount(): int
    {
        return $this->affected;
    }

    public function columnCount(): int
    {
        return \count($this->columns);
    }

    public function getColumnMeta(int $column): array|false
    {
        $this->clearError();
        if ($column < 0) {
            throw new ValueError(
                'PDOStatement::getColumnMeta(): Argument #1 ($column) must be greater than or equal to 0'
            );
        }
        if (!isset($this->columns[$column])) {
            return false;
        }
        $meta = $this->columns[$column];
        unset($meta['stream']);
        if ($this->pdo->driver() === 'sqlite') {
            $value = $this->rows[$this->at][$column] ?? null;
            $meta['native_type'] = $value === null ? 'null' : \gettype($value);
            $meta['pdo_type'] = \is_int($value) ? PDO::PARAM_INT : ($value === null ? PDO::PARAM_NULL : PDO::PARAM_STR);
            if ($meta['sqlite:decl_type'] === '') {
                unset($meta['sqlite:decl_type']);
            }
        }
        if (isset($meta['pgsql:table_oid'])) {
            $meta = $this->pdo->session()->columnMeta($meta);
        }
        $meta['name'] = $this->names[$column];
        return $meta;
    }

    public function nextRowset(): bool
    {
        $this->clearError();
        if ($this->pdo->driver() !== 'mysql') {
            $text = 'driver does not support multiple rowsets';
            $this->error = $this->pdo->failed(null, ['IM001', 0, $text], 'PDOStatement::nextRowset');
            return false;
        }
        if (!$this->further) {
            $this->rows = [];
            return false;
        }
        $this->take();
        return true;
    }

    public function closeCursor(): bool
    {
        $this->clearError();
        $this->rows = [];
        $this->further = [];
        return true;
    }

    public function errorCode(): ?string
    {
        return $this->error[0];
    }

    public function errorInfo(): array
    {
        return [(string)$this->error[0], $this->error[1], $this->error[2]];
    }

    public function getAttribute(int $name): mixed
    {
        $this->clearError();
        if ($name === PDO::ATTR_EMULATE_PREPARES) {
            return $this->pdo->getAttribute($name);
        }
        $text = $this->pdo->driver() === 'mysql' ? "This driver doesn't support getting attributes"
            : "driver doesn't support getting that attribute";
        $this->error = $this->pdo->failed(null, ['IM001', 0, $text], 'PDOStatement::getAttribute');
        return false;
    }

    public function setAttribute(int $attribute, mixed $value): bool
    {
        $this->clearError();
        $text = "This driver doesn't support setting attributes";
        $this->error = $this->pdo->failed(null, ['IM001', 0, $text], 'PDOStatement::setAttribute');
        return false;
    }

    public function getIterator(): Iterator
    {
        return (function (): iterable {
            while (($row = $this->fetch()) !== false) {
                yield $row;
            }
        })();
    }

    public function debugDumpParams(): ?bool
    {
        echo 'SQL: [', \strlen($this->sql), '] ', $this->sql, "\n";
        echo 'Params:  ', \count($this->bound), "\n";
        $position = -1;
        foreach ($this->bound as $key => [, $type]) {
            if (\is_int($key)) {
                echo "Key: Position #$key:\nparamno=$key\nname=[0] \"\"\n";
            } else {
                echo 'Key: Name: [', \strlen($key), "] $key\nparamno=$position\nname=[", \strlen($key), "] \"$key\"\n";
            }
            echo "is_param=1\nparam_type=$type\n";
        }
        return null;
    }

    /** @return int|string|null a position from 0, or a name with its colon */
    private function key(string|int $param, string $function): int|string|null
    {
        $this->clearError();
        if (\is_string($param)) {
            if ($param === '') {
                throw new ValueError("PDOStatement::$function(): Argument #1 (\$param) must not be empty");
            }
            $key = $param[0] === ':' ? $param : ":$param";
            if (!\in_array(\substr($key, 1), $this->placeholders['names'], true)) {
                if ($this->pdo->driver() !== 'pgsql') {
                    return $key; // it is execute() that says so
                }
                $this->failed(self::error('HY093', null, $key), $function);
                return null;
            }
            return $key;
        }
        if ($param < 1) {
            throw new ValueError("PDOStatement::$function(): Argument #1 (\$param) must be greater than or equal to 1");
        }
        return $param - 1;
    }

    /**
     * @param array<int|string, array{mixed, int}> $bound
     * @return array{list<int|string|bool|null>, string} values in the order of the statement's placeholders, and a
     *     letter for each of their types
     */
    private function values(array $bound): array
    {
        $names = $this->placeholders['names'];
        $count = $this->placeholders['count'];
        $driver = $this->pdo->driver();
        $keys = $names ? \array_map(static fn (string $name): string => ":$name", $names)
            : ($count ? \range(0, $count - 1) : []);
        foreach (\array_keys($bound) as $key) {
            if (!\in_array($key, $keys, true)) {
                $this->unknownValue($driver, $key, \count($bound), \count($keys));
            }
        }
        $values = [];
        $types = '';
        foreach ($keys as $position => $key) {
            $value = $bound[$key] ?? $bound[$position] ?? $this->missingValue($driver, \count($bound), \count($keys));
            [$values[], $type] = self::value($value[0], $value[1] & 0xffff);
            $types .= $type;
        }
        return [$values, $types];
    }

    /** A value without a placeholder. The drivers of PDO differ in what they say of it. */
    private function unknownValue(string $driver, int|string $key, int $given, int $wanted): void
    {
        if ($driver === 'sqlite') {
            throw self::error('HY000', 25, 'column index out of range');
        }
        if ($driver === 'pgsql') {
            if (\is_string($key) || $wanted > 0) {
                throw self::error('HY093', null, \is_string($key) ? $key : 'parameter was not defined');
            }
            $this->missingValue($driver, $given, $wanted);
        } else {
            throw self::error('HY093', 0, \is_string($key) && $given === $wanted ? 'parameter was not defined'
                : 'number of bound variables does not match number of tokens');
        }
    }

    /** @return array{null, int} what SQLite takes instead */
    private function missingValue(string $driver, int $given, int $wanted): array
    {
        return match ($driver) {
            'sqlite' => [null, PDO::PARAM_NULL],
            'pgsql' => throw self::error('08P01', 7, "ERROR:  bind message supplies $given parameters, but prepared"
                . " statement \"phalanx\" requires $wanted"),
            default => throw self::error('HY093', 0, 'number of bound variables does not match number of tokens'),
        };
    }

    private static function error(string $state, ?int $code, string $text): PDOException
    {
        $e = new PDOException($text);
        $e->errorInfo = [$state, $code, $text];
        return $e;
    }

    /** @return array{int|string|bool|null, string} */
    private static function value(mixed $value, int $type): array
    {
        if (\is_resource($value)) {
            return [(string)\stream_get_contents($value), $type === PDO::PARAM_LOB ? 'l' : 's'];
        }
        if ($value === null || $type === PDO::PARAM_NULL) {
            return [null, 'n'];
        }
        return match ($type) {
            PDO::PARAM_INT => [(int)(\is_object($value) ? (string)$value : $value), 'i'],
            PDO::PARAM_BOOL => [(bool)$value, 'b'],
            PDO::PARAM_LOB => [(string)$value, 'l'],
            default => [(string)$value, 's'],
        };
    }

    private function clearError(): void
    {
        if (!isset($this->pdo)) {
            throw new \Error(static::class . ' object is uninitialized');
        }
        $this->error = ['00000', null, null];
    }

    private function failed(PDOException $e, string $function): bool
    {
        $this->error = $e->errorInfo ?? ['HY000', 0, $e->getMessage()];
        if ($this->error[1] === 0) {
            $this->error = [$this->error[0], null, null];
        }
        $this->pdo->failed($e, function: "PDOStatement::$function");
        return false;
    }

    private function refuse(string $message, string $function): false
    {
        $this->error = $this->pdo->failed(null, ['HY000', 0, $message], "PDOStatement::$function");
        return false;
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['queryString' => $this->sql ?? ''];
    }
}
