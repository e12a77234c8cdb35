<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use Exception;
use Phalanx\Tests\Phalcon\Html\Corpus;
use Phalanx\Tests\Phalcon\Html\Page;
use Phalcon\Contracts\Support\Debug\Renderer;
use Phalcon\Support\Debug;
use Phalcon\Support\Debug\Dump;
use Phalcon\Support\Debug\Report\ExceptionReport;
use PHPUnit\Framework\Attributes\BackupGlobals;
use PHPUnit\Framework\TestCase;
use RuntimeException;

/** The page of an exception shows what a visitor sent; it is text, whatever he sent. */
final class DebugTest extends TestCase
{
    #[BackupGlobals(true)]
    public function testAPageOfHostileTextsHasTheElementsOfOneOfHarmlessTexts(): void
    {
        $shape = self::pageOf('text')->shape();
        foreach (Corpus::attacks() as $text) {
            self::assertSame($shape, self::pageOf("x$text")->shape(), bin2hex($text));
        }
    }

    public function testADumpOfHostileTextsHasTheElementsOfOneOfHarmlessTexts(): void
    {
        foreach (Corpus::attacks() as $text) {
            $shape = str_replace('br[] ', '', self::dumpOf("x$text")->shape()); // line feeds become elements
            self::assertSame(self::dumpOf('text')->shape(), $shape, bin2hex($text));
        }
    }

    public function testAFailureOfThePageDoesNotKeepItFromTheNextException(): void
    {
        $debug = new Debug();
        $page = $debug->getRenderer();
        $debug->setRenderer(new class implements Renderer {
            public function getCssSources(string $uri): string
            {
                return '';
            }

            public function getJsSources(string $uri): string
            {
                return '';
            }

            public function getTemplate(string $name): string
            {
                return '';
            }

            public function getVersion(): string
            {
                return '';
            }

            public function render(ExceptionReport $report): string
            {
                throw new RuntimeException('no page');
            }

            public function setTemplate(string $name, string $template): static
            {
                return $this;
            }
        });
        ob_start();
        try {
            ob_start(); // the handler discards what was printed so far
            $debug->onUncaughtException(new Exception('first'));
            self::fail('the page should have failed');
        } catch (RuntimeException) {
            ob_start();
            self::assertTrue($debug->setRenderer($page)->onUncaughtException(new Exception('second')));
        } finally {
            $printed = ob_get_clean();
        }
        self::assertStringContainsString('second', (string) $printed);
    }

    private static function pageOf(string $text): Page
    {
        $_REQUEST = ['plain' => $text, $text => 'value', 'list' => [$text => $text, 'deep' => [$text => $text]]];
        $_SERVER["HTTP_X_$text"] = $text;
        $debug = new Debug();
        $debug->debugVar($text)->debugVar([$text => $text]);
        $debug->setShowFiles(false)->setBlacklist(['server' => ['argv']]);
        try {
            $html = $debug->renderHtml(self::failure($text, [$text => $text]));

            // The list of files that are loaded grows with each class that a test needs.
            return new Page((string) preg_replace("~<div class='panel' id='files'>.*?</table>~s", '<div>', $html, 1));
        } finally {
            unset($_SERVER["HTTP_X_$text"]);
        }
    }

    private static function failure(string $text, array $more): Exception
    {
        return new Exception($text . count($more));
    }

    private static function dumpOf(string $text): Page
    {
        $object = (object) [$text => $text];

        return new Page((new Dump([], true))->variables([$text => [$text]], $text, $object));
    }
}
