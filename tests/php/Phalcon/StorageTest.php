<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use DateInterval;
use FilesystemIterator;
use Phalanx\Phalcon\Storage\RestrictedPhp;
use Phalcon\Cache\AdapterFactory as CacheAdapterFactory;
use Phalcon\Cache\Cache;
use Phalcon\Session\Adapter\Shared as SessionShared;
use Phalcon\Session\Adapter\Stream as SessionStream;
use Phalcon\Storage\Adapter\Memory;
use Phalcon\Storage\Adapter\Shared;
use Phalcon\Storage\Adapter\Stream;
use Phalcon\Storage\Adapter\Weak;
use Phalcon\Storage\AdapterFactory;
use Phalcon\Storage\SerializerFactory;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use RecursiveDirectoryIterator;
use RecursiveIteratorIterator;
use stdClass;

final class StorageTest extends TestCase
{
    private string $folder;

    protected function setUp(): void
    {
        Chooser::$made = 0;
        $this->folder = sys_get_temp_dir() . '/phalanx-storage-' . bin2hex(random_bytes(8));
        mkdir($this->folder . '/store/ph-strm', 0777, true);
        file_put_contents($this->folder . '/secret', 'untouched');
    }

    protected function tearDown(): void
    {
        $files = new RecursiveIteratorIterator(
            new RecursiveDirectoryIterator($this->folder, FilesystemIterator::SKIP_DOTS),
            RecursiveIteratorIterator::CHILD_FIRST
        );
        foreach ($files as $file) {
            $file->isDir() ? rmdir($file->getPathname()) : unlink($file->getPathname());
        }
        rmdir($this->folder);
    }

    /** @return array<string, array{string}> */
    public static function paths(): array
    {
        return [
            'upwards' => ['../../../secret'],
            'from the root' => ['/etc/passwd'],
            'with a folder' => ['a/b'],
            'the folder above' => ['..'],
            'the folder' => ['.'],
            'nothing' => [''],
            'cut by a NUL byte' => ["secret\0.txt"],
            'behind the prefix' => ['ph-strm../../secret'],
        ];
    }

    #[DataProvider('paths')]
    public function testKeysAreNoPaths(string $key): void
    {
        $before = $this->listing();
        $storage = $this->stream();
        self::assertFalse($storage->set($key, 'overwritten'));
        self::assertFalse($storage->setForever($key, 'overwritten'));
        self::assertSame('default', $storage->get($key, 'default'));
        self::assertFalse($storage->has($key));
        self::assertFalse($storage->delete($key));
        self::assertFalse($storage->increment($key));
        self::assertSame($before, $this->listing());
        self::assertSame('untouched', file_get_contents($this->folder . '/secret'));
    }

    #[DataProvider('paths')]
    public function testSessionIdsAreNoPaths(string $id): void
    {
        $before = $this->listing();
        $sessions = new SessionStream(['savePath' => $this->folder . '/store/ph-strm']);
        self::assertFalse($sessions->write($id, 'overwritten'));
        self::assertSame('', $sessions->read($id));
        self::assertFalse($sessions->validateId($id));
        self::assertFalse($sessions->updateTimestamp($id, ''));
        self::assertTrue($sessions->destroy($id));
        self::assertSame($before, $this->listing());
        self::assertSame('untouched', file_get_contents($this->folder . '/secret'));
    }

    /** @return array<string, array{string}> */
    public static function damage(): array
    {
        $time = time();

        return [
            'empty' => [''],
            'no serialized value' => ['{'],
            'no array' => ['i:5;'],
            'an empty array' => ['a:0:{}'],
            'times of another type' => ['a:3:{s:7:"created";s:1:"x";s:3:"ttl";a:0:{}s:7:"content";s:4:"i:5;";}'],
            'an object' => ['O:29:"Phalanx\Tests\Phalcon\Chooser":0:{}'],
            'an object for a text' => [
                "a:3:{s:7:\"created\";i:$time;s:3:\"ttl\";i:9;s:7:\"content\";"
                    . 'O:29:"Phalanx\Tests\Phalcon\Chooser":0:{}}',
            ],
        ];
    }

    #[DataProvider('damage')]
    public function testDamagedFilesAreNoValues(string $content): void
    {
        $storage = $this->stream();
        $storage->set('abcd', ['a']);
        [$file] = array_keys($this->listing('abcd'));
        file_put_contents($file, $content);
        self::assertSame('default', $storage->get('abcd', 'default'));
        self::assertSame(0, Chooser::$made);
        self::assertTrue($storage->set('abcd', 5));
        self::assertSame(5, $storage->get('abcd'));
    }

