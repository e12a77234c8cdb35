<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use Phalcon\Config\Adapter\Toml;
use Phalcon\Config\Adapter\Yaml;
use Phalcon\Config\Config;
use Phalcon\Config\ConfigFactory;
use Phalcon\Config\Exceptions\CannotLoadConfigFile;
use PHPUnit\Framework\TestCase;

final class ConfigFilesTest extends TestCase
{
    private string $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/phalanx-config-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
    }

    protected function tearDown(): void
    {
        array_map('unlink', glob("$this->folder/*"));
        rmdir($this->folder);
    }

    private function file(string $name, string $content): string
    {
        file_put_contents("$this->folder/$name", $content);

        return "$this->folder/$name";
    }

    public function testYamlWithoutTheExtension(): void
    {
        $config = new Yaml($this->file('a.yml', "db:\n  host: localhost\n  ports: [5432, 5433]\n  tls: yes\n8: x\n"));
        self::assertSame('localhost', $config->path('db.host'));
        self::assertTrue($config->db->tls);
        self::assertSame([5432, 5433], $config->db->ports->toArray());
        self::assertSame(['db' => ['host' => 'localhost', 'ports' => [5432, 5433], 'tls' => true], 8 => 'x'], $config->toArray());
    }

    public function testYamlCallbacksGetValueAndTag(): void
    {
        $file = $this->file('a.yml', "key: !upper abc\nlist: !join [a, !upper b]\nplain: !other x\n");
        $config = new Yaml($file, [
            '!upper' => static fn (string $value, string $tag): string => strtoupper($value) . $tag,
            '!join' => static fn (array $value): string => implode('+', $value),
        ]);
        self::assertSame(['key' => 'ABC!upper', 'list' => 'a+B!upper', 'plain' => 'x'], $config->toArray());
    }

    public function testBrokenFilesSayWhere(): void
    {
        foreach (['a.yml' => "a: [1\nb: 2\n", 'a.toml' => "a = 1\nb = = 2\n"] as $name => $content) {
            $warning = '';
            set_error_handler(static function (int $level, string $message) use (&$warning): bool {
                $warning = $message;

                return true;
            });
            try {
                new ConfigFactory()->load($this->file($name, $content));
                self::fail("$name was read");
            } catch (CannotLoadConfigFile $e) {
                self::assertSame("Configuration file $name cannot be loaded", $e->getMessage());
                self::assertMatchesRegularExpression("#$name: .*line \d#s", $warning);
            } finally {
                restore_error_handler();
            }
        }
    }

    public function testToml(): void
    {
        $config = new Toml($this->file('a.toml', "title = \"x\"\n[db]\nports = [1, 2]\nday = 2026-11-22\n[[user]]\nid = 1\n"));
        self::assertSame(
            ['title' => 'x', 'db' => ['ports' => [1, 2], 'day' => '2026-11-22'], 'user' => [['id' => 1]]],
            $config->toArray(),
        );
        self::assertInstanceOf(Toml::class, new ConfigFactory()->load("$this->folder/a.toml"));
    }

    public function testAPathThatLeadsIntoAValueIsTheDefault(): void
    {
        $config = new Config(['a' => ['b' => 'text']]);
        self::assertSame('none', $config->path('a.b.c', 'none'));
        self::assertSame('text', $config->path('a/b', null, '/'));
    }
}
