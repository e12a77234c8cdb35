<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use Closure;
use Fiber;
use Phalcon\Session\Bag;
use Phalcon\Session\Exceptions\InvalidSessionAdapter;
use Phalcon\Session\Exceptions\InvalidSessionId;
use Phalcon\Session\Exceptions\SessionAlreadyStarted;
use Phalcon\Session\Exceptions\SessionModificationDenied;
use Phalcon\Session\Manager;
use Phalcon\Session\ManagerInterface;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use RuntimeException;

/** Sessions where one worker serves several messages at once: PHP's own, one for each message. */
final class SessionTest extends TestCase
{
    private const KNOWN = 'knownknownknownknownknownknown12';

    private MemoryHandler $handler;

    /** @var list<string> values of Set-Cookie of the last answer */
    private array $cookies = [];

    /** The last answer's head. */
    private string $head = '';

    protected function setUp(): void
    {
        if (!function_exists('phalanx_request_serve')) {
            self::markTestSkipped('needs the engine');
        }
        $this->handler = new MemoryHandler();
    }

    public function testANewVisitorGetsAnIdAndACookie(): void
    {
        $id = $this->in([], static function (Manager $session): string {
            self::assertSame(Manager::SESSION_ACTIVE, $session->status());
            $session->set('user', 7);
            self::assertTrue($session->has('user'));

            return $session->getId();
        });
        self::assertMatchesRegularExpression('/^[a-zA-Z0-9,-]{22,}$/D', $id);
        self::assertSame([$id => 'user|i:7;'], $this->handler->sessions);
        self::assertCount(1, $this->cookies);
        self::assertStringStartsWith("SID=$id; path=/", $this->cookies[0]);
        self::assertStringContainsString('Cache-Control: no-store, no-cache, must-revalidate', $this->head);
    }

    public function testAKnownVisitorGetsNoNewCookie(): void
    {
        $this->handler->sessions[self::KNOWN] = 'user|i:7;';
        self::assertSame(7, $this->in(['SID' => self::KNOWN], fn (Manager $session): mixed => $session->get('user')));
        self::assertSame([], $this->cookies);
        self::assertContains('updateTimestamp', $this->handler->calls);
    }

    /** @return array<string, array{array<string, string>}> cookies */
    public static function chosenIds(): array
    {
        return [
            'unknown' => [['SID' => 'attackerattackerattackerattacker']],
            'empty' => [['SID' => '']],
            'a path' => [['SID' => '../../etc/passwd']],
            'a header' => [['SID' => "x\r\nSet-Cookie: a=b"]],
            'with a newline' => [['SID' => self::KNOWN . "\n"]],
            'too long' => [['SID' => str_repeat('a', 257)]],
            'an array' => [['SID[]' => 'a']],
            'none' => [[]],
        ];
    }

    #[DataProvider('chosenIds')]
    public function testNobodyChoosesTheirOwnId(array $cookies): void
    {
        $this->handler->sessions[self::KNOWN] = 'user|i:7;';
        [$id, $user] = $this->in($cookies, static function (Manager $session): array {
            $session->set('seen', true);

            return [$session->getId(), $session->get('user')];
        });
        self::assertNull($user);
        self::assertNotContains($id, $cookies);
        self::assertSame([self::KNOWN, $id], array_keys($this->handler->sessions));
        self::assertStringStartsWith("SID=$id;", $this->cookies[0]);
    }

    public function testAfterALoginTheOldIdIsWorthNothing(): void
    {
        $this->handler->sessions[self::KNOWN] = 'cart|i:3;';
        $id = $this->in(['SID' => self::KNOWN], static function (Manager $session): string {
            $session->regenerateId();
            $session->set('user', 7);
            self::assertSame(3, $session->get('cart'));

            return $session->getId();
        });
        self::assertNotSame(self::KNOWN, $id);
        self::assertSame([$id => 'cart|i:3;user|i:7;'], $this->handler->sessions);
        self::assertStringStartsWith("SID=$id;", $this->cookies[0]);
        self::assertNull($this->in(['SID' => self::KNOWN], fn (Manager $session): mixed => $session->get('user')));
    }

    public function testTheOldSessionStaysWhenAskedFor(): void
    {
        $this->handler->sessions[self::KNOWN] = 'cart|i:3;';
        $id = $this->in(['SID' => self::KNOWN], static function (Manager $session): string {
            $session->regenerateId(false);
            $session->set('user', 7);

            return $session->getId();
        });
        self::assertSame('cart|i:3;', $this->handler->sessions[self::KNOWN]);
        self::assertSame('cart|i:3;user|i:7;', $this->handler->sessions[$id]);
    }

    public function testDestroyedSessionsAreGone(): void
    {
        $this->handler->sessions[self::KNOWN] = 'user|i:7;';
        $this->in(['SID' => self::KNOWN], static function (Manager $session): void {
            $session->destroy();
            self::assertFalse($session->exists());
            self::assertSame('', $session->getId());
            self::assertNull($session->get('user', 'default'));
        });
        self::assertSame([], $this->handler->sessions);
        self::assertNotContains('write', $this->handler->calls);
    }

