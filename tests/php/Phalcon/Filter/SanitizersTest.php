<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Filter;

use Dom\HTMLDocument;
use Phalcon\Filter\Exceptions\FilterNotRegistered;
use Phalcon\Filter\Filter;
use Phalcon\Filter\FilterFactory;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\DataProviderExternal;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;
use TypeError;

final class SanitizersTest extends TestCase
{
    private Filter $filter;

    protected function setUp(): void
    {
        $this->filter = (new FilterFactory())->newInstance();
    }

    /** Sanitizers whose results are for HTML: a browser's parser finds no more elements and attributes than before. */
    #[DataProviderExternal(Hostile::class, 'markup')]
    public function testTextStaysTextInHtml(string $text): void
    {
        foreach ([Filter::FILTER_STRING, Filter::FILTER_SPECIAL, Filter::FILTER_SPECIALFULL] as $sanitizer) {
            $safe = $this->filter->sanitize($text, $sanitizer);
            $html = "<p id='one' title='$safe' class=\"$safe\">$safe</p>";
            $body = HTMLDocument::createFromString($html, LIBXML_NOERROR, 'UTF-8')->body;
            self::assertSame(1, $body->childElementCount, $sanitizer);
            $p = $body->firstElementChild;
            self::assertSame(['id', 'title', 'class'], $p->getAttributeNames(), $sanitizer);
            self::assertSame(0, $p->childElementCount, $sanitizer);
            self::assertSame($p->getAttribute('title'), $p->getAttribute('class'), $sanitizer);
        }
    }

    public function testStringKeepsWhatTheTextSays(): void
    {
        $text = "\"5 < 6\" & 'so' &lt; on";
        $safe = $this->filter->sanitize($text, Filter::FILTER_STRING);
        self::assertSame('&quot;5 &lt; 6&quot; &amp; &#039;so&#039; &amp;lt; on', $safe);
        self::assertSame($text, html_entity_decode($safe, ENT_QUOTES | ENT_HTML5));
        self::assertSame("\u{fffd}x", $this->filter->sanitize("\xffx", Filter::FILTER_STRING));
        self::assertSame('"a"', $this->filter->sanitize('"a"', ['string' => [ENT_NOQUOTES]]));
    }

    #[DataProviderExternal(Hostile::class, 'markup')]
    public function testOnlyWhatANameSaysIsLeft(string $text): void
    {
        self::assertMatchesRegularExpression('/^[A-Za-z0-9]*$/D', $this->filter->sanitize($text, 'alnum'));
        self::assertMatchesRegularExpression('/^[A-Za-z]*$/D', $this->filter->sanitize($text, 'alpha'));
        self::assertDoesNotMatchRegularExpression('/[<>"\s\x00-\x1f]/', $this->filter->sanitize($text, 'email'));
        self::assertDoesNotMatchRegularExpression('/[\s\x00-\x1f\x80-\xff]/', $this->filter->sanitize($text, 'url'));
        self::assertIsInt($this->filter->sanitize($text, 'int'));
        self::assertIsInt($this->filter->sanitize($text, 'absint'));
        self::assertIsFloat($this->filter->sanitize($text, 'float'));
        self::assertIsBool($this->filter->sanitize($text, 'bool'));
        self::assertFalse($this->filter->sanitize($text, 'ip'));
    }

    /** What is left can hold no element: a parser that reads it finds none. */
    #[DataProviderExternal(Hostile::class, 'markup')]
    public function testTagsAreStripped(string $text): void
    {
        $plain = $this->filter->sanitize($text, 'striptags');
        $body = HTMLDocument::createFromString("<p>$plain</p>", LIBXML_NOERROR, 'UTF-8')->body;
        self::assertSame(0, $body->firstElementChild->childElementCount);
        self::assertSame(1, $body->childElementCount);
    }

    /** @param list<mixed> $parameters */
    #[TestWith(['trim', 5, '5'])]
    #[TestWith(['trim', 1.5, '1.5'])]
    #[TestWith(['trim', true, '1'])]
    #[TestWith(['upper', false, ''])]
    #[TestWith(['string', 7, '7'])]
    #[TestWith(['striptags', 0, '0'])]
    #[TestWith(['alnum', 12, '12'])]
    #[TestWith(['alpha', 12, ''])]
    #[TestWith(['replace', 121, '323', ['1', 3]])]
    #[TestWith(['remove', 121, '2', [1]])]
    #[TestWith(['regex', 121, '1x1', ['/2/', 'x']])]
    #[TestWith(['lowerfirst', 3, '3'])]
    #[TestWith(['int', 12.7, 127])]
    #[TestWith(['absint', -3, 3])]
    #[TestWith(['float', '-1.5kg', -1.5])]
    #[TestWith(['bool', 1.0, false])]
    public function testScalarsAreConverted(string $name, mixed $value, mixed $expected, array $parameters = []): void
    {
        self::assertSame($expected, $this->filter->sanitize($value, [$name => $parameters]));
        self::assertSame($expected, $this->filter->$name($value, ...$parameters));
    }

