<?php

declare(strict_types=1);

namespace Phalanx\Tests;

use PHPUnit\Framework\TestCase;

final class AutoloadTest extends TestCase
{
    private string $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/phalanx-autoload-' . bin2hex(random_bytes(8));
        mkdir("$this->folder/Protocols", recursive: true);
    }

    protected function tearDown(): void
    {
        array_map(unlink(...), glob("$this->folder/{*.php,Protocols/*.php}", GLOB_BRACE) ?: []);
        rmdir("$this->folder/Protocols");
        rmdir($this->folder);
    }

    private function runScript(string $script): string
    {
        $autoload = var_export(dirname(__DIR__, 2) . '/phpsrc/autoload.php', true);
        file_put_contents("$this->folder/start.php", "<?php require $autoload; $script");

        return (string) shell_exec(escapeshellarg(PHP_BINARY) . ' ' . escapeshellarg("$this->folder/start.php") . ' 2>&1');
    }

    public function testClassesOfThisFolderAreFound(): void
    {
        self::assertSame('hello', $this->runScript('echo Workerman\Protocols\Text::decode("hello\n");'));
    }

    public function testProtocolsOfTheApplicationAreFoundBesideItsScript(): void
    {
        file_put_contents("$this->folder/Protocols/Mine.php", '<?php namespace Protocols; class Mine { const NAME = "mine"; }');

        self::assertSame('mine', $this->runScript('echo \Protocols\Mine::NAME;'));
    }

    public function testOtherClassesAreLeftToOthers(): void
    {
        self::assertSame('ab', $this->runScript(
            'spl_autoload_register(function ($c) { echo $c === "App\\Some" ? "a" : ""; });'
            . 'class_exists("App\\Some"); echo class_exists("Workerman\\Absent") ? "c" : "b";'
        ));
    }

    public function testAnAutoloaderInFrontWins(): void
    {
        self::assertSame('theirs', $this->runScript(
            'spl_autoload_register(function ($c) { if ($c === "Workerman\\\\Protocols\\\\Text") {'
            . ' eval("namespace Workerman\\\\Protocols; class Text { const FROM = \'theirs\'; }"); } }, true, true);'
            . 'echo Workerman\Protocols\Text::FROM;'
        ));
    }
}
