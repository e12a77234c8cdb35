<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use ArrayObject;
use Phalcon\Di\Di;
use Phalcon\Di\Exceptions\CircularAliasReference;
use Phalcon\Di\Injectable;
use PHPUnit\Framework\TestCase;

final class DiTest extends TestCase
{
    protected function tearDown(): void
    {
        Di::reset();
    }

    protected function setUp(): void
    {
        Di::reset(); // another test's container must not be the default one
    }

    public function testSharedServicesAreMadeOnce(): void
    {
        $di = new Di();
        $made = 0;
        $di->setShared('list', static function () use (&$made): ArrayObject {
            $made++;

            return new ArrayObject();
        });
        self::assertSame($di->get('list'), $di->getShared('list'));
        self::assertSame($di['list'], $di->get('list'));
        self::assertSame(1, $made);
    }

    public function testAClosureIsBoundToTheContainer(): void
    {
        $di = new Di();
        $di->set('prefix', static fn () => 'a', true);
        $di->set('name', function (string $suffix): string {
            /** @var Di $this */
            return $this->get('prefix') . $suffix;
        });
        self::assertSame('ab', $di->get('name', ['b']));
    }

    /** What parameters there are is often read from strings. */
    public function testConstructorsGetTheirTypes(): void
    {
        $di = new Di();
        $di->set('range', Numbered::class);
        self::assertSame(5, $di->get('range', ['5'])->number);
        $di->set('built', [
            'className' => Numbered::class,
            'arguments' => [['type' => 'parameter', 'value' => '7']],
            'calls' => [['method' => 'add', 'arguments' => [['type' => 'parameter', 'value' => '2']]]],
        ]);
        self::assertSame(9, $di->get('built')->number);
    }

    public function testAliasesThatLeadBackAreRefused(): void
    {
        $di = new Di();
        $di->set('a', ArrayObject::class);
        $di->setAlias('a', 'b');
        $di->remove('a');
        $di->set('b', ArrayObject::class);
        self::assertTrue($di->has('b'));
        $this->expectException(CircularAliasReference::class);
        (new class extends Di {
            protected $aliases = ['x' => 'y', 'y' => 'x'];
        })->get('x');
    }

    public function testInjectableReachesServicesAsProperties(): void
    {
        $di = new Di();
        $di->setShared('list', new ArrayObject([1]));
        $controller = new class extends Injectable {
        };
        self::assertSame([1], $controller->list->getArrayCopy());
        self::assertTrue(isset($controller->list));
        self::assertFalse(isset($controller->other));
        self::assertSame($di, $controller->di);
    }
}
