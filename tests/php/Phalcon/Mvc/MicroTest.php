<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Mvc;

use Error;
use Fiber;
use Phalcon\Di\Di;
use Phalcon\Events\Manager;
use Phalcon\Http\Request;
use Phalcon\Http\Response;
use Phalcon\Mvc\Micro;
use Phalcon\Mvc\Micro\Collection;
use Phalcon\Mvc\Micro\Exceptions\NotFoundHandlerNotCallable;
use Phalcon\Mvc\Router;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use RuntimeException;

/** What upstream leaves open: one application serves message after message, and two of them serve at once. */
final class MicroTest extends TestCase
{
    protected function setUp(): void
    {
        $_SERVER['REQUEST_METHOD'] = 'GET';
    }

    protected function tearDown(): void
    {
        Di::reset();
        unset($_SERVER['REQUEST_METHOD']);
    }

    private static function container(): Di
    {
        $di = new Di();
        $di->setShared('router', static fn () => new Router(false));
        $di->setShared('request', Request::class);
        $di->setShared('response', Response::class);

        return $di;
    }

    private function application(): Micro
    {
        $app = new Micro(self::container());
        $app->setResponseHandler(static fn () => $app->getReturnedValue());
        $app->map('/hello/{name}', static fn (string $name): string => "hello, $name");
        $app->map('/fail', static fn () => throw new RuntimeException('fail'));
        $app->map('/err', static fn () => throw new Error('err'));
        $app->notFound(static fn () => [$app->getActiveHandler(), $app->getReturnedValue()]);
        $app->setResponseHandler(null);

        return $app;
    }

    /** @return iterable<string, array{mixed, mixed}> */
    public static function handlers(): iterable
    {
        yield 'a closure is bound to the application' => [function (): string {
            /** @var Micro $this */
            return $this::class;
        }, Micro::class];
        yield 'a static closure' => [static fn (): int => 1, 1];
        yield 'a closure made of a method' => [self::answer(...), 2];
        yield 'a closure made of a function' => [phpversion(...), phpversion()];
        yield 'a method' => [[self::class, 'answer'], 2];
    }

    public static function answer(): int
    {
        return 2;
    }

    #[DataProvider('handlers')]
    public function testHandlers(mixed $handler, mixed $expected): void
    {
        $app = new Micro(self::container());
        $app->map('/', $handler);
        $app->setResponseHandler(static fn () => $app->getReturnedValue());
        self::assertSame($expected, $app->handle('/'));
    }

    public function testParametersAreConvertedForHandlers(): void
    {
        $app = new Micro(self::container());
        $app->map('/{id}', static fn (int $id): array => [$id + 1]);
        self::assertSame([6], $app->handle('/5'));
    }

    public function testWhatAMessageLeavesIsGoneWithTheNext(): void
    {
        $app = $this->application();
        $app->map('/list', static fn (): array => ['of Ada']);
        self::assertSame(['of Ada'], $app->handle('/list'));
        self::assertSame([null, null], $app->handle('/nonesuch'), 'neither handler nor answer of the one before');
    }

    /** @return iterable<string, array{string, class-string<\Throwable>}> */
    public static function failures(): iterable
    {
        yield 'the handler throws' => ['/fail', RuntimeException::class];
        yield 'the handler is in error' => ['/err', Error::class];
        yield 'nothing matches' => ['/nonesuch', NotFoundHandlerNotCallable::class];
    }

    /** @param class-string<\Throwable> $expected */
    #[DataProvider('failures')]
    public function testAfterAFailureTheNextMessageIsAsTheFirst(string $uri, string $expected): void
    {
        $app = $this->application();
        $app->notFound(null);
        $app->map('/list', static fn (): array => ['of Ada']);
        $app->handle('/list');
        try {
            $app->handle($uri);
            self::fail('nothing was thrown');
        } catch (\Throwable $e) {
            self::assertInstanceOf($expected, $e);
        }
        self::assertNull($app->getReturnedValue());
        self::assertSame(['of Ada'], $app->handle('/list'));
    }