    #[TestWith(['trim'])]
    #[TestWith(['lower'])]
    #[TestWith(['upper'])]
    #[TestWith(['lowerfirst'])]
    #[TestWith(['upperfirst'])]
    #[TestWith(['upperwords'])]
    #[TestWith(['string'])]
    #[TestWith(['striptags'])]
    public function testAFieldThatIsNotThereIsEmptyText(string $name): void
    {
        self::assertSame('', $this->filter->sanitize(null, $name));
        self::assertSame('', $this->filter->$name(null));
        self::assertNull($this->filter->sanitize(null, [$name]));
    }

    public function testArraysAreSanitizedOneLevelDeep(): void
    {
        $filter = $this->filter;
        self::assertSame(['a' => '1', 'b' => '2'], $filter->sanitize(['a' => ' 1', 'b' => '2 '], 'trim'));
        self::assertSame(['a' => 1, 'b' => 2], $filter->sanitize(['a' => ' 1', 'b' => '2 '], ['trim', 'int']));
        // Deeper ones, which any form can send, are no text, and nothing of them gets through.
        self::assertSame([0], $filter->sanitize([['<script>']], 'int'));
        self::assertSame([false], $filter->sanitize([['<script>']], 'special'));
        $this->expectException(TypeError::class);
        $filter->sanitize([['<script>']], 'string');
    }

    public function testWithoutRecursionTheSanitizerGetsTheArray(): void
    {
        $this->filter->set('count', static fn (mixed $value): int => count($value));
        self::assertSame(2, $this->filter->sanitize([1, 2], 'count', true));
        self::assertSame(2, $this->filter->sanitize([1, 2], ['count'], true));
    }

    public function testSanitizersAreUsedInTheirOrderWithTheirParameters(): void
    {
        $sanitizers = ['trim', 'replace' => ['-', '_'], 'upper'];
        self::assertSame('A_B', $this->filter->sanitize(' a-b ', $sanitizers));
    }

    public function testAnUnknownNameIsANotice(): void
    {
        $notices = [];
        set_error_handler(static function (int $level, string $message) use (&$notices): bool {
            $notices[] = [$level, $message];

            return true;
        });
        try {
            self::assertSame('a', $this->filter->sanitize('a', 'nothing'));
            self::assertSame('a', $this->filter->sanitize('a', ''));
            self::assertSame('a', $this->filter->sanitize('a', null));
        } finally {
            restore_error_handler();
        }
        self::assertSame([[E_USER_NOTICE, "Sanitizer 'nothing' is not registered"]], $notices);
        $this->expectException(FilterNotRegistered::class);
        $this->expectExceptionMessage('Filter nothing is not registered');
        $this->filter->nothing('a');
    }

    #[TestWith(['10.0.0.1', '10.0.0.1'])]
    #[TestWith([" ::1\n", '::1'])]
    #[TestWith(['10.0.0.0/8', '10.0.0.0/8'])]
    #[TestWith(['10.0.0.0/33', false])]
    #[TestWith(['2001:db8::/128', '2001:db8::/128'])]
    #[TestWith(['2001:db8::/129', false])]
    #[TestWith(['10.0.0.0/-1', false])]
    #[TestWith(['10.0.0.0/8/8', false])]
    #[TestWith(['10.0.0.0/', false])]
    #[TestWith(["10.0.0.1\0.evil.example", false])]
    #[TestWith(['0x7f.1', false])]
    #[TestWith(['010.0.0.1', false])]
    #[TestWith(['::ffff:1.2.3.4/129', false])]
    #[TestWith(['10.0.0.0/99999999999999999999', false])]
    public function testAddresses(string $text, string|false $expected): void
    {
        self::assertSame($expected, $this->filter->sanitize($text, 'ip'));
    }

    /** @return iterable<string, array{mixed, bool}> */
    public static function bools(): iterable
    {
        foreach (['true', 'ON', ' yes ', 'Y', '1', '01', 1, 5, true, 'anything'] as $value) {
            yield 'true: ' . var_export($value, true) => [$value, true];
        }
        foreach (['false', 'Off', 'no', 'n', '0', '00', '', 0, false, null, [], ['true'], 1.0] as $value) {
            yield 'false: ' . var_export($value, true) => [$value, false];
        }
    }

    #[DataProvider('bools')]
    public function testBools(mixed $value, bool $expected): void
    {
        self::assertSame($expected, $this->filter->sanitize($value, 'bool', true));
    }

    /** Time grows with the length of the text, not faster: a megabyte of what takes the most steps ends at once. */
    public function testLongTextIsNoTrouble(): void
    {
        foreach (array_keys(Filter::getDefaultMapper()) as $name) {
            if (in_array($name, ['regex', 'remove', 'replace'])) {
                continue;
            }
            $text = str_repeat('<a "&\'<!-- ', 100_000);
            $safe = $this->filter->sanitize($text, $name);
            self::assertTrue(is_scalar($safe), $name);
        }
    }
}
