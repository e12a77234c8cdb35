<?php

declare(strict_types=1);

namespace Phalanx;

use LogicException;
use RuntimeException;
use ValueError;
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

/**
 * The connections of all workers: groups, users and messages, from any worker, any server process, and from a script
 * beside the running server (connect()).
 *
 * A message is framed once for each protocol and reaches each worker once, however many connections it is for: as
 * WebSocket frames (TEXT or BINARY), lines of text connections, frames of frame connections; HTTP connections get the
 * bytes as they are, for event streams and chunks; a protocol class in PHP encodes in the worker that has the
 * connection. What one sender sends to one connection arrives in that order.
 *
 * A connection whose send buffer holds TcpConnection::$maxSendBufferSize bytes does not get the message: its worker's
 * onBufferFull is called and figures() counts it. WebSockets get messages once their handshake is answered.
 *
 * Changes and messages take effect at once in the worker that makes them, elsewhere when that worker comes to them:
 * true means that they are on their way. Memberships end with the connection, not with the script.
 */
final class Connections
{
    /** A WebSocket's text frame. */
    public const TEXT = 0;

    /** A WebSocket's binary frame. */
    public const BINARY = 1;

    /** The bytes as they are, whatever the protocol. */
    public const RAW = 2;

    // Verbs and kinds of phalanx_hub_do().
    private const SEND = 0;
    private const JOIN = 1;
    private const LEAVE = 2;
    private const LEAVE_ALL = 3;
    private const DISBAND = 4;
    private const BIND = 5;
    private const CLOSE = 6;

    private const ONE = 0;
    private const USER = 1;
    private const GROUP = 2;
    private const GROUPS = 3;
    private const ALL = 4;

    private static bool $isConnected = false;

    /**
     * Leads this script to a running server. In workers there is no need to.
     *
     * @param string $server its start file, its pid file (when Worker::$pidFile is not the default), or the socket
     *     beside that
     * @throws RuntimeException when no such server runs, or it is another user's
     */
    public static function connect(string $server): void
    {
        \phalanx_hub_connect($server);
        self::$isConnected = true;
    }

    /**
     * Makes the connections of several machines one: those whose applications name the same NATS server. Call it in the
     * start file, before Worker::runAll(). From then on groups, users, messages and questions are everywhere the same;
     * names of connections are unique among the machines.
     *
     * @param string $server as Phalanx\PubSub takes it: 'nats://user:password@a,b,c', or 'embedded:/folder?listen=...'
     *     on one machine, by which the others reach it
     * @param string $name those with the same one belong together; '': the start file's name, without its ending
     */
    public static function cluster(string $server, string $name = ''): void
    {
        Worker::$cluster = $server;
        Worker::$clusterName = $name;
    }

    /**
     * The name of a connection, by which any worker and process finds it. It lives as long as the connection, also
     * across reloads, and is never given to another one.
     *
     * @return string '' when the connection is closed
     */
    public static function id(TcpConnection $connection): string
    {
        return $connection->getGlobalId();
    }

    /** @return bool false: there is no such connection */
    public static function join(TcpConnection|string $connection, string $group): bool
    {
        return self::change(self::JOIN, $connection, self::named($group));
    }

    public static function leave(TcpConnection|string $connection, string $group): bool
    {
        return self::change(self::LEAVE, $connection, self::named($group));
    }

    /** Takes a connection out of all its groups. */
    public static function leaveAll(TcpConnection|string $connection): bool
    {
        return self::change(self::LEAVE_ALL, $connection);
    }

    /** Takes all connections out of a group. */
    public static function disband(string $group): bool
    {
        return self::do(self::DISBAND, self::ALL, '', self::named($group));
    }

    /** Gives a connection a user, who may have several. A user it had before is replaced. */
    public static function bindUser(TcpConnection|string $connection, string|int $user): bool
    {
        return self::change(self::BIND, $connection, self::named((string)$user));
    }

    public static function unbindUser(TcpConnection|string $connection): bool
    {
        return self::change(self::BIND, $connection);
    }

    /**
     * @return bool false: there is no such connection, or (as for the other send methods) a worker or process has too
     *     much waiting to take it
     */
    public static function sendTo(TcpConnection|string $connection, string $message, int $form = self::TEXT): bool
    {
        return self::do(self::SEND, self::ONE, self::idOf($connection), '', $message, $form);
    }

    /**
     * Sends to all connections of a user.
     *
     * @param list<TcpConnection|string> $exceptConnections
     */
    public static function sendToUser(
        string|int $user,
        string $message,
        array $exceptConnections = [],
        int $form = self::TEXT
    ): bool {
        $except = self::except($exceptConnections, [], []);

        return self::do(self::SEND, self::USER, self::named((string)$user), '', $message, $form, $except);
    }

    /**
     * Sends to those who are in the group; with a list, to those who are in one or more of them, once.
     *
     * @param string|list<string> $group
     * @param list<TcpConnection|string> $exceptConnections
     * @param list<string|int> $exceptUsers
     * @param list<string> $exceptGroups
     */
    public static function sendToGroup(
        string|array $group,
        string $message,
        array $exceptConnections = [],
        array $exceptUsers = [],
        array $exceptGroups = [],
        int $form = self::TEXT
    ): bool {
        $except = self::except($exceptConnections, $exceptUsers, $exceptGroups);
        if (\is_string($group)) {
            return self::do(self::SEND, self::GROUP, self::named($group), '', $message, $form, $except);
        }
        if ($group === []) {
            return true;
        }
        $groups = \json_encode(\array_map(self::named(...), \array_values($group)), \JSON_THROW_ON_ERROR);

        return self::do(self::SEND, self::GROUPS, $groups, '', $message, $form, $except);
    }

