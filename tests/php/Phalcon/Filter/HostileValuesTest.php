<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Filter;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Validator;
use Phalcon\Filter\Validation\ValidatorInterface;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use stdClass;

/** Values that validators are not made for: they fail, by a message, and never by an error. */
final class HostileValuesTest extends TestCase
{
    /** @return array<string, ValidatorInterface> validators of text, and a text that passes */
    private static function validators(): array
    {
        return [
            'abc' => new Validator\Alpha(),
            'abc1' => new Validator\Alnum(),
            '1234' => new Validator\Digit(),
            '4111111111111111' => new Validator\CreditCard(),
            '2024-02-29' => new Validator\Date(),
            'a@example.com' => new Validator\Email(),
            '8.8.8.8' => new Validator\Ip(),
            '-1,000.50' => new Validator\Numericality(),
            'ab12' => new Validator\Regex(['pattern' => '/[a-z]+\d+/']),
            'Array' => new Validator\StringLength(['min' => 2, 'max' => 9]),
            'https://example.com/' => new Validator\Url(),
            'red' => new Validator\InclusionIn(['domain' => ['red', 'Array'], 'strict' => true]),
            'accepted' => new Validator\Identical(['accepted' => 'accepted']),
        ];
    }

    private static function passes(ValidatorInterface $validator, mixed $value): bool
    {
        $validation = new Validation(['field' => [$validator]]);

        return count($validation->validate(['field' => $value, 'nothing' => 1])) === 0;
    }

    /** @return iterable<string, array{mixed}> */
    public static function hostile(): iterable
    {
        yield 'an array' => [['a']];
        yield 'an array of nothing' => [[]];
        yield 'an array of arrays' => [['a' => ['b' => 'c']]];
        yield 'an array that looks like what is asked for' => [['Array', 'abc', 'red']];
        yield 'an object without text' => [new stdClass()];
        yield 'a NUL' => ["\0"];
        yield 'a NUL behind' => ["abc\0"];
        yield 'a NUL between' => ["2024-02-29\0"];
        yield 'no UTF-8' => ["abc\xff"];
        yield 'UTF-8 cut short' => ["abc\xe2\x82"];
        yield 'overlong UTF-8' => ["\xc0\xbcscript\xc0\xbe"];
        yield 'markup' => ['<script>alert(1)</script>'];
        yield 'a megabyte' => [str_repeat('-', 1 << 20)];
        yield 'a megabyte of brackets' => [str_repeat('((', 1 << 19)];
    }

    #[DataProvider('hostile')]
    public function testTheyFail(mixed $value): void
    {
        foreach (self::validators() as $good => $validator) {
            self::assertTrue(self::passes($validator, (string) $good), "$good passes " . $validator::class);
            // A length is all that StringLength looks at.
            $isAnyText = $validator instanceof Validator\StringLength && is_string($value);
            $expected = $isAnyText && mb_strlen($value) > 2 && mb_strlen($value) < 9;
            self::assertSame($expected, self::passes($validator, $value), $validator::class);
        }
    }

    public function testAnArrayIsBetweenNothing(): void
    {
        $between = new Validator\Between(['minimum' => 1, 'maximum' => 9]);
        self::assertTrue(self::passes($between, '5'));
        self::assertFalse(self::passes($between, ['5']));
        self::assertFalse(self::passes($between, []));
    }

    /** A line end behind a value goes on to where it is used: a header, a log, a mail. */
    public function testALineEndIsPartOfTheValue(): void
    {
        foreach (self::validators() as $good => $validator) {
            $isAnyText = $validator instanceof Validator\StringLength;
            self::assertSame($isAnyText, self::passes($validator, "$good\n"), $validator::class);
        }
    }

    public function testTwoArraysDoNotConfirmEachOther(): void
    {
        $validation = new Validation();
        $validation->add('password', new Validator\Confirmation(['with' => 'again']));
        self::assertCount(0, $validation->validate(['password' => 'secret', 'again' => 'secret']));
        self::assertCount(0, $validation->validate(['password' => 7, 'again' => '7']));
        self::assertCount(1, $validation->validate(['password' => ['a'], 'again' => ['b']]));
        self::assertCount(1, $validation->validate(['password' => ['a'], 'again' => 'Array']));
        self::assertCount(1, $validation->validate(['password' => '0', 'again' => '0.0']));
        self::assertCount(1, $validation->validate(['password' => '1e3', 'again' => '1000']));
    }

