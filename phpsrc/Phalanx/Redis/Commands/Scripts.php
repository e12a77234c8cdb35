<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;

/**
 * Commands for scripts and functions in Lua.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Scripts
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /** Runs Lua; the first $keys arguments are keys. script() sends a script's text only once. */
    public function eval(string $script, array $arguments = [], int $keys = 0): mixed
    {
        return $this->send(['EVAL', $script, $keys, \array_values($arguments)], Client::RAW);
    }

    /** eval() of a script that only reads. */
    public function evalRo(string $script, array $arguments = [], int $keys = 0): mixed
    {
        return $this->send(['EVAL_RO', $script, $keys, \array_values($arguments)], Client::RAW);
    }

    /** Runs a script that the server knows. */
    public function evalSha(string $sha1, array $arguments = [], int $keys = 0): mixed
    {
        return $this->send(['EVALSHA', $sha1, $keys, \array_values($arguments)], Client::RAW);
    }

    /** evalSha() of a script that only reads. */
    public function evalShaRo(string $sha1, array $arguments = [], int $keys = 0): mixed
    {
        return $this->send(['EVALSHA_RO', $sha1, $keys, \array_values($arguments)], Client::RAW);
    }

    /** Calls a function of a library (Redis 7). */
    public function fCall(string $function, array $keys = [], array $arguments = []): mixed
    {
        return $this->send(
            ['FCALL', $function, \count($keys), \array_values($keys), \array_values($arguments)],
            Client::RAW
        );
    }

    /** fCall() of a function that only reads. */
    public function fCallRo(string $function, array $keys = [], array $arguments = []): mixed
    {
        return $this->send(
            ['FCALL_RO', $function, \count($keys), \array_values($keys), \array_values($arguments)],
            Client::RAW
        );
    }

    /** Deletes a library. */
    public function functionDelete(string $library): bool
    {
        return $this->send(['FUNCTION', 'DELETE', $library], Client::BOOL);
    }

    /** All libraries, for functionRestore(). */
    public function functionDump(): string
    {
        return $this->send(['FUNCTION', 'DUMP'], Client::RAW);
    }

    /** Deletes all libraries. $mode: 'ASYNC' or 'SYNC'. */
    public function functionFlush(?string $mode = null): bool
    {
        return $this->send(['FUNCTION', 'FLUSH', $mode ?? []], Client::BOOL);
    }

    /**
     * What FUNCTION can do.
     *
     * @return list<string>
     */
    public function functionHelp(): array
    {
        return $this->send(['FUNCTION', 'HELP'], Client::RAW);
    }

    /** Ends a function that runs and has written nothing. */
    public function functionKill(): bool
    {
        return $this->send(['FUNCTION', 'KILL'], Client::BOOL);
    }

    /**
     * The libraries.
     *
     * @return list<array<string, mixed>>
     */
    public function functionList(?string $pattern = null, bool $withCode = false): array
    {
        return $this->send(
            ['FUNCTION', 'LIST', $pattern === null ? [] : ['LIBRARYNAME', $pattern], $withCode ? 'WITHCODE' : []],
            Client::DEEP
        );
    }

    /** Loads a library; its name. */
    public function functionLoad(string $code, bool $replace = false): string
    {
        return $this->send(['FUNCTION', 'LOAD', $replace ? 'REPLACE' : [], $code], Client::RAW);
    }

    /** Loads what functionDump() has given. $policy: 'FLUSH', 'APPEND' or 'REPLACE'. */
    public function functionRestore(string $dump, ?string $policy = null): bool
    {
        return $this->send(['FUNCTION', 'RESTORE', $dump, $policy ?? []], Client::BOOL);
    }

    /**
     * What runs, and the engines.
     *
     * @return array<string, mixed>
     */
    public function functionStats(): array
    {
        return $this->send(['FUNCTION', 'STATS'], Client::MAP);
    }

    /** Debugging of scripts: 'YES', 'SYNC' or 'NO', on connection(). */
    public function scriptDebug(string $mode): bool
    {
        return $this->send(['SCRIPT', 'DEBUG', $mode], Client::BOOL);
    }

    /**
     * Which scripts the server knows.
     *
     * @return list<bool>
     */
    public function scriptExists(string ...$sha1s): array
    {
        return $this->send(['SCRIPT', 'EXISTS', $sha1s], Client::BOOLS);
    }

    /** Forgets all scripts. $mode: 'ASYNC' or 'SYNC'. */
    public function scriptFlush(?string $mode = null): bool
    {
        return $this->send(['SCRIPT', 'FLUSH', $mode ?? []], Client::BOOL);
    }

    /**
     * What SCRIPT can do.
     *
     * @return list<string>
     */
    public function scriptHelp(): array
    {
        return $this->send(['SCRIPT', 'HELP'], Client::RAW);
    }

    /** Ends a script that runs and has written nothing. */
    public function scriptKill(): bool
    {
        return $this->send(['SCRIPT', 'KILL'], Client::BOOL);
    }

    /** Makes a script known; its SHA-1. */
    public function scriptLoad(string $script): string
    {
        return $this->send(['SCRIPT', 'LOAD', $script], Client::RAW);
    }
}
