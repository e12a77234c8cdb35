<?php

declare(strict_types=1);

namespace Phalanx\Tests;

use Phalanx\RateLimiter;
use Phalanx\RateLimiter\Backend;
use Phalanx\Shared\OptionsException;
use PHPUnit\Framework\TestCase;

final class RateLimiterTest extends TestCase
{
    public function testABurstAndNoMore(): void
    {
        $limiter = new RateLimiter('t1', limit: 2, perSeconds: 3600);
        self::assertSame([true, true, false], [$limiter->allow('a'), $limiter->allow('a'), $limiter->allow('a')]);
        self::assertTrue($limiter->allow('b'));
        $same = new RateLimiter('t1', limit: 2, perSeconds: 3600);
        $result = $same->attempt('a');
        self::assertFalse($result->allowed);
        self::assertSame(0, $result->remaining);
        self::assertEqualsWithDelta(1800, $result->retryAfter, 5);
        self::assertEqualsWithDelta(3600, $result->resetAfter, 5);
        $headers = $result->headers('api');
        self::assertSame('"api";q=2;w=3600', $headers['RateLimit-Policy']);
        self::assertStringStartsWith('"api";r=0;t=3', $headers['RateLimit']);
        self::assertEqualsWithDelta(1800, (int)$headers['Retry-After'], 5);
        $limiter->reset('a');
        $result = $limiter->attempt('a', 2);
        self::assertTrue($result->allowed);
        self::assertSame(0.0, $result->retryAfter);
        self::assertArrayNotHasKey('Retry-After', $result->headers());
        self::assertSame(['allowed' => 4, 'denied' => 2, 'evicted' => 0, 'keys' => 2], $limiter->stats());
    }

    public function testACostThatIsNeverAllowed(): void
    {
        $limiter = new RateLimiter('t2', limit: 5, burst: 2);
        $result = $limiter->attempt('a', 3);
        self::assertFalse($result->allowed);
        self::assertSame(INF, $result->retryAfter);
        self::assertArrayNotHasKey('Retry-After', $result->headers());
        self::assertSame(2, $limiter->attempt('a', 0)->remaining);
    }

    public function testOptions(): void
    {
        new RateLimiter('t3', limit: 5);
        foreach ([['limit' => 6], ['limit' => 5, 'perSeconds' => 2.0], ['limit' => 5, 'burst' => 6]] as $options) {
            try {
                new RateLimiter('t3', ...$options);
                self::fail('opened');
            } catch (OptionsException $e) {
                self::assertStringContainsString('the rate limiter "t3" is there with other options', $e->getMessage());
            }
        }
        $this->expectException(OptionsException::class);
        new RateLimiter('t4', limit: 0);
    }

    public function testAnotherBackend(): void
    {
        $backend = new class implements Backend {
            public array $asked = [];

            public function attempt(RateLimiter $limiter, string $key, int $cost): array
            {
                $this->asked[] = [$limiter->name, $limiter->limit, $limiter->perSeconds, $limiter->burst, $key, $cost];
                return ['allowed' => $cost < 2, 'remaining' => 7, 'retryAfter' => 0.0, 'resetAfter' => 1.5];
            }

            public function reset(RateLimiter $limiter, string $key): void
            {
                $this->asked[] = $key;
            }
        };
        $limiter = new RateLimiter('t5', limit: 9, burst: 3, backend: $backend);
        self::assertTrue($limiter->allow('k'));
        self::assertFalse($limiter->attempt('k', 2)->allowed);
        $limiter->reset('k');
        self::assertSame([['t5', 9, 1.0, 3, 'k', 1], ['t5', 9, 1.0, 3, 'k', 2], 'k'], $backend->asked);
        self::assertSame([], $limiter->stats());
    }
}
