<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use LogicException;
use Phalanx\Connections;
use PHPUnit\Framework\Attributes\DataProvider;
use ValueError;
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

/** Phalanx\Connections within one worker; tests/e2e has the rest. */
final class ConnectionsTest extends EngineCase
{
    public function testGroupsAndUsers(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $worker->onMessage = static function (TcpConnection $connection, string $message): void {
            match ($message) {
                'enter' => Connections::join($connection, 'a') && Connections::join($connection, '7')
                    && Connections::bindUser($connection, 42),
                'leave' => Connections::leaveAll($connection) && Connections::unbindUser($connection),
                default => null,
            };
            Connections::sendTo($connection, \json_encode([
                Connections::groupsOf($connection), Connections::userOf($connection), Connections::groups(),
                Connections::users(), Connections::isOnline(42), Connections::count('a'),
                \count(Connections::inGroup('7')), Connections::ofUser(42) === [Connections::id($connection)],
            ], \JSON_THROW_ON_ERROR));
        };
        $client = $this->client($worker);
        $this->assertAnswer('[["a","7"],"42",{"7":1,"a":1},{"42":1},true,1,1,true]' . "\n", $client, "enter\n");
        $this->assertAnswer("[[],null,[],[],false,0,0,false]\n", $client, "leave\n");
    }

    public function testTheOrderOfSendsOfAllKinds(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $worker->onMessage = static function (TcpConnection $connection): void {
            $connection->send('1');
            Connections::sendTo($connection, '2');
            $connection->send('3');
            Connections::sendToAll('4');
            Connections::sendToAll('not to me', [$connection]);
            Connections::sendToAll("5\n", form: Connections::RAW);
            Connections::close($connection, '6');
        };
        $this->assertAnswer("1\n2\n3\n4\n5\n6\n", $this->client($worker), "go\n");
    }

    public function testAClosedConnection(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $results = null;
        $worker->onClose = static function (TcpConnection $connection) use (&$results): void {
            $results = [
                Connections::id($connection), Connections::join($connection, 'a'),
                Connections::sendTo($connection, 'late'), Connections::groupsOf($connection), Connections::count('a'),
            ];
        };
        $worker->onMessage = static function (TcpConnection $connection): void {
            Connections::join($connection, 'a');
            $connection->destroy();
        };
        \fwrite($this->client($worker), "go\n");
        $this->runLoop(2, static function () use (&$results): bool {
            return $results !== null;
        });
        self::assertSame(['', false, false, [], 0], $results);
    }

    /** @return iterable<string, array{callable}> */
    public static function refused(): iterable
    {
        yield 'a group without a name' => [static fn () => Connections::sendToGroup('', 'x')];
        yield 'one of several' => [static fn () => Connections::sendToGroup(['a', ''], 'x')];
        yield 'a user without a name' => [static fn () => Connections::bindUser('1-1-1', '')];
        yield 'an unknown form' => [static fn () => Connections::sendToAll('x', form: 3)];
    }

    #[DataProvider('refused')]
    public function testWhatIsRefused(callable $call): void
    {
        $this->expectException(ValueError::class);
        $call();
    }

    public function testAScriptHasToConnect(): void
    {
        Worker::$globalEvent = null;
        $this->expectException(LogicException::class);
        $this->expectExceptionMessage('connect(\'START_FILE.php\')');
        Connections::count();
    }

    public function testNobody(): void
    {
        self::assertTrue(Connections::sendToGroup([], 'x'));
        self::assertTrue(Connections::sendToUser('nobody', 'x'));
        self::assertFalse(Connections::sendTo('1-2-3', 'x'));
        self::assertSame(['dropped', 'lost'], \array_keys(Connections::figures()));
    }
}