    public function testARegularExpressionHasToMatchTheTextItself(): void
    {
        $digits = new Validator\Regex(['pattern' => '/\d+/']);
        self::assertTrue(self::passes($digits, '10'));
        self::assertTrue(self::passes($digits, 10));
        foreach ([' 10', '10 ', '10.0', '1e1', "10\n", '10<script>'] as $text) {
            self::assertFalse(self::passes($digits, $text), $text);
        }
    }

    public function testARegularExpressionThatGivesUpRefuses(): void
    {
        $slow = new Validator\Regex(['pattern' => '/^(?:a+)+$/']);
        self::assertTrue(self::passes($slow, 'aaaa'));
        self::assertFalse(self::passes($slow, str_repeat('a', 60) . '!'));
        self::assertFalse(self::passes(new Validator\Regex(['pattern' => '/^.+$/u']), "a\xff"));
    }

    /** @return iterable<string, array{ValidatorInterface, mixed, bool}> */
    public static function scalars(): iterable
    {
        yield 'an int as digits' => [new Validator\Digit(), 12, true];
        yield 'a negative int, as upstream has it' => [new Validator\Digit(), -12, true];
        yield 'a float as digits' => [new Validator\Digit(), 1.5, false];
        yield 'an int as letters and digits' => [new Validator\Alnum(), 12, true];
        yield 'an int as letters' => [new Validator\Alpha(), 12, false];
        yield 'a float as a number' => [new Validator\Numericality(), -1.5, true];
        yield 'the length of an int' => [new Validator\StringLength\Min(['min' => 3, 'included' => true]), 123, true];
        yield 'the length of a float' => [new Validator\StringLength\Max(['max' => 3, 'included' => true]), 1.5, true];
        yield 'the limit as text' => [new Validator\StringLength\Max(['max' => '4']), 'abc', true];
        yield 'a card number as an int' => [new Validator\CreditCard(), 4111111111111111, true];
        yield 'an int as one of several texts' => [new Validator\InclusionIn(['domain' => ['1', '2']]), 1, true];
        yield 'the same, strictly' => [
            new Validator\InclusionIn(['domain' => ['1', '2'], 'strict' => true]),
            1,
            false,
        ];
        yield 'a bool as a text that is accepted' => [new Validator\Identical(['accepted' => 'yes']), 'no', false];
        yield 'text between numbers' => [new Validator\Between(['minimum' => '1', 'maximum' => '10']), 9, true];
        yield 'a date as an int' => [new Validator\Date(['format' => 'Ymd']), 20240229, false];
        yield 'an int as an address' => [new Validator\Ip(), 134744072, false];
        yield 'true as an e-mail address' => [new Validator\Email(), true, false];
        yield 'true as a URL' => [new Validator\Url(), true, false];
        yield 'zero is there' => [new Validator\PresenceOf(), 0, true];
        yield 'false is there' => [new Validator\PresenceOf(), false, true];
        yield 'a Stringable text' => [new Validator\Alpha(), new Wordy('abc'), true];
        yield 'a Stringable text that is long' => [new Validator\StringLength\Max(['max' => 3]), new Wordy('abc'), false];
    }

    #[DataProvider('scalars')]
    public function testScalarsAreConverted(ValidatorInterface $validator, mixed $value, bool $expected): void
    {
        self::assertSame($expected, self::passes($validator, $value));
    }

    /** Fields named by digits are ints as keys of arrays. */
    public function testAFieldThatIsANumberHasAValue(): void
    {
        $validation = new Validation(['7' => [new Validator\Digit()]]);
        self::assertCount(0, $validation->validate(['7' => '12']));
        self::assertSame('12', $validation->getValue('7'));
    }

    public function testWhatTheUserSentIsNotInTheMessage(): void
    {
        foreach (self::validators() as $validator) {
            $validation = new Validation(['field' => [$validator]]);
            $messages = $validation->validate(['field' => '<b>:min:max:domain:field']);
            self::assertStringNotContainsString('<b>', (string) $messages[0]);
        }
    }
}
