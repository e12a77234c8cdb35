<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Html;

use Phalcon\Html\Escaper;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What a browser's parser sees of escaped texts: one text, and never an element or attribute more. */
final class EscaperTest extends TestCase
{
    public function testTextBetweenTags(): void
    {
        $escaper = new Escaper();
        foreach (Corpus::texts() as $text) {
            $page = new Page('<p>' . $escaper->html($text) . '</p>');
            self::assertSame('p[]', $page->shape(), $text);
            self::assertSame(self::parsed($text), $page->text('p'), $text);
        }
        foreach (Corpus::bytes() as $bytes) {
            self::assertSame('p[]', (new Page('<p>' . $escaper->html($bytes) . '</p>'))->shape(), bin2hex($bytes));
        }
    }

    #[DataProvider('quotes')]
    public function testAnAttributesValue(string $quote): void
    {
        $escaper = new Escaper();
        foreach (Corpus::texts() as $text) {
            foreach ([$escaper->attributes($text), $escaper->html($text), $escaper->escapeHtmlAttr($text)] as $escaped) {
                $page = new Page("<p title=$quote$escaped$quote>x</p>");
                self::assertSame('p[title]', $page->shape(), $text);
                self::assertSame(self::parsed($text), $page->attribute('p', 'title'), $text);
            }
        }
        foreach (Corpus::bytes() as $bytes) {
            $page = new Page("<p title=$quote" . $escaper->attributes($bytes) . "$quote>x</p>");
            self::assertSame('p[title]', $page->shape(), bin2hex($bytes));
        }
    }

    /** @return array<string, array{string}> */
    public static function quotes(): array
    {
        return ['in double quotes' => ['"'], 'in single quotes' => ["'"]];
    }

    public function testAnArrayOfAttributes(): void
    {
        $escaper = new Escaper();
        foreach ([...Corpus::texts(), ...Corpus::bytes()] as $text) {
            $page = new Page('<p ' . $escaper->attributes(['title' => $text, 'class' => [$text, 'b']]) . '>x</p>');
            self::assertSame('p[title class]', $page->shape(), bin2hex($text));
        }
    }

    public function testNoNameOfAnAttributeIsMoreThanOneAttribute(): void
    {
        $escaper = new Escaper();
        foreach ([...Corpus::texts(), ...Corpus::bytes()] as $text) {
            foreach ([[$text => 'v'], [$text => true]] as $attributes) {
                $page = new Page('<p id=a ' . $escaper->attributes($attributes) . '>x</p>');
                self::assertMatchesRegularExpression('/^p\[id( [^ \t\n\f"\'<>\/=]+)?\]$/', $page->shape(), bin2hex($text));
            }
        }
        self::assertSame(
            '@click.prevent="a" :href="b" data-x_1="c" xlink:href="d" v-slot:[name]="e"',
            $escaper->attributes([
                '@click.prevent' => 'a',
                ' :href ' => 'b',
                'data-x_1' => 'c',
                'xlink:href' => 'd',
                'v-slot:[name]' => 'e',
                'x onclick' => 'f',
                'g=h' => 'i',
            ])
        );
    }

    #[DataProvider('quotes')]
    public function testAStringOfAScript(string $quote): void
    {
        $escaper = new Escaper();
        foreach (Corpus::texts() as $text) {
            $script = "x = $quote" . $escaper->js($text) . "$quote;";
            $page = new Page("<script>$script</script>");
            self::assertSame('script[]', $page->shape(), $text);
            self::assertSame($script, $page->text('script'), $text);
            self::assertSame($text, self::javaScript(substr($script, 4), $quote), $text);
        }
        foreach (Corpus::bytes() as $bytes) {
            $script = $quote . $escaper->js($bytes) . "$quote;";
            self::assertSame('script[]', (new Page("<script>$script</script>"))->shape(), bin2hex($bytes));
            self::assertIsString(self::javaScript($script, $quote), bin2hex($bytes));
        }
        self::assertSame('caf\xe9', $escaper->js("caf\xe9"));
        self::assertSame('', $escaper->js("a\0b"));
    }

