<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Filter;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Validator\File;
use Phalcon\Filter\Validation\Validator\File\AbstractFile;
use Phalcon\Filter\Validation\Validator\File\MimeType;
use Phalcon\Filter\Validation\Validator\File\Resolution;
use Phalcon\Filter\Validation\Validator\File\Size;
use Phalcon\Filter\Validation\Validator\Files;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;

/** Files as a request has them, and what pretends to be one. */
final class UploadsTest extends TestCase
{
    /** A GIF of 3 by 2 pixels: signature, size, no palette, a block of pixels, the end. */
    private const GIF = "GIF89a\x03\0\x02\0\0\0\0,\0\0\0\0\x03\0\x02\0\0\x02\x02\x84\x51\0;";

    private string $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/phalanx-uploads-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
    }

    protected function tearDown(): void
    {
        array_map(unlink(...), glob("$this->folder/*") ?: []);
        rmdir($this->folder);
    }

    /** @return array{name: string, type: string, tmp_name: string, size: int, error: int} */
    private function upload(string $content, string $type = 'image/gif'): array
    {
        $path = tempnam($this->folder, 'upload');
        file_put_contents($path, $content);

        return [
            'name' => 'picture.gif',
            'type' => $type,
            'tmp_name' => $path,
            'size' => strlen($content),
            'error' => UPLOAD_ERR_OK,
        ];
    }

    /** @return list<string> the messages about the value */
    private static function complaints(AbstractFile|File|Files $validator, mixed $value): array
    {
        $validation = new Validation(['file' => [$validator]]);

        return array_map(strval(...), iterator_to_array($validation->validate(['file' => $value])));
    }

    /** @return list<AbstractFile> one of each validator that the GIF passes */
    private static function validators(): array
    {
        return [
            new class (['types' => ['image/gif']]) extends MimeType {
                use Arrived;
            },
            new class (['size' => '0.01K']) extends Size\Min {
                use Arrived;
            },
            new class (['size' => '1KB']) extends Size\Max {
                use Arrived;
            },
            new class (['size' => strlen(self::GIF) . 'B']) extends Size\Equal {
                use Arrived;
            },
            new class (['resolution' => '2x2']) extends Resolution\Min {
                use Arrived;
            },
            new class (['resolution' => '3x2']) extends Resolution\Max {
                use Arrived;
            },
            new class (['resolution' => '3x2']) extends Resolution\Equal {
                use Arrived;
            },
            new class (['ratio' => '6x4']) extends Resolution\AspectRatio {
                use Arrived;
            },
        ];
    }

    public function testAPictureIsWhatItsContentSays(): void
    {
        foreach (self::validators() as $validator) {
            self::assertSame([], self::complaints($validator, $this->upload(self::GIF)), $validator::class);
        }
    }

    #[TestWith(["<?php system(\$_GET['c']);", 'image/gif'])]
    #[TestWith(['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image/gif'])]
    #[TestWith(['', 'image/gif'])]
    #[TestWith(["\0", 'image/gif'])]
    #[TestWith(['GIF', 'image/gif'])]
    public function testTheClientsWordIsNotTaken(string $content, string $type): void
    {
        $file = $this->upload($content, $type);
        foreach (self::validators() as $validator) {
            if (!$validator instanceof Size\Equal) {
                self::assertCount(1, self::complaints($validator, $file), $validator::class);
            }
        }
    }

    /** Fields of a form or a JSON text that are made to look like an upload name files that are the server's own. */
    public function testWhatDidNotArriveAsAFileIsRefused(): void
    {
        $own = $this->upload(self::GIF);
        $values = [
            'a text' => $own['tmp_name'],
            'a number' => 5,
            'true' => true,
            'an object' => (object) $own,
            'an array that is no file' => ['a', 'b'],
            'the error as text' => ['error' => '0'] + $own,
            'a file of the server' => $own,
            'several names' => ['tmp_name' => [$own['tmp_name']]] + $own,
            'a NUL in the name' => ['tmp_name' => "$own[tmp_name]\0.gif"] + $own,
            'an upload that broke off' => ['error' => UPLOAD_ERR_PARTIAL] + $own,
        ];
        $validators = [
            new MimeType(['types' => ['image/gif']]),
            new Size\Max(['size' => '1M']),
            new Resolution\Max(['resolution' => '9x9']),
            new Resolution\AspectRatio(['ratio' => '3x2']),
            new File(['maxSize' => '1M', 'allowedTypes' => ['image/gif']]),
            new Files(['maxSize' => '1M', 'allowedTypes' => ['image/gif']]),
        ];
        foreach ($values as $name => $value) {
            foreach ($validators as $validator) {
                $expected = ['Field file must not be empty'];
                self::assertSame($expected, self::complaints($validator, $value), "$name: " . $validator::class);
            }
        }
    }

    public function testAFieldThatIsNotThere(): void
    {
        self::assertSame([], self::complaints(new Size\Max(['size' => '1M']), null));
        self::assertCount(1, self::complaints(new Size\Min(['size' => '1']), null));
        self::assertCount(1, self::complaints(new MimeType(['types' => ['image/gif']]), null));
        self::assertCount(1, self::complaints(new Resolution\Max(['resolution' => '9x9']), null));
        self::assertSame([], self::complaints(new MimeType(['types' => [], 'allowEmpty' => true]), null));
    }

    /** An element of $_FILES for "file[]", and the list that Workerman's request has for it. */
    public function testSeveralFilesOfOneField(): void
    {
        $none = ['name' => '', 'type' => '', 'tmp_name' => '', 'size' => 0, 'error' => UPLOAD_ERR_NO_FILE];
        $transposed = array_map(static fn ($value): array => [$value, $value], $none);
        $files = new Files(['maxSize' => '1M', 'allowEmpty' => true]);
        self::assertSame([], self::complaints($files, $transposed));
        self::assertSame([], self::complaints($files, [$none, $none]));
        self::assertSame([], self::complaints($files, []));

        $large = ['name' => 'a', 'error' => UPLOAD_ERR_INI_SIZE] + $none;
        $message = ['File file exceeds the maximum file size'];
        self::assertSame($message, self::complaints($files, array_map(null, $large)));
        self::assertSame($message, self::complaints($files, [$large, $large]));
        self::assertSame($message, self::complaints($files, array_map(static fn ($value): array => [$value], $large)));
    }

    #[TestWith(['512', 512.0])]
    #[TestWith(['512B', 512.0])]
    #[TestWith(['10K', 10240.0])]
    #[TestWith(['1.5MB', 1572864.0])]
    #[TestWith(['2G', 2147483648.0])]
    #[TestWith(['1TB', 1099511627776.0])]
    #[TestWith(['', 0.0])]
    #[TestWith(['much', 0.0])]
    #[TestWith(['-5M', 0.0])]
    public function testSizes(string $text, float $bytes): void
    {
        self::assertSame($bytes, (new Size\Max())->getFileSizeInBytes($text));
    }

    public function testMessagesOfTheWholeReachItsParts(): void
    {
        $file = new File([
            'MAXSIZE' => '1M',
            'messageSize' => 'large',
            'allowedTypes' => ['image/.+'],
            'allowWildcards' => true,
            'messageFileEmpty' => 'empty',
            'messageIniSize' => 'very large',
            'messageValid' => 'odd',
        ]);
        [$size, $type] = $file->getValidators();
        self::assertSame('large', $size->getTemplate());
        self::assertTrue($type->getOption('allowWildcards'));
        foreach ([$size, $type] as $part) {
            self::assertSame('empty', $part->getMessageFileEmpty());
            self::assertSame('very large', $part->getMessageIniSize());
            self::assertSame('odd', $part->getMessageValid());
        }
    }
}
