<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use Phalcon\Events\Event;
use Phalcon\Events\Manager;
use PHPUnit\Framework\TestCase;

final class EventsManagerTest extends TestCase
{
    public function testListenersOfTheComponentHearFirst(): void
    {
        $manager = new Manager();
        $heard = [];
        $manager->attach('db:query', static function () use (&$heard): void {
            $heard[] = 'event';
        });
        $manager->attach('db', new class ($heard) {
            public function __construct(private array &$heard)
            {
            }

            public function query(): void
            {
                $this->heard[] = 'component';
            }
        });
        $manager->fire('db:query', $this);
        self::assertSame(['component', 'event'], $heard);
    }

    public function testTheLastAnswerThatSaysAnythingCounts(): void
    {
        $manager = new Manager();
        foreach ([1, 2, null] as $answer) {
            $manager->attach('a:b', static fn () => $answer);
        }
        self::assertSame(2, $manager->fire('a:b', $this));
        self::assertNull($manager->fire('a:c', $this));
    }

    public function testAFireWithinAFireLeavesTheOuterResponsesAlone(): void
    {
        $manager = new Manager();
        $manager->collectResponses(true);
        $manager->attach('outer:event', fn () => 'first');
        $manager->attach('outer:event', fn () => $manager->fire('inner:event', $this));
        $manager->attach('inner:event', static fn () => 'inner');
        $manager->fire('outer:event', $this);
        self::assertSame(['first', 'inner'], $manager->getResponses());
    }

    public function testAListenerDetachedWhileAnEventIsToldStillHearsThatOne(): void
    {
        $manager = new Manager();
        $heard = 0;
        $second = static function () use (&$heard): void {
            $heard++;
        };
        $manager->attach('a:b', static fn () => $manager->detach('a:b', $second));
        $manager->attach('a:b', $second);
        $manager->fire('a:b', $this);
        $manager->fire('a:b', $this);
        self::assertSame(1, $heard);
    }

    public function testStoppingKeepsTheEventFromTheRest(): void
    {
        $manager = new Manager();
        $manager->attach('a:b', static function (Event $event): string {
            $event->stop();

            return 'stopped';
        });
        $manager->attach('a:b', static fn () => self::fail('told after stop()'));
        self::assertSame('stopped', $manager->fire('a:b', $this));
    }

    /** The extension calls listeners as PHP's own functions do, without strict types. */
    public function testDataIsConvertedToWhatTheListenerWants(): void
    {
        $manager = new Manager();
        $manager->attach('a:b', static fn (Event $event, object $source, string $data) => $data);
        self::assertSame('5', $manager->fire('a:b', $this, 5));
    }

    public function testAnExceptionDoesNotDisturbTheNextFire(): void
    {
        $manager = new Manager();
        $manager->collectResponses(true);
        $manager->attach('a:b', static fn (Event $event) => $event->getData() ?? throw new \RuntimeException('no data'));
        try {
            $manager->fire('a:b', $this);
            self::fail('no exception');
        } catch (\RuntimeException) {
        }
        self::assertSame('x', $manager->fire('a:b', $this, 'x'));
        self::assertSame(['x'], $manager->getResponses());
    }
}