    #[DataProvider('quotes')]
    public function testAStringOfAScriptWithinAnAttribute(string $quote): void
    {
        $escaper = new Escaper();
        $other = $quote === '"' ? "'" : '"';
        foreach (Corpus::texts() as $text) {
            $page = new Page("<p onclick=$other" . "f($quote" . $escaper->js($text) . "$quote)$other>x</p>");
            self::assertSame('p[onclick]', $page->shape(), $text);
            $code = substr($page->attribute('p', 'onclick'), 2, -1) . ';';
            self::assertSame($text, self::javaScript($code, $quote), $text);
        }
    }

    public function testAStringAndAValueOfAStyleSheet(): void
    {
        $escaper = new Escaper();
        foreach (Corpus::texts() as $text) {
            $escaped = $escaper->css($text);
            self::assertMatchesRegularExpression('/^(?:[0-9A-Za-z]|\\\\[0-9a-f]+ )*$/D', $escaped, $text);
            $page = new Page("<style>p{content:\"$escaped\"}</style><p style=\"color:$escaped\">x</p>");
            self::assertSame('style[] p[style]', $page->shape(), $text);
            self::assertSame($text, self::css($escaped), $text);
        }
        foreach (Corpus::bytes() as $bytes) {
            self::assertMatchesRegularExpression('/^(?:[0-9A-Za-z]|\\\\[0-9a-f]+ )*$/D', $escaper->css($bytes));
        }
    }

    public function testAPartOfAURL(): void
    {
        $escaper = new Escaper();
        foreach ([...Corpus::texts(), ...Corpus::bytes()] as $text) {
            $escaped = $escaper->url($text);
            self::assertMatchesRegularExpression('/^(?:[0-9A-Za-z_.~-]|%[0-9A-F]{2})*$/D', $escaped);
            self::assertSame($text, rawurldecode($escaped));
            self::assertSame('a[href]', (new Page("<a href=/?q=$escaped>x</a>"))->shape());
        }
    }

    public function testEntitiesStayWhenTheyAreNotToBeEscapedOnceMore(): void
    {
        $escaper = new Escaper(doubleEncode: false);
        foreach (Corpus::texts() as $text) {
            $page = new Page('<p title="' . $escaper->attributes($text) . '">' . $escaper->html($text) . '</p>');
            self::assertSame('p[title]', $page->shape(), $text);
        }
        self::assertSame('&lt;b&gt; &quot;', $escaper->html('&lt;b> "'));
    }

    /** A parser makes line feeds of carriage returns. */
    private static function parsed(string $text): string
    {
        return str_replace(["\r\n", "\r"], "\n", $text);
    }

    /** The value of a string literal (ECMAScript, 12.9.4) that ends where the code has its last quote; null if it does not. */
    private static function javaScript(string $code, string $quote): ?string
    {
        $hex = '[0-9A-Fa-f]';
        $valid = "/^$quote(?:[^\\\\$quote\\n\\r]|\\\\x$hex{2}|\\\\u$hex{4})*$quote;$/D";
        if (preg_match($valid, $code) !== 1) {
            return null;
        }
        $units = (string) preg_replace_callback(
            "/\\\\x($hex{2})|\\\\u($hex{4})|[^\\\\]+/",
            static fn (array $m): string => isset($m[1]) ? pack('n', hexdec($m[2] ?? $m[1]))
                : mb_convert_encoding($m[0], 'UTF-16BE', 'UTF-8'),
            substr($code, 1, -2)
        );

        return mb_convert_encoding($units, 'UTF-8', 'UTF-16BE');
    }

    /** The value of a CSS string: CSS Syntax 3, 4.3.7. */
    private static function css(string $escaped): string
    {
        return (string) preg_replace_callback(
            '/\\\\([0-9a-f]{1,6}) /',
            static fn (array $m): string => mb_chr(hexdec($m[1])),
            $escaped
        );
    }
}
