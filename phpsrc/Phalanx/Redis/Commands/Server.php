<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;
use Phalanx\Redis\Options;

/**
 * Commands for the server and its connections.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Server
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /**
     * Categories, or the commands of one.
     *
     * @return list<string>
     */
    public function aclCat(?string $category = null): array
    {
        return $this->send(['ACL', 'CAT', $category ?? []], Client::RAW);
    }

    /** Deletes users; how many there were. */
    public function aclDelUser(string ...$users): int
    {
        return $this->send(['ACL', 'DELUSER', $users], Client::RAW);
    }

    /** Whether a user may do it: 'OK', or why not. */
    public function aclDryRun(string $user, string $command, string ...$arguments): string
    {
        return $this->send(['ACL', 'DRYRUN', $user, $command, $arguments], Client::RAW);
    }

    /** A random password. */
    public function aclGenPass(?int $bits = null): string
    {
        return $this->send(['ACL', 'GENPASS', $bits ?? []], Client::RAW);
    }

    /**
     * What a user may do.
     *
     * @return array<string, mixed>|null
     */
    public function aclGetUser(string $user): ?array
    {
        return $this->send(['ACL', 'GETUSER', $user], Client::MAP);
    }

    /**
     * What ACL can do.
     *
     * @return list<string>
     */
    public function aclHelp(): array
    {
        return $this->send(['ACL', 'HELP'], Client::RAW);
    }

    /**
     * The rules of all users.
     *
     * @return list<string>
     */
    public function aclList(): array
    {
        return $this->send(['ACL', 'LIST'], Client::RAW);
    }

    /** Reads the ACL file again. */
    public function aclLoad(): bool
    {
        return $this->send(['ACL', 'LOAD'], Client::BOOL);
    }

    /** What was refused lately; 'RESET' forgets it. */
    public function aclLog(string|int|null $countOrReset = null): array|string
    {
        return $this->send(['ACL', 'LOG', $countOrReset ?? []], Client::MAPS);
    }

    /** Writes the ACL file. */
    public function aclSave(): bool
    {
        return $this->send(['ACL', 'SAVE'], Client::BOOL);
    }

    /** Makes or changes a user. */
    public function aclSetUser(string $user, string ...$rules): bool
    {
        return $this->send(['ACL', 'SETUSER', $user, $rules], Client::BOOL);
    }

    /**
     * The names of all users.
     *
     * @return list<string>
     */
    public function aclUsers(): array
    {
        return $this->send(['ACL', 'USERS'], Client::RAW);
    }

    /** The user of this connection. */
    public function aclWhoAmI(): string
    {
        return $this->send(['ACL', 'WHOAMI'], Client::RAW);
    }

    /** Rewrites the append-only file in the background. */
    public function bgRewriteAof(): string
    {
        return $this->send(['BGREWRITEAOF'], Client::RAW);
    }

    /** Saves in the background. $mode: 'SCHEDULE'. */
    public function bgSave(?string $mode = null): string
    {
        return $this->send(['BGSAVE', $mode ?? []], Client::RAW);
    }

    /** Whether the next reads are tracked, on connection(). */
    public function clientCaching(bool $on): bool
    {
        return $this->send(['CLIENT', 'CACHING', $on ? 'YES' : 'NO'], Client::BOOL);
    }

    /** The name of the connection. */
    public function clientGetName(): ?string
    {
        return $this->send(['CLIENT', 'GETNAME'], Client::RAW);
    }

    /** Where invalidations go. */
    public function clientGetRedir(): int
    {
        return $this->send(['CLIENT', 'GETREDIR'], Client::RAW);
    }

    /**
     * What CLIENT can do.
     *
     * @return list<string>
     */
    public function clientHelp(): array
    {
        return $this->send(['CLIENT', 'HELP'], Client::RAW);
    }

    /** The number of the connection. */
    public function clientId(): int
    {
        return $this->send(['CLIENT', 'ID'], Client::RAW);
    }

    /**
     * The connection itself, as in clientList().
     *
     * @return list<array<string, string>>
     */
    public function clientInfo(): array
    {
        return $this->send(['CLIENT', 'INFO'], Client::CLIENTS);
    }

    /** Closes connections: clientKill('ID', '7'), clientKill('TYPE', 'pubsub'); how many. */
    public function clientKill(string ...$filters): int|string
    {
        return $this->send(['CLIENT', 'KILL', $filters], Client::RAW);
    }

    /**
     * The server's connections.
     *
     * @return list<array<string, string>>
     */
    public function clientList(string ...$filters): array
    {
        return $this->send(['CLIENT', 'LIST', $filters], Client::CLIENTS);
    }

    /** Keeps the connection from being closed for want of memory, on connection(). */
    public function clientNoEvict(bool $on): bool
    {
        return $this->send(['CLIENT', 'NO-EVICT', $on ? 'ON' : 'OFF'], Client::BOOL);
    }

    /** Holds up the commands of all clients. $mode: 'WRITE' or 'ALL'. */
    public function clientPause(int $milliseconds, ?string $mode = null): bool
    {
        return $this->send(['CLIENT', 'PAUSE', $milliseconds, $mode ?? []], Client::BOOL);
    }

    /** Always refused: replies are what calls wait for. */
    public function clientReply(string $mode): bool
    {
        return $this->send(['CLIENT', 'REPLY', $mode], Client::BOOL);
    }

    /** Names the connection, on connection(); for all others there is clientName in the constructor. */
    public function clientSetName(string $name): bool
    {
        return $this->send(['CLIENT', 'SETNAME', $name], Client::BOOL);
    }

    /** Tracking of keys, on connection(). */
    public function clientTracking(bool $on, string ...$options): bool
    {
        return $this->send(['CLIENT', 'TRACKING', $on ? 'ON' : 'OFF', $options], Client::BOOL);
    }

    /**
     * How keys are tracked.
     *
     * @return array<string, mixed>
     */
    public function clientTrackingInfo(): array
    {
        return $this->send(['CLIENT', 'TRACKINGINFO'], Client::MAP);
    }

    /** Ends the wait of another connection. $with: 'TIMEOUT' or 'ERROR'. */
    public function clientUnblock(int $id, ?string $with = null): bool
    {
        return $this->send(['CLIENT', 'UNBLOCK', $id, $with ?? []], Client::BOOL);
    }

    /** Ends clientPause(). */
    public function clientUnpause(): bool
    {
        return $this->send(['CLIENT', 'UNPAUSE'], Client::BOOL);
    }

    /** How many commands the server has. */
    public function commandCount(): int
    {
        return $this->send(['COMMAND', 'COUNT'], Client::RAW);
    }

    /**
     * What the server says about commands.
     *
     * @return array<string, mixed>
     */
    public function commandDocs(string ...$commands): array
    {
        return $this->send(['COMMAND', 'DOCS', $commands], Client::MAP);
    }

    /**
     * The keys of a command.
     *
     * @return list<string>
     */
    public function commandGetKeys(string|int|float ...$command): array
    {
        return $this->send(['COMMAND', 'GETKEYS', $command], Client::RAW);
    }

    /**
     * The keys of a command, and what happens to them.
     *
     * @return list<array{string, list<string>}>
     */
    public function commandGetKeysAndFlags(string|int|float ...$command): array
    {
        return $this->send(['COMMAND', 'GETKEYSANDFLAGS', $command], Client::RAW);
    }

    /**
     * What COMMAND can do.
     *
     * @return list<string>
     */
    public function commandHelp(): array
    {
        return $this->send(['COMMAND', 'HELP'], Client::RAW);
    }

    /**
     * How commands are called.
     *
     * @return list<array<mixed>|null>
     */
    public function commandInfo(string ...$commands): array
    {
        return $this->send(['COMMAND', 'INFO', $commands], Client::RAW);
    }

    /**
     * The names of all commands.
     *
     * @return list<string>
     */
    public function commandList(string ...$filter): array
    {
        return $this->send(['COMMAND', 'LIST', $filter], Client::RAW);
    }

    /**
     * Settings of the server.
     *
     * @return array<string, string>
     */
    public function configGet(string ...$parameters): array
    {
        return $this->send(['CONFIG', 'GET', $parameters], Client::MAP);
    }

    /**
     * What CONFIG can do.
     *
     * @return list<string>
     */
    public function configHelp(): array
    {
        return $this->send(['CONFIG', 'HELP'], Client::RAW);
    }

    /** Sets the server's figures back. */
    public function configResetStat(): bool
    {
        return $this->send(['CONFIG', 'RESETSTAT'], Client::BOOL);
    }

    /** Writes the settings to the server's file. */
    public function configRewrite(): bool
    {
        return $this->send(['CONFIG', 'REWRITE'], Client::BOOL);
    }

    /**
     * Changes settings.
     *
     * @param array<string, string|int|float> $settings
     */
    public function configSet(array $settings): bool
    {
        return $this->send(['CONFIG', 'SET', Options::pairs($settings)], Client::BOOL);
    }

    /** How many keys the database has. */
    public function dbSize(): int
    {
        return $this->send(['DBSIZE'], Client::RAW);
    }

    /** For those who work on Redis. */
    public function debug(string ...$arguments): mixed
    {
        return $this->send(['DEBUG', $arguments], Client::RAW);
    }

    /** The text. */
    public function echo(string $text): string
    {
        return $this->send(['ECHO', $text], Client::RAW);
    }

    /** Hands the master's part to a replica. */
    public function failover(string ...$arguments): bool
    {
        return $this->send(['FAILOVER', $arguments], Client::BOOL);
    }

    /** Deletes everything. $mode: 'ASYNC' or 'SYNC'. */
    public function flushAll(?string $mode = null): bool
    {
        return $this->send(['FLUSHALL', $mode ?? []], Client::BOOL);
    }

    /** Deletes all keys of the database. $mode: 'ASYNC' or 'SYNC'. */
    public function flushDb(?string $mode = null): bool
    {
        return $this->send(['FLUSHDB', $mode ?? []], Client::BOOL);
    }

    /**
     * The server's figures.
     *
     * @return array<string, string>
     */
    public function info(string ...$sections): array
    {
        return $this->send(['INFO', $sections], Client::INFO);
    }

    /** When the server last saved, as a Unix time. */
    public function lastSave(): int
    {
        return $this->send(['LASTSAVE'], Client::RAW);
    }

    /** What the server thinks of its latency. */
    public function latencyDoctor(): string
    {
        return $this->send(['LATENCY', 'DOCTOR'], Client::RAW);
    }

    /** A drawing in ASCII. */
    public function latencyGraph(string $event): string
    {
        return $this->send(['LATENCY', 'GRAPH', $event], Client::RAW);
    }

    /**
     * What LATENCY can do.
     *
     * @return list<string>
     */
    public function latencyHelp(): array
    {
        return $this->send(['LATENCY', 'HELP'], Client::RAW);
    }

    /**
     * How long commands took.
     *
     * @return array<string, mixed>
     */
    public function latencyHistogram(string ...$commands): array
    {
        return $this->send(['LATENCY', 'HISTOGRAM', $commands], Client::DEEP);
    }

    /**
     * Times and latencies of an event.
     *
     * @return list<array{int, int}>
     */
    public function latencyHistory(string $event): array
    {
        return $this->send(['LATENCY', 'HISTORY', $event], Client::RAW);
    }

    /**
     * The latest of all events.
     *
     * @return list<array{string, int, int, int}>
     */
    public function latencyLatest(): array
    {
        return $this->send(['LATENCY', 'LATEST'], Client::RAW);
    }

    /** Forgets events; how many. */
    public function latencyReset(string ...$events): int
    {
        return $this->send(['LATENCY', 'RESET', $events], Client::RAW);
    }

    /** A piece of art, and the server's version. */
    public function lolwut(int ...$arguments): string
    {
        return $this->send(['LOLWUT', $arguments ? ['VERSION', ...\array_values($arguments)] : []], Client::RAW);
    }

    /** What the server thinks of its memory. */
    public function memoryDoctor(): string
    {
        return $this->send(['MEMORY', 'DOCTOR'], Client::RAW);
    }

    /**
     * What MEMORY can do.
     *
     * @return list<string>
     */
    public function memoryHelp(): array
    {
        return $this->send(['MEMORY', 'HELP'], Client::RAW);
    }

    /** The allocator's figures. */
    public function memoryMallocStats(): string
    {
        return $this->send(['MEMORY', 'MALLOC-STATS'], Client::RAW);
    }

    /** Gives memory back to the system. */
    public function memoryPurge(): bool
    {
        return $this->send(['MEMORY', 'PURGE'], Client::BOOL);
    }

    /**
     * Where the memory is.
     *
     * @return array<string, mixed>
     */
    public function memoryStats(): array
    {
        return $this->send(['MEMORY', 'STATS'], Client::MAP);
    }

    /** The bytes that a key takes. */
    public function memoryUsage(string $key, ?int $samples = null): ?int
    {
        return $this->send(['MEMORY', 'USAGE', $key, $samples === null ? [] : ['SAMPLES', $samples]], Client::RAW);
    }

    /**
     * What MODULE can do.
     *
     * @return list<string>
     */
    public function moduleHelp(): array
    {
        return $this->send(['MODULE', 'HELP'], Client::RAW);
    }

    /**
     * The modules.
     *
     * @return list<array<string, mixed>>
     */
    public function moduleList(): array
    {
        return $this->send(['MODULE', 'LIST'], Client::MAPS);
    }

    /** Loads a module. */
    public function moduleLoad(string $path, string ...$arguments): bool
    {
        return $this->send(['MODULE', 'LOAD', $path, $arguments], Client::BOOL);
    }

    /** Loads a module with settings. */
    public function moduleLoadEx(string $path, string ...$arguments): bool
    {
        return $this->send(['MODULE', 'LOADEX', $path, $arguments], Client::BOOL);
    }

    /** Unloads a module. */
    public function moduleUnload(string $name): bool
    {
        return $this->send(['MODULE', 'UNLOAD', $name], Client::BOOL);
    }

    /** 'PONG', or the message. */
    public function ping(?string $message = null): string
    {
        return $this->send(['PING', $message ?? []], Client::RAW);
    }

    /** Makes the server a replica; 'NO', 'ONE' makes it a master. */
    public function replicaOf(string $host, string|int $port): bool
    {
        return $this->send(['REPLICAOF', $host, $port], Client::BOOL);
    }

    /**
     * What the server is: 'master', 'slave' or 'sentinel', and details.
     *
     * @return list<mixed>
     */
    public function role(): array
    {
        return $this->send(['ROLE'], Client::RAW);
    }

    /** Saves, which holds up the server. */
    public function save(): bool
    {
        return $this->send(['SAVE'], Client::BOOL);
    }

    /** Ends the server: 'SAVE', 'NOSAVE', 'NOW', 'FORCE', 'ABORT'. That the connection is lost then is an exception. */
    public function shutdown(string ...$options): mixed
    {
        return $this->send(['SHUTDOWN', $options], Client::RAW);
    }

    /** replicaOf() by its old name. */
    public function slaveOf(string $host, string|int $port): bool
    {
        return $this->send(['SLAVEOF', $host, $port], Client::BOOL);
    }

    /**
     * Commands that took long.
     *
     * @return list<list<mixed>>
     */
    public function slowLogGet(?int $count = null): array
    {
        return $this->send(['SLOWLOG', 'GET', $count ?? []], Client::RAW);
    }

    /**
     * What SLOWLOG can do.
     *
     * @return list<string>
     */
    public function slowLogHelp(): array
    {
        return $this->send(['SLOWLOG', 'HELP'], Client::RAW);
    }

    /** How many there are. */
    public function slowLogLen(): int
    {
        return $this->send(['SLOWLOG', 'LEN'], Client::RAW);
    }

    /** Forgets them. */
    public function slowLogReset(): bool
    {
        return $this->send(['SLOWLOG', 'RESET'], Client::BOOL);
    }

    /** Swaps two databases. */
    public function swapDb(int $database1, int $database2): bool
    {
        return $this->send(['SWAPDB', $database1, $database2], Client::BOOL);
    }

    /** The server's time, in seconds. */
    public function time(): float
    {
        return $this->send(['TIME'], Client::MOMENT);
    }
}
