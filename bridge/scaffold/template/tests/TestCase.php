<?php

declare(strict_types=1);

namespace PHPUnit\Framework;

use RuntimeException;

/** What the tests here use of PHPUnit, for machines without it. */
abstract class TestCase
{
    public function __construct(private readonly string $method)
    {
    }

    public static function setUpBeforeClass(): void
    {
    }

    public static function tearDownAfterClass(): void
    {
    }

    protected function setUp(): void
    {
    }

    protected function tearDown(): void
    {
    }

    public function run(): void
    {
        $this->setUp();
        try {
            $this->{$this->method}();
        } finally {
            $this->tearDown();
        }
    }

    public static function assertSame(mixed $expected, mixed $actual, string $message = ''): void
    {
        if ($expected !== $actual) {
            throw new RuntimeException(trim(
                "$message\nexpected: " . var_export($expected, true) . "\nactual:   " . var_export($actual, true),
            ));
        }
    }

    public static function assertNull(mixed $actual, string $message = ''): void
    {
        self::assertSame(null, $actual, $message);
    }

    public static function assertTrue(mixed $actual, string $message = ''): void
    {
        self::assertSame(true, $actual, $message);
    }

    public static function assertFalse(mixed $actual, string $message = ''): void
    {
        self::assertSame(false, $actual, $message);
    }

    public static function assertStringContainsString(string $needle, string $haystack, string $message = ''): void
    {
        if (!str_contains($haystack, $needle)) {
            throw new RuntimeException(trim("$message\n" . var_export($needle, true) . ' is not in ' . $haystack));
        }
    }
}