    public function testStopLastsForOneMessage(): void
    {
        $app = $this->application();
        $stop = true;
        $app->before(static function () use ($app, &$stop) {
            if ($stop) {
                $app->stop();
            }

            return 'stopped';
        });
        $app->map('/list', static fn (): array => ['of Ada']);
        self::assertSame('stopped', $app->handle('/list'));
        self::assertNull($app->getReturnedValue());
        $stop = false;
        self::assertSame(['of Ada'], $app->handle('/list'));
    }

    public function testALazyHandlerIsMadeAnewForEachMessage(): void
    {
        $app = new Micro(self::container());
        $app->mount((new Collection())->setHandler(NoteHandler::class, true)->map('/{note}', 'add'));
        self::assertSame(['a'], $app->handle('/a'));
        self::assertSame(['b'], $app->handle('/b'), 'not with the note of another user');
    }

    public function testTheErrorHandlerDecidesAboutExceptions(): void
    {
        $app = $this->application();
        $response = new Response('sorry');
        $app->setResponseHandler(static fn () => 'sent');
        $app->error(static fn (\Throwable $e) => $e instanceof Error ? $response : null);
        self::assertSame('sent', $app->handle('/err'));
        $this->expectExceptionMessage('fail');
        $app->handle('/fail');
    }

    public function testACloneHasServedNothing(): void
    {
        $app = new Micro(self::container());
        $app->mount((new Collection())->setHandler(NoteHandler::class, true)->map('/note/{note}', 'add'));
        $app->handle('/note/a');
        $app->di; // remembers the container as a property
        $clone = clone $app;
        $clone->setDI($container = new Di());
        self::assertNull($clone->getActiveHandler());
        self::assertNull($clone->getReturnedValue());
        self::assertSame($container, $clone->di);
        self::assertSame(['a'], $app->getReturnedValue(), 'the original is as it was');
        [[$of], [$ofClone]] = [array_values($app->getHandlers())[0], array_values($clone->getHandlers())[0]];
        self::assertNotNull($of->getHandler());
        self::assertNull($ofClone->getHandler());
    }

    public function testTwoUsersInTwoFibersSeeTheirOwn(): void
    {
        $answers = [];
        $serve = static function (string $name) use (&$answers): void {
            $app = new Micro(self::container());
            $app->before(static function () use ($app): void {
                Fiber::suspend();
                $name = $app->getRouter()->getParams()['name'];
                $app['user'] = static fn (): string => $name;
            });
            $app->map('/{name}', function (string $name): array {
                Fiber::suspend();

                /** @var Micro $this */
                return [$name, $this['user'], $this->getRouter()->getParams()['name']];
            });
            $app->after(static fn () => Fiber::suspend());
            $answers[$name] = [...$app->handle("/$name"), ...$app->getReturnedValue()];
        };
        $fibers = [];
        foreach (['Ada', 'Bob'] as $name) {
            $fibers[] = $fiber = new Fiber($serve);
            $fiber->start($name);
        }
        for ($turn = 0; $turn < 3; $turn++) {
            array_map(static fn (Fiber $fiber) => $fiber->resume(), $fibers);
        }
        self::assertSame(['Ada' => array_fill(0, 6, 'Ada'), 'Bob' => array_fill(0, 6, 'Bob')], $answers);
    }

    public function testListenersEndAMessage(): void
    {
        foreach (['beforeHandleRoute', 'beforeExecuteRoute', 'afterBinding', 'beforeNotFound'] as $event) {
            $app = $this->application();
            $app->setEventsManager($manager = new Manager());
            $manager->attach("micro:$event", static fn () => false);
            $called = false;
            $app->finish(static function () use (&$called): void {
                $called = true;
            });
            $app->map('/list', static fn (): array => []);
            self::assertFalse($app->handle($event === 'beforeNotFound' ? '/nonesuch' : '/list'), $event);
            self::assertFalse($called, $event);
        }
    }
}