    public function testTwoInterleavedVisitorsHaveTheirOwn(): void
    {
        $ann = str_repeat('a', 32);
        $bob = str_repeat('b', 32);
        $this->handler->sessions = [$ann => 'name|s:3:"Ann";', $bob => 'name|s:3:"Bob";'];
        $seen = [];
        $visits = [];
        foreach ([$ann, $bob] as $id) {
            $visits[] = new Fiber(function () use ($id, &$seen): void {
                $this->in(['SID' => $id], static function (Manager $session) use ($id, &$seen): void {
                    $seen[$id][] = $session->get('name');
                    Fiber::suspend();
                    $bag = new Bag($session, 'bag');
                    $bag->set('of', $session->get('name'));
                    Fiber::suspend();
                    $seen[$id][] = $session->get('bag')['of'];
                    self::assertSame($id, $session->getId());
                });
            });
        }
        array_walk($visits, static fn (Fiber $fiber): mixed => $fiber->start());
        while (($left = array_filter($visits, static fn (Fiber $fiber): bool => !$fiber->isTerminated())) !== []) {
            array_walk($left, static fn (Fiber $fiber): mixed => $fiber->resume());
        }
        self::assertSame([$ann => ['Ann', 'Ann'], $bob => ['Bob', 'Bob']], $seen);
        self::assertStringContainsString('"Ann"', strstr($this->handler->sessions[$ann], 'bag|'));
        self::assertStringContainsString('"Bob"', strstr($this->handler->sessions[$bob], 'bag|'));
    }

    /** One that outlives a message, as a shared service may. */
    public function testInALoopABagFollowsTheId(): void
    {
        $session = $this->createStub(ManagerInterface::class);
        $id = 'ann';
        $session->method('getId')->willReturnCallback(static function () use (&$id): string {
            return $id;
        });
        $session->method('get')->willReturnCallback(static function () use (&$id): array {
            return ['n' => $id];
        });
        $seen = [];
        \phalanx_timer_add(0, static function () use ($session, &$id, &$seen): void {
            $bag = new Bag($session, 'bag');
            foreach (['ann', 'bob', 'ann'] as $id) {
                $seen[] = $bag->get('n');
            }
            \phalanx_loop_stop();
        }, [], false);
        \phalanx_loop_run();
        self::assertSame(['ann', 'bob', 'ann'], $seen);
    }

    public function testAFailureSavesTheSession(): void
    {
        try {
            $this->in([], static function (Manager $session): never {
                $session->set('tries', 1);
                throw new RuntimeException('failed');
            });
            self::fail('The exception is gone');
        } catch (RuntimeException $e) {
            self::assertSame('failed', $e->getMessage());
        }
        self::assertSame(['tries|i:1;'], array_values($this->handler->sessions));
    }

    public function testAfterTheHeadIsGoneNoSessionBegins(): void
    {
        \phalanx_request_serve("GET / HTTP/1.1\r\n\r\n", [], [], [], function (): void {
            echo 'body';
            ob_end_flush();
            self::assertTrue(headers_sent());
            $session = (new Manager())->setAdapter($this->handler);
            self::assertFalse($session->start());
        });
        self::assertSame([], $this->handler->sessions);
    }

    public function testIdsAndNamesOfActiveSessionsCannotBeSet(): void
    {
        $this->in([], static function (Manager $session): void {
            $thrown = [];
            foreach ([fn () => $session->setId('abc'), fn () => $session->setName('abc')] as $change) {
                $thrown[] = self::thrownBy($change);
            }
            self::assertSame([SessionAlreadyStarted::class, SessionModificationDenied::class], $thrown);
        });
        foreach (['', 'a b', '../a', "abc\n", "a\0"] as $id) {
            self::assertSame(InvalidSessionId::class, self::thrownBy(fn () => (new Manager())->setId($id)));
        }
    }

    public function testWithoutAnAdapterNothingStarts(): void
    {
        $this->expectException(InvalidSessionAdapter::class);
        \phalanx_request_serve("GET / HTTP/1.1\r\n\r\n", [], [], [], static fn (): bool => (new Manager())->start());
    }

    private static function thrownBy(Closure $code): ?string
    {
        try {
            $code();
        } catch (\Exception $e) {
            return $e::class;
        }

        return null;
    }

    /**
     * Serves a request with these cookies, whose code finds the session started.
     *
     * @param array<string, string> $cookies
     */
    private function in(array $cookies, Closure $code): mixed
    {
        $pairs = [];
        foreach ($cookies as $name => $value) {
            $pairs[] = "$name=" . rawurlencode($value);
        }
        $cookie = $pairs === [] ? '' : 'Cookie: ' . implode('; ', $pairs) . "\r\n";
        $result = null;
        $answer = \phalanx_request_serve("GET / HTTP/1.1\r\n$cookie\r\n", [], [], [], function () use ($code, &$result): void {
            ini_set('session.use_strict_mode', '1');
            $session = new Manager();
            $session->setName('SID')->setAdapter($this->handler);
            self::assertTrue($session->start());
            $result = $code($session);
        });
        $this->head = strstr($answer, "\r\n\r\n", true);
        preg_match_all('/^Set-Cookie: (.*?)\r?$/m', $this->head, $matches);
        $this->cookies = $matches[1];

        return $result;
    }
}
