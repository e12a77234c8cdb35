<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use Closure;
use Fiber;
use Phalanx\Phalcon\Message;
use Phalcon\Session\Bag;
use Phalcon\Session\Exceptions\InvalidSessionAdapter;
use Phalcon\Session\Exceptions\InvalidSessionId;
use Phalcon\Session\Exceptions\SessionAlreadyStarted;
use Phalcon\Session\Exceptions\SessionModificationDenied;
use Phalcon\Session\Manager;
use Phalcon\Session\ManagerInterface;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RunInSeparateProcess;
use PHPUnit\Framework\TestCase;
use RuntimeException;

/** Sessions where one worker serves several messages at once. */
final class MessageSessionTest extends TestCase
{
    private const KNOWN = 'knownknownknownknownknownknown12';

    private MemoryHandler $handler;

    private Manager $manager;

    protected function setUp(): void
    {
        $this->handler = new MemoryHandler();
        $this->manager = new Manager();
        $this->manager->setName('SID')->setAdapter($this->handler);
    }

    protected function tearDown(): void
    {
        Message::reset();
    }

    public function testANewVisitorGetsAnIdAndACookie(): void
    {
        $message = new Message();
        $id = $message->run(function (): string {
            self::assertTrue($this->manager->start());
            self::assertSame(Manager::SESSION_ACTIVE, $this->manager->status());
            $this->manager->set('user', 7);
            self::assertTrue($this->manager->has('user'));

            return $this->manager->getId();
        });
        self::assertMatchesRegularExpression('/^[a-zA-Z0-9,-]{22,}$/D', $id);
        self::assertSame([$id => 'user|i:7;'], $this->handler->sessions);
        self::assertCount(1, $message->cookies());
        self::assertStringStartsWith("SID=$id; path=/", $message->cookies()[0]);
        self::assertSame('no-store, no-cache, must-revalidate', $message->headers['Cache-Control']);
    }

    public function testAKnownVisitorGetsNoNewCookie(): void
    {
        $this->handler->sessions[self::KNOWN] = 'user|i:7;';
        $message = new Message(['SID' => self::KNOWN]);
        self::assertSame(7, $this->in($message, fn (Manager $session): mixed => $session->get('user')));
        self::assertSame([], $message->cookies());
        self::assertSame('updateTimestamp', $this->handler->calls[0]);
    }

    /** @return array<string, array{mixed}> */
    public static function chosenIds(): array
    {
        return [
            'unknown' => ['attackerattackerattackerattacker'],
            'empty' => [''],
            'a path' => ['../../etc/passwd'],
            'a header' => ["x\r\nSet-Cookie: a=b"],
            'with a newline' => ["knownknownknownknownknownknown12\n"],
            'too long' => [str_repeat('a', 257)],
            'an array' => [['a']],
            'none' => [null],
        ];
    }

    #[DataProvider('chosenIds')]
    public function testNobodyChoosesTheirOwnId(mixed $chosen): void
    {
        self::assertSame('0', ini_get('session.use_strict_mode'));
        $this->handler->sessions[self::KNOWN] = 'user|i:7;';
        $message = new Message(['SID' => $chosen]);
        [$id, $user] = $this->in($message, function (Manager $session): array {
            $session->set('seen', true);

            return [$session->getId(), $session->get('user')];
        });
        self::assertNull($user);
        self::assertNotSame($chosen, $id);
        self::assertSame([self::KNOWN, $id], array_keys($this->handler->sessions));
        self::assertStringStartsWith("SID=$id;", $message->cookies()[0]);
        self::assertDoesNotMatchRegularExpression('/[\r\n]/', $message->cookies()[0]);
    }

    public function testAfterALoginTheOldIdIsWorthNothing(): void
    {
        $this->handler->sessions[self::KNOWN] = 'cart|i:3;';
        $message = new Message(['SID' => self::KNOWN]);
        $id = $this->in($message, function (Manager $session): string {
            $session->regenerateId();
            $session->set('user', 7);
            self::assertSame(3, $session->get('cart'));

            return $session->getId();
        });
        self::assertNotSame(self::KNOWN, $id);
        self::assertSame([$id => 'cart|i:3;user|i:7;'], $this->handler->sessions);
        self::assertStringStartsWith("SID=$id;", $message->cookies()[0]);

        $stolen = new Message(['SID' => self::KNOWN]);
        self::assertNull($this->in($stolen, fn (Manager $session): mixed => $session->get('user')));
    }