    public function testATruncatedFileIsNoValue(): void
    {
        $storage = $this->stream();
        $storage->set('abcd', ['some', 'thing']);
        [$file] = array_keys($this->listing('abcd'));
        $content = file_get_contents($file);
        for ($length = 0; $length < strlen($content); $length++) {
            file_put_contents($file, substr($content, 0, $length));
            self::assertFalse($storage->has('abcd'));
        }
    }

    /** A reader that came before keeps what it has opened; nobody sees half of a file. */
    public function testFilesAreReplacedAsAWhole(): void
    {
        $storage = $this->stream();
        $storage->set('abcd', 'old');
        [$file] = array_keys($this->listing('abcd'));
        $reader = fopen($file, 'r');
        $storage->set('abcd', str_repeat('new', 1000));
        self::assertStringContainsString('old', stream_get_contents($reader));
        self::assertSame(['ph-strmabcd'], $storage->getKeys());

        $sessions = new SessionStream(['savePath' => $this->folder, 'prefix' => 's-']);
        $sessions->write('id', 'old');
        $reader = fopen($this->folder . '/s-id', 'r');
        $sessions->write('id', 'new');
        self::assertSame('old', stream_get_contents($reader));
        self::assertSame('new', $sessions->read('id'));
    }

    public function testWhereNothingCanBeWrittenSetIsFalse(): void
    {
        file_put_contents($this->folder . '/store/ph-strm/ab', 'a file where a folder should be');
        self::assertFalse($this->stream()->set('abcd', 1));
        self::assertFalse($this->stream()->setForever('abcd', 1));
    }

    public function testWritersTakeTurns(): void
    {
        $this->stream()->set('count', 0);
        $code = 'require ' . var_export(dirname(__DIR__, 3) . '/phpsrc/autoload.php', true) . ';'
            . '$s = new Phalcon\Storage\Adapter\Stream(new Phalcon\Storage\SerializerFactory(), ["storageDir" => '
            . var_export($this->folder . '/store', true) . ']);'
            . 'for ($i = 0; $i < 100; $i++) { $s->increment("count"); $s->set("both", str_repeat($argv[1], 5000)); }';
        $writers = [];
        foreach (['a', 'b'] as $letter) {
            $writers[] = proc_open([PHP_BINARY, '-r', $code, '--', $letter], [], $pipes);
        }
        $storage = $this->stream();
        $seen = [];
        do {
            $seen[$storage->get('both', '')] = true;
            $running = array_filter($writers, static fn (mixed $writer): bool => proc_get_status($writer)['running']);
        } while ($running !== []);
        self::assertSame(200, $storage->get('count'));
        unset($seen['']);
        foreach (array_keys($seen) as $value) {
            self::assertContains($value, [str_repeat('a', 5000), str_repeat('b', 5000)]);
        }
        self::assertCount(2, $storage->getKeys());
    }

    public function testOnlyNamedClassesAreMade(): void
    {
        $plain = $this->stream();
        $strict = $this->stream(['serializer' => new RestrictedPhp([stdClass::class])]);
        $hidden = new stdClass();
        $hidden->list = [new Chooser()];
        foreach ([new Chooser(), [1, [new Chooser()]], $hidden] as $value) {
            $plain->set('abcd', $value);
            self::assertSame('default', $strict->get('abcd', 'default'));
        }
        self::assertSame(0, Chooser::$made);
        $value = new stdClass();
        $value->self = $value;
        $value->list = [1, &$value->list];
        $strict->set('abcd', $value);
        self::assertSame(1, $strict->get('abcd')->list[0]);
        foreach ([0, '5', true, null, '', 'text', []] as $value) {
            $strict->set('abcd', $value);
            self::assertSame($value, $strict->get('abcd', 'default'));
        }
    }

    public function testTimesToLive(): void
    {
        foreach ([$this->stream(), $this->memory(), $this->shared()] as $storage) {
            self::assertTrue($storage->set('a', 1, new DateInterval('PT1H')));
            self::assertTrue($storage->has('a'));
            self::assertTrue($storage->set('a', 2, 0));
            self::assertFalse($storage->has('a'));
            self::assertFalse($storage->set('a', 2, -1));
        }
    }