    /**
     * Sends to all connections of all workers but those of HTTP.
     *
     * @param list<TcpConnection|string> $exceptConnections
     * @param list<string|int> $exceptUsers
     * @param list<string> $exceptGroups
     */
    public static function sendToAll(
        string $message,
        array $exceptConnections = [],
        array $exceptUsers = [],
        array $exceptGroups = [],
        int $form = self::TEXT
    ): bool {
        $except = self::except($exceptConnections, $exceptUsers, $exceptGroups);

        return self::do(self::SEND, self::ALL, '', '', $message, $form, $except);
    }

    /**
     * Closes a connection behind what was sent to it, a WebSocket with 1000 (normal closure).
     *
     * @param string $message sent before
     */
    public static function close(TcpConnection|string $connection, string $message = ''): bool
    {
        return self::do(self::CLOSE, self::ONE, self::idOf($connection), '', $message);
    }

    /** Closes all connections of a user, as close(). */
    public static function closeUser(string|int $user, string $message = ''): bool
    {
        return self::do(self::CLOSE, self::USER, self::named((string)$user), '', $message);
    }

    /** Closes all connections of a group, as close(). */
    public static function closeGroup(string $group, string $message = ''): bool
    {
        return self::do(self::CLOSE, self::GROUP, self::named($group), '', $message);
    }

    /**
     * How many connections there are: in a group, or open at all (HTTP's too).
     *
     * @throws RuntimeException as all questions, when a server process does not answer within two seconds
     */
    public static function count(?string $group = null): int
    {
        return self::ask('count', $group === null ? [] : ['groups' => [self::named($group)]])['count'] ?? 0;
    }

    /** @return list<string> names of the connections in a group */
    public static function inGroup(string $group): array
    {
        return self::ask('list', ['groups' => [self::named($group)]])['names'] ?? [];
    }

    /** @return list<string> names of a user's connections */
    public static function ofUser(string|int $user): array
    {
        return self::ask('list', ['user' => self::named((string)$user)])['names'] ?? [];
    }

    public static function isOnline(string|int $user): bool
    {
        return (self::ask('count', ['user' => self::named((string)$user)])['count'] ?? 0) > 0;
    }

    /** @return list<string> in the order of joining */
    public static function groupsOf(TcpConnection|string $connection): array
    {
        return self::ask('groupsOf', ['conn' => self::idOf($connection)])['names'] ?? [];
    }

    public static function userOf(TcpConnection|string $connection): ?string
    {
        return self::ask('userOf', ['conn' => self::idOf($connection)])['names'][0] ?? null;
    }

    /** @return array<array-key, int> all groups, with how many connections they have; digits become int keys */
    public static function groups(): array
    {
        return self::ask('groups', [])['counts'] ?? [];
    }

    /** @return array<array-key, int> all users, with how many connections they have; digits become int keys */
    public static function users(): array
    {
        return self::ask('users', [])['counts'] ?? [];
    }

    /**
     * Since the server processes started.
     *
     * @return array{dropped: int, lost: int} messages that did not fit a connection's send buffer; commands that a
     *     worker or a process with too much waiting did not take
     */
    public static function figures(): array
    {
        $answer = self::ask('figures', []);

        return ['dropped' => $answer['dropped'] ?? 0, 'lost' => $answer['lost'] ?? 0];
    }

    private static function change(int $verb, TcpConnection|string $connection, string $name = ''): bool
    {
        return self::do($verb, self::ONE, self::idOf($connection), $name);
    }

    private static function do(
        int $verb,
        int $kind,
        string $to,
        string $name = '',
        string $message = '',
        int $form = self::TEXT,
        string $except = ''
    ): bool {
        self::requireServer();
        if ($form < self::TEXT || $form > self::RAW) {
            throw new ValueError('The form must be Connections::TEXT, BINARY or RAW');
        }

        return \phalanx_hub_do($verb, $kind, $to, $name, $message, $form, $except);
    }

    /** @return array{count?: int, names?: list<string>, counts?: array<array-key, int>, dropped?: int, lost?: int} */
    private static function ask(string $about, array $to): array
    {
        self::requireServer();
        $question = \json_encode(['about' => $about, 'to' => (object)$to], \JSON_THROW_ON_ERROR);

        return \json_decode(\phalanx_hub_ask($question), true, 512, \JSON_THROW_ON_ERROR);
    }

    private static function requireServer(): void
    {
        if (self::$isConnected || Worker::$globalEvent !== null || \phalanx_role() === 'slot') {
            return;
        }
        $server = \getenv('PHALANX_APP');
        if ($server === false || $server === '') {
            throw new LogicException(
                'This script is no worker: call Phalanx\Connections::connect(\'START_FILE.php\') first,'
                . ' or name the start file in the environment variable PHALANX_APP'
            );
        }
        self::connect($server);
    }

    private static function idOf(TcpConnection|string $connection): string
    {
        return \is_string($connection) ? $connection : $connection->getGlobalId();
    }

    private static function named(string $name): string
    {
        if ($name === '') {
            throw new ValueError('The name of a group or user must not be empty');
        }

        return $name;
    }

    private static function except(array $connections, array $users, array $groups): string
    {
        if (!$connections && !$users && !$groups) {
            return '';
        }

        return \json_encode([
            'conns' => \array_map(self::idOf(...), \array_values($connections)),
            'users' => \array_map('strval', \array_values($users)),
            'groups' => \array_map('strval', \array_values($groups)),
        ], \JSON_THROW_ON_ERROR);
    }
}
