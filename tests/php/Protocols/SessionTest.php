<?php

declare(strict_types=1);

namespace Phalanx\Tests\Protocols;

use ArrayObject;
use InvalidArgumentException;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use RuntimeException;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Session;
use Workerman\Protocols\Http\Session\FileSessionHandler;

/** The values were compared with those of Workerman 5.2.2. */
final class SessionTest extends TestCase
{
    private const ID = 'abcdefghijklmnopqrstuvwxyz';

    private string $folder;

    /** @var array<string, mixed> */
    private array $settings;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/phalanx-session-' . bin2hex(random_bytes(8));
        FileSessionHandler::sessionSavePath($this->folder);
        $this->settings = ['cookieLifetime' => 0, 'cookiePath' => '/', 'domain' => '', 'secure' => false, 'httpOnly' => false,
            'sameSite' => '', 'lifetime' => 1440, 'autoUpdateTimestamp' => false, 'gcProbability' => [0, 1]];
        foreach ($this->settings as $name => $value) {
            Session::$$name = $value;
        }
    }

    protected function tearDown(): void
    {
        array_map(unlink(...), glob("$this->folder/*") ?: []);
        rmdir($this->folder);
        FileSessionHandler::init();
    }

    private function request(string $cookie = '', bool $connected = true): Request
    {
        $request = new Request("GET / HTTP/1.1\r\nHost: h\r\n" . ($cookie === '' ? '' : "Cookie: $cookie\r\n") . "\r\n");
        $request->connection = $connected ? new RecordingConnection() : null;

        return $request;
    }

    public function testValuesAreSetReadAndDeleted(): void
    {
        $session = new Session(self::ID);
        $session->set('a', 1);
        $session->put(['b' => 2, 'c' => null]);
        $session->put('d', 4);

        self::assertSame(self::ID, $session->getId());
        self::assertSame(1, $session->pull('a'));
        self::assertSame('default', $session->pull('a', 'default'));
        self::assertSame(['b' => 2, 'c' => null, 'd' => 4], $session->all());
        self::assertFalse($session->has('c'));
        self::assertTrue($session->exists('c'));
        self::assertSame('default', $session->get('c', 'default'));
        $session->forget(['b', 'c']);
        $session->forget('d');
        self::assertSame([], $session->all());
    }

    public function testChangesAreWrittenWhenTheLastReferenceGoes(): void
    {
        $session = new Session(self::ID);
        $session->set('user', ['id' => 7]);
        self::assertSame([], glob("$this->folder/*"));
        unset($session);

        self::assertSame('a:1:{s:4:"user";a:1:{s:2:"id";i:7;}}', file_get_contents("$this->folder/session_" . self::ID));
        self::assertSame(['id' => 7], (new Session(self::ID))->get('user'));
    }

    public function testEmptySessionLeavesNoFile(): void
    {
        $session = new Session(self::ID);
        $session->set('a', 1);
        $session->save();
        $session->flush();
        $session->save();

        self::assertSame([], glob("$this->folder/*"));
        self::assertFalse($session->refresh());
    }

    public function testSessionThatWasOnlyReadIsNotWritten(): void
    {
        file_put_contents("$this->folder/session_" . self::ID, 'a:1:{s:1:"a";i:1;}');
        touch("$this->folder/session_" . self::ID, time() - 100);
        (new Session(self::ID))->get('a');
        clearstatcache();
        self::assertLessThan(time() - 50, filemtime("$this->folder/session_" . self::ID));

        Session::$autoUpdateTimestamp = true;
        (new Session(self::ID))->get('a');
        clearstatcache();
        self::assertGreaterThan(time() - 50, filemtime("$this->folder/session_" . self::ID));
    }

    public function testExpiredSessionIsGone(): void
    {
        file_put_contents("$this->folder/session_" . self::ID, 'a:1:{s:1:"a";i:1;}');
        touch("$this->folder/session_" . self::ID, time() - 2000);

        self::assertSame([], (new Session(self::ID))->all());
        self::assertSame([], glob("$this->folder/*"));
    }

    public function testExpiredSessionsAreCollected(): void
    {
        foreach (['old' => 2000, 'new' => 10] as $name => $age) {
            touch("$this->folder/session_$name", time() - $age);
        }
        Session::$gcProbability = [1, 1];
        (new Session(self::ID))->__destruct();
        Session::$gcProbability = [0, 1];

        self::assertSame(["$this->folder/session_new"], glob("$this->folder/*"));
    }

    public function testStoredObjectsDoNotComeBackAlive(): void
    {
        file_put_contents("$this->folder/session_" . self::ID, serialize(['o' => new ArrayObject()]));

        self::assertSame('__PHP_Incomplete_Class', get_class((new Session(self::ID))->get('o')));
    }

    public function testDataThatIsNoArrayIsAnEmptySession(): void
    {
        file_put_contents("$this->folder/session_" . self::ID, 's:3:"abc";');

        self::assertSame([], (new Session(self::ID))->all());
    }

    public function testUnserialisedCopyDoesNotWrite(): void
    {
        $session = new Session(self::ID);
        $session->set('a', 1);
        $copy = unserialize(serialize($session));
        unset($copy);

        self::assertSame([], glob("$this->folder/*"));
        $session->flush();
    }

    /** @return iterable<string, array{string, bool}> */
    public static function ids(): iterable
    {
        yield 'letters, digits, comma, hyphen' => ['aZ09,-abcdefghij', true];
        yield 'in double quotes' => ['"abcdefghijklmnop"', true];
        yield 'too short' => ['abcdefghijklmno', false];
        yield 'too long' => [str_repeat('a', 257), false];
        yield 'a path' => ['../../../../etc/passwd', false];
        yield 'a lone quote' => ['"', false];
        yield 'nothing' => ['', false];
    }

    #[DataProvider('ids')]
    public function testOnlyProperCookiesAreTaken(string $id, bool $taken): void
    {
        $request = $this->request("PHPSID=$id");

        self::assertSame($taken, $request->sessionId() === trim($id, '"'));
        self::assertSame($taken, $request->connection->headers === []);
        self::assertTrue($request->isValidSessionId($request->sessionId()));
    }

    public function testIdsEndWhereTheyEnd(): void
    {
        self::assertFalse($this->request()->isValidSessionId("abcdefghijklmnop\n"));
        self::assertFalse($this->request()->isValidSessionId(null));
    }

    public function testNewVisitorGetsACookie(): void
    {
        Session::$cookieLifetime = 7200;
        Session::$cookiePath = '/app';
        Session::$domain = 'example.com';
        Session::$secure = Session::$httpOnly = true;
        Session::$sameSite = 'Lax';
        $request = $this->request();
        $id = $request->sessionId();

        self::assertSame($id, $request->sessionId());
        self::assertSame(
            ['Set-Cookie' => ["PHPSID=$id; Domain=example.com; Max-Age=7200; Path=/app; SameSite=Lax; Secure; HttpOnly"]],
            $request->connection->headers
        );
    }

    public function testNewVisitorWithoutConnectionIsAnError(): void
    {
        $this->expectException(RuntimeException::class);
        $this->expectExceptionMessage('Request->session() fail, header already send');
        $this->request(connected: false)->session();
    }

    public function testKnownVisitorNeedsNoConnection(): void
    {
        self::assertSame(self::ID, $this->request('PHPSID=' . self::ID, connected: false)->session()->getId());
    }

    public function testSwitchingToAnotherIdSavesTheSessionLeftBehind(): void
    {
        $request = $this->request('PHPSID=' . self::ID);
        $request->session()->set('a', 1);
        $request->sessionId('another-session-id');

        self::assertSame([], $request->session()->all());
        self::assertSame('another-session-id', $request->session()->getId());
        self::assertSame(1, (new Session(self::ID))->get('a'));
        self::assertSame(['PHPSID=another-session-id; Path=/'], $request->connection->headers['Set-Cookie']);
    }

    public function testRegeneratingTheIdTakesTheDataAlong(): void
    {
        $request = $this->request('PHPSID=' . self::ID);
        $request->session()->set('a', 1);
        $new = $request->sessionRegenerateId();

        self::assertNotSame(self::ID, $new);
        self::assertSame($new, $request->sessionId());
        self::assertSame(["PHPSID=$new; Path=/"], $request->connection->headers['Set-Cookie']);
        self::assertSame(['a' => 1], $request->session()->all());
        self::assertSame(['a' => 1], (new Session(self::ID))->all());

        $last = $request->sessionRegenerateId(true);
        self::assertSame(['a' => 1], $request->session()->all());
        self::assertSame([], (new Session($new))->all());
        self::assertSame($last, $request->sessionId());
    }

    public function testSessionIsSavedWhenTheRequestIsDestroyed(): void
    {
        $request = $this->request('PHPSID=' . self::ID);
        $request->session()->set('a', 1);
        $request->destroy();

        self::assertSame(1, (new Session(self::ID))->get('a'));
    }

    public function testAnIdCannotLeaveTheFolder(): void
    {
        $request = $this->request();
        self::assertSame('../../etc/passwd', $request->sessionId('../../etc/passwd'));
        foreach (["../../etc/passwd", "a\0b"] as $id) {
            try {
                new Session($id);
                self::fail('a session was made');
            } catch (InvalidArgumentException $e) {
                self::assertStringContainsString('slash', $e->getMessage());
            }
        }
    }
}
