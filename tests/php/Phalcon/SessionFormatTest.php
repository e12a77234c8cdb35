<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use ArrayObject;
use DateTimeImmutable;
use Phalanx\Phalcon\Session\Codec;
use Phalcon\Session\Exception;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RunInSeparateProcess;
use PHPUnit\Framework\TestCase;
use stdClass;

/** What PHP's own session writes is read, and the other way round. */
final class SessionFormatTest extends TestCase
{
    /** @return array<string, array{array<string, mixed>}> */
    public static function values(): array
    {
        $object = new stdClass();
        $object->self = $object;
        $object->list = [1, [2, ['k' => null]]];
        $list = [1];

        return [
            'scalars' => [['a' => 1, 'b' => 'x|y";', 'c' => 1.5, 'd' => true, 'e' => null, 'f' => '']],
            'arrays' => [['a' => [1, 'k' => [2, []]], 'ü' => 'ünï', '' => 1]],
            'texts like values' => [['a' => 'r:1;', 'b' => 'O:8:"stdClass":0:{}', 'c' => 's:1:"']],
            'an object under two names' => [['o' => $object, 'n' => 5, 'p' => ['in' => $object], 'q' => $object]],
            'objects of classes' => [['d' => new DateTimeImmutable('@0'), 'l' => new ArrayObject([1, $object])]],
            'enums' => [['a' => Suit::Hearts, 'b' => Suit::Hearts, 'c' => [Suit::Spades]]],
            'references' => [['a' => [&$list, &$list], 'o' => $object, 'b' => $object]],
        ];
    }

    /** @param array<string, mixed> $values */
    #[DataProvider('values')]
    #[RunInSeparateProcess]
    public function testSessionsArePhps(array $values): void
    {
        foreach (['php', 'php_serialize'] as $format) {
            ini_set('session.serialize_handler', $format);
            session_start(['use_cookies' => 0, 'cache_limiter' => '']);
            $_SESSION = $values;
            $native = session_encode();
            session_abort();
            self::assertSame($native, Codec::configured()->encode($values));
            $decoded = Codec::configured()->decode($native);
            self::assertSame(serialize($values), serialize($decoded));
            if (isset($values['q'])) {
                self::assertSame($decoded['o'], $decoded['q']);
                self::assertSame($decoded['o'], $decoded['o']->self);
            }
        }
    }

    /** @param array<string, mixed> $values */
    #[DataProvider('values')]
    public function testWhatIsCutShortIsEmpty(array $values): void
    {
        $data = Codec::configured()->encode($values);
        $last = strrpos($data, '|') + 1;
        for ($length = $last; $length < strlen($data); $length++) {
            self::assertSame([], Codec::configured()->decode(substr($data, 0, $length)));
        }
    }

    public function testNumbersCannotBeNames(): void
    {
        $warnings = [];
        set_error_handler(static function (int $type, string $message) use (&$warnings): bool {
            $warnings[] = $message;

            return true;
        });
        try {
            self::assertSame('a|i:1;', Codec::configured()->encode(['a' => 1, 5 => 2, 'b|c' => 3]));
        } finally {
            restore_error_handler();
        }
        self::assertCount(2, $warnings);
    }

    #[RunInSeparateProcess]
    public function testAnUnknownFormatIsRefused(): void
    {
        ini_set('session.serialize_handler', 'php_binary');
        $this->expectException(Exception::class);
        Codec::configured();
    }
}