    public function testTheOldSessionStaysWhenAskedFor(): void
    {
        $this->handler->sessions[self::KNOWN] = 'cart|i:3;';
        $id = $this->in(new Message(['SID' => self::KNOWN]), function (Manager $session): string {
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
        $this->in(new Message(['SID' => self::KNOWN]), function (Manager $session): void {
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
                (new Message(['SID' => $id]))->run(function () use ($id, &$seen): void {
                    $this->manager->start();
                    $seen[$id][] = $this->manager->get('name');
                    Fiber::suspend();
                    $bag = new Bag($this->manager, 'bag');
                    $bag->set('of', $this->manager->get('name'));
                    Fiber::suspend();
                    $seen[$id][] = $this->manager->get('bag')['of'];
                    self::assertSame($id, $this->manager->getId());
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

    /** One made as a shared service outlives the message. */
    public function testABagGoesFromVisitorToVisitor(): void
    {
        $ann = str_repeat('a', 32);
        $bob = str_repeat('b', 32);
        $this->handler->sessions = [$ann => 'bag|a:1:{s:1:"n";s:3:"Ann";}', $bob => 'bag|a:1:{s:1:"n";s:3:"Bob";}'];
        [$annsVisit, $bobsVisit] = [new Message(['SID' => $ann]), new Message(['SID' => $bob])];
        $bag = $this->inOpen($annsVisit, fn (Manager $session): Bag => new Bag($session, 'bag'));
        $reads = [
            static fn (): array => [$bag->get('n')],
            static fn (): array => [$bag['n']],
            static fn (): array => [$bag->n],
            static fn (): array => array_values($bag->toArray()),
            static fn (): array => array_values(iterator_to_array($bag)),
            static fn (): array => $bag->values(),
            static fn (): array => [$bag->first()],
            static fn (): array => [$bag->last()],
            static fn (): array => array_values(json_decode($bag->toJson(), true)),
            static fn (): array => array_values($bag->__serialize()['data']),
        ];
        $this->inOpen($bobsVisit, fn (): null => null);
        foreach ($reads as $read) {
            self::assertSame(['Ann'], ($annsVisit->bind($read))());
            self::assertSame(['Bob'], ($bobsVisit->bind($read))());
            self::assertNotContains('Bob', $read());
        }
        ($annsVisit->bind(static fn () => $bag->set('seen', 1)))();
        self::assertFalse(($bobsVisit->bind(static fn (): bool => $bag->has('seen')))());
        self::assertSame(2, ($annsVisit->bind(static fn (): int => count($bag)))());
        self::assertCount(0, $bag);
        $annsVisit->end();
        $bobsVisit->end();
        self::assertStringContainsString('seen', $this->handler->sessions[$ann]);
        self::assertStringNotContainsString('seen', $this->handler->sessions[$bob]);
    }

    /** A worker may have PHP's session changed between its requests. */
    public function testInALoopABagFollowsTheId(): void
    {
        if (!function_exists('phalanx_loop_run')) {
            self::markTestSkipped('needs the phalanx program');
        }
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

    public function testCodeBesideMessagesHasNoSession(): void
    {
        (new Message())->run(static fn (): int => 1);
        self::assertNull(Message::current());
        self::assertFalse($this->manager->start());
        $this->manager->set('a', 1);
        self::assertNull($this->manager->get('a'));
        self::assertSame(PHP_SESSION_NONE, session_status());
    }

    public function testATaskThatIsBoundBelongsToTheMessage(): void
    {
        $this->handler->sessions[self::KNOWN] = 'user|i:7;';
        $message = new Message(['SID' => self::KNOWN]);
        $this->in($message, function (Manager $session) use ($message): void {
            $stranger = new Fiber(static fn (): mixed => $session->get('user'));
            $stranger->start();
            self::assertNull($stranger->getReturn());
            $helper = new Fiber($message->bind(static fn (): mixed => $session->get('user')));
            $helper->start();
            self::assertSame(7, $helper->getReturn());
        });
    }

    public function testAFailureSavesTheSessionAndIsToldOf(): void
    {
        try {
            $this->in(new Message(), function (Manager $session): never {
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
        $message = new Message();
        $message->headersSent = true;
        self::assertFalse($message->run(fn (): bool => $this->manager->start()));
        self::assertSame([], $this->handler->sessions);
    }

    public function testTheApplicationsOwnIdIsTaken(): void
    {
        $message = new Message(['SID' => 'other']);
        $message->run(function (): void {
            $this->manager->setId(self::KNOWN);
            $this->manager->start();
            self::assertSame(self::KNOWN, $this->manager->getId());
        });
        self::assertStringStartsWith('SID=' . self::KNOWN . ';', $message->cookies()[0]);
    }

    public function testIdsAndNamesOfActiveSessionsCannotBeSet(): void
    {
        $this->in(new Message(), function (Manager $session): void {
            $thrown = [];
            foreach ([fn () => $session->setId('abc'), fn () => $session->setName('abc')] as $change) {
                $thrown[] = self::thrownBy($change);
            }
            self::assertSame([SessionAlreadyStarted::class, SessionModificationDenied::class], $thrown);
        });
        (new Message())->run(function (): void {
            foreach (['', 'a b', '../a', "abc\n", "a\0"] as $id) {
                self::assertSame(InvalidSessionId::class, self::thrownBy(fn () => $this->manager->setId($id)));
            }
        });
    }

    public function testWithoutAnAdapterNothingStarts(): void
    {
        $this->expectException(InvalidSessionAdapter::class);
        (new Message())->run(static fn (): bool => (new Manager())->start());
    }

    #[RunInSeparateProcess]
    public function testCookieParametersAreThoseOfPhp(): void
    {
        session_set_cookie_params(['lifetime' => 60, 'path' => '/app', 'domain' => 'example.org', 'secure' => true,
            'httponly' => true, 'samesite' => 'Strict']);
        $message = new Message();
        $this->in($message, static fn (): bool => true);
        self::assertMatchesRegularExpression(
            '#^SID=[^;]+; expires=\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT; Max-Age=60; path=/app; domain=example\.org;'
            . ' secure; HttpOnly; SameSite=Strict$#',
            $message->cookies()[0]
        );
    }

    /** @return array<string, array{string}> */
    public static function damaged(): array
    {
        return [
            'no bar' => ['user'],
            'cut short' => ['user|s:30:"A'],
            'a length that is too large' => ['user|s:99999999999999999999:"A";'],
            'a negative length' => ['user|s:-1:"A";'],
            'more items than there are' => ['user|a:1000000000:{i:0;i:1;}'],
            'of an unknown type' => ['user|x:1;'],
            'a reference to nothing' => ['user|r:99;'],
        ];
    }

    #[DataProvider('damaged')]
    public function testADamagedSessionIsEmpty(string $data): void
    {
        $this->handler->sessions[self::KNOWN] = $data;
        $this->in(new Message(['SID' => self::KNOWN]), static function (Manager $session): void {
            self::assertNull($session->get('user'));
            $session->set('a', 1);
        });
        self::assertSame('a|i:1;', $this->handler->sessions[self::KNOWN]);
    }

    public function testEndingIsDoneOnceAndAllOfIt(): void
    {
        $message = new Message();
        $done = [];
        $message->onEnd(static function () use (&$done): void {
            $done[] = 'first';
        });
        $message->onEnd(static function () use (&$done): never {
            $done[] = 'second';
            throw new RuntimeException('late');
        });
        self::assertSame(RuntimeException::class, self::thrownBy($message->end(...)));
        $message->end();
        self::assertSame(['second', 'first'], $done);
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

    /** As in(), and the message goes on. */
    private function inOpen(Message $message, Closure $code): mixed
    {
        return ($message->bind(function () use ($code): mixed {
            self::assertTrue($this->manager->start());

            return $code($this->manager);
        }))();
    }

    /** Starts the session in this message and calls the code. */
    private function in(Message $message, Closure $code): mixed
    {
        return $message->run(function () use ($code): mixed {
            self::assertTrue($this->manager->start());

            return $code($this->manager);
        });
    }
}