    public function testSharedMemory(): void
    {
        $one = $this->shared();
        $other = $this->shared();
        $neighbour = $this->shared(['prefix' => 'other-']);
        $neighbour->set('a', 'neighbour');
        self::assertFalse($one->has('a'));
        self::assertSame('default', $one->get('a', 'default'));
        foreach ([['x' => 1], null, false, 'text', 1.5, new Chooser()] as $value) {
            self::assertTrue($one->set('a', $value));
            self::assertEquals($value, $other->get('a', 'default'));
        }
        self::assertSame(1, $one->increment('n'));
        self::assertSame(5, $other->increment('n', 4));
        self::assertSame(3, $one->decrement('n', 2));
        self::assertFalse($one->increment('a'));
        self::assertTrue($one->setForever('ph-shrd-f', 1));
        self::assertEqualsCanonicalizing(['ph-shrd-a', 'ph-shrd-f', 'ph-shrd-n'], $one->getKeys());
        self::assertSame(['ph-shrd-n'], $one->getKeys('n'));
        self::assertFalse($one->set(str_repeat('k', 5000), 1));
        self::assertTrue($one->delete('f'));
        self::assertFalse($one->delete('f'));
        self::assertTrue($one->clear());
        self::assertSame([], $one->getKeys());
        self::assertSame('neighbour', $neighbour->get('a'));
    }

    public function testSharedMemoryForCacheAndSession(): void
    {
        if (!function_exists('phalanx_loop_running')) {
            self::markTestSkipped('needs the phalanx program');
        }
        $cache = new Cache((new CacheAdapterFactory(new SerializerFactory()))->newInstance('shared'));
        $cache->set('key.1', ['a']);
        self::assertSame(['key.1' => ['a'], 'key.2' => 0], $cache->getMultiple(['key.1', 'key.2'], 0));

        $sessions = new SessionShared(new AdapterFactory(new SerializerFactory()));
        self::assertFalse($sessions->validateId('abc'));
        self::assertTrue($sessions->write('abc', 'a|i:1;'));
        self::assertTrue($sessions->validateId('abc'));
        self::assertSame('a|i:1;', (new SessionShared(new AdapterFactory(new SerializerFactory())))->read('abc'));
        self::assertTrue($sessions->destroy('abc'));
        self::assertSame('', $sessions->read('abc'));
    }

    public function testAWeakPlaceIsFreeWhenItsObjectIsGone(): void
    {
        $weak = new Weak(new SerializerFactory());
        $first = new stdClass();
        $weak->set('a', $first);
        $first = null;
        $second = new stdClass();
        self::assertTrue($weak->set('a', $second));
        self::assertSame($second, $weak->get('a'));
    }

    /** What users pass without strict types. */
    public function testOptionsAreConverted(): void
    {
        $storage = new Memory(new SerializerFactory(), ['lifetime' => '60', 'prefix' => 5, 'defaultSerializer' => 'JSON']);
        self::assertSame(60, $storage->getLifetime());
        self::assertSame('5', $storage->getPrefix());
        self::assertSame('json', $storage->getDefaultSerializer());
        $storage->set('1', ['a' => 1]);
        self::assertSame(['51'], array_map(strval(...), $storage->getKeys()));
        self::assertTrue($storage->deleteMultiple([1]));
    }

    private function memory(): Memory
    {
        return new Memory(new SerializerFactory());
    }

    private function shared(array $options = []): Shared
    {
        if (!function_exists('phalanx_loop_running')) {
            self::markTestSkipped('needs the phalanx program');
        }

        return new Shared(new SerializerFactory(), $options + ['name' => 'test-' . basename($this->folder)]);
    }

    private function stream(array $options = []): Stream
    {
        return new Stream(new SerializerFactory(), $options + ['storageDir' => $this->folder . '/store']);
    }

    /** @return array<string, int> sizes of the files with this name, or of all, and of folders 0 */
    private function listing(?string $name = null): array
    {
        $files = [];
        $all = new RecursiveIteratorIterator(
            new RecursiveDirectoryIterator($this->folder, FilesystemIterator::SKIP_DOTS),
            RecursiveIteratorIterator::SELF_FIRST
        );
        foreach ($all as $file) {
            if ($name === null || $file->getFilename() === $name) {
                $files[$file->getPathname()] = $file->isFile() ? $file->getSize() : 0;
            }
        }
        ksort($files);

        return $files;
    }
}
