<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Mvc;

use Error;
use Fiber;
use Phalcon\Di\Di;
use Phalcon\Events\Event;
use Phalcon\Events\Manager;
use Phalcon\Http\Response;
use Phalcon\Mvc\Dispatcher;
use Phalcon\Mvc\Dispatcher\Exception;
use PHPUnit\Framework\TestCase;
use ReflectionProperty;

/** What upstream leaves open: one dispatcher serves message after message, and two of them serve at once. */
final class DispatcherTest extends TestCase
{
    protected function tearDown(): void
    {
        Di::reset();
    }

    private function dispatcher(): Dispatcher
    {
        $di = new Di();
        $di->setShared('response', new Response());
        $dispatcher = new Dispatcher();
        $dispatcher->setDI($di);
        $dispatcher->setEventsManager(new Manager());
        $dispatcher->setDefaultNamespace(__NAMESPACE__);
        $dispatcher->setControllerName('visitor');

        return $dispatcher;
    }

    private function dispatch(Dispatcher $dispatcher, string $action, array $params = []): mixed
    {
        $dispatcher->setControllerName('visitor');
        $dispatcher->setActionName($action);
        $dispatcher->setParams($params);
        $dispatcher->dispatch();

        return $dispatcher->getReturnedValue();
    }

    public function testAMessageGetsAControllerOfItsOwn(): void
    {
        $dispatcher = $this->dispatcher();
        self::assertSame(['initialized', 'Ada'], $this->dispatch($dispatcher, 'greet', ['Ada']));
        self::assertSame(['initialized', 'Bob'], $this->dispatch($dispatcher, 'greet', ['Bob']), 'and initialize()');
    }

    public function testForwardingKeepsTheControllerWithinAMessage(): void
    {
        $dispatcher = $this->dispatcher();
        self::assertSame(['initialized', 'first', 'second'], $this->dispatch($dispatcher, 'twice'));
    }

    public function testAnActionCanDispatchItself(): void
    {
        $dispatcher = $this->dispatcher();
        self::assertSame(['inner', ['initialized', 'outer', 'inner']], $this->dispatch($dispatcher, 'nested'));
    }

    public function testWhatAMessageLeavesIsGoneWithTheNext(): void
    {
        $dispatcher = $this->dispatcher();
        $this->dispatch($dispatcher, 'away');
        self::assertTrue($dispatcher->wasForwarded());
        self::assertSame('away', $dispatcher->getPreviousActionName());

        $seen = [];
        $look = static function (Event $event, Dispatcher $d) use (&$seen): void {
            $seen = [$d->wasForwarded(), $d->getPreviousActionName(), $d->getReturnedValue(), $d->getActiveController(),
                $d->getLastController()];
        };
        $dispatcher->getEventsManager()->attach('dispatch:beforeDispatch', $look);
        $this->dispatch($dispatcher, 'greet', ['Ada']);
        self::assertSame([false, '', null, null, null], $seen);
    }

    /** @return iterable<string, array{string, class-string<\Throwable>}> */
    public static function failures(): iterable
    {
        yield 'the action throws' => ['fail', \RuntimeException::class];
        yield 'the action is in error' => ['err', Error::class];
        yield 'there is no such action' => ['nonesuch', Exception::class];
        yield 'the action forwards in circles' => ['circle', Exception::class];
    }

    /**
     * @param class-string<\Throwable> $expected
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('failures')]
    public function testAfterAFailureTheNextMessageIsAsTheFirst(string $action, string $expected): void
    {
        $dispatcher = $this->dispatcher();
        $this->dispatch($dispatcher, 'greet', ['Ada']);
        try {
            $this->dispatch($dispatcher, $action, ['secret']);
            self::fail('nothing was thrown');
        } catch (\Throwable $e) {
            self::assertInstanceOf($expected, $e);
        }
        self::assertTrue($dispatcher->isFinished());
        self::assertNull($dispatcher->getReturnedValue(), 'not what Ada was answered');
        self::assertSame(['initialized', 'Bob'], $this->dispatch($dispatcher, 'greet', ['Bob']));
        self::assertFalse($dispatcher->wasForwarded());
    }

    /** Upstream takes every later forward() for one in initialize(). */
    public function testAnErrorInInitializeIsForgotten(): void
    {
        $dispatcher = $this->dispatcher();
        $dispatcher->setControllerName('broken');
        try {
            $dispatcher->dispatch();
            self::fail('nothing was thrown');
        } catch (Error $e) {
            self::assertSame('initialize', $e->getMessage());
        }
        $dispatcher->forward(['controller' => 'visitor', 'action' => 'greet', 'params' => ['Ada']]);
        $dispatcher->dispatch();
        self::assertSame(['initialized', 'Ada'], $dispatcher->getReturnedValue());
    }

    public function testAForwardBeforeTheFirstHandlerIsToldOf(): void
    {
        $dispatcher = $this->dispatcher();
        $dispatcher->setActionName('nonesuch');
        $dispatcher->forward(['action' => 'greet', 'params' => ['Ada']]);
        $dispatcher->dispatch();
        self::assertSame(['initialized', 'Ada'], $dispatcher->getReturnedValue());
        self::assertTrue($dispatcher->wasForwarded());
    }

    public function testACloneHasRunNothing(): void
    {
        $dispatcher = $this->dispatcher();
        $this->dispatch($dispatcher, 'away');
        $clone = clone $dispatcher;
        self::assertNull($clone->getReturnedValue());
        self::assertNull($clone->getActiveController());
        self::assertNull($clone->getLastController());
        self::assertFalse($clone->wasForwarded());
        self::assertSame(__NAMESPACE__, $clone->getDefaultNamespace());
        self::assertNotNull($dispatcher->getLastController(), 'the original is as it was');
    }

    public function testTwoUsersInTwoFibersSeeTheirOwn(): void
    {
        $prototype = $this->dispatcher();
        $answers = [];
        $fibers = [];
        foreach (['Ada', 'Bob'] as $name) {
            $fibers[] = new Fiber(function () use ($prototype, $name, &$answers): void {
                $di = new Di();
                $dispatcher = clone $prototype;
                $dispatcher->setDI($di);
                $answers[$name] = $this->dispatch($dispatcher, 'wait', [$name]);
            });
        }
        array_map(static fn (Fiber $fiber) => $fiber->start(), $fibers);
        array_map(static fn (Fiber $fiber) => $fiber->resume(), $fibers);
        self::assertSame(['Ada' => ['Ada', 'Ada', 'Ada'], 'Bob' => ['Bob', 'Bob', 'Bob']], $answers);
    }

    /** Names come from requests: upstream remembers every one there ever was. */
    public function testNamesOfRequestsAreNotRemembered(): void
    {
        $dispatcher = $this->dispatcher();
        $methods = ['edit-user_name' => 'editUserNameAction', 'EDIT' => 'eDITAction', '-a--b_' => 'aBAction'];
        foreach ($methods as $name => $method) {
            $dispatcher->setActionName($name);
            $dispatcher->setControllerName("c-$name");
            $dispatcher->getHandlerClass();
            self::assertSame($method, $dispatcher->getActiveMethod());
        }
        foreach (['camelCaseMap', 'activeMethodMap'] as $property) {
            self::assertSame([], new ReflectionProperty($dispatcher, $property)->getValue($dispatcher));
        }
    }

    public function testScalarsAreConvertedForActions(): void
    {
        self::assertSame(5, $this->dispatch($this->dispatcher(), 'number', ['5']));
    }
}
