<?php

declare(strict_types=1);

namespace App\Tests;

use App\NewNote;
use App\Notes;
use Phalanx\Sql\Database;
use PHPUnit\Framework\TestCase;

/** The notes without a server, in a database of the test's own. */
final class NotesTest extends TestCase
{
    private string $file;

    private Notes $notes;

    protected function setUp(): void
    {
        $this->file = tempnam(sys_get_temp_dir(), 'notes');
        $this->notes = new Notes(new Database("sqlite:$this->file"));
    }

    protected function tearDown(): void
    {
        unset($this->notes);
        array_map(unlink(...), glob("$this->file*") ?: []);
    }

    public function testKeepsNotesNewestFirst(): void
    {
        $first = $this->notes->add('First', 'of all');
        $second = $this->notes->add('Second', '');
        self::assertSame([$second, $first], $this->notes->all());
        self::assertSame($first, $this->notes->find($first['id']));
    }

    public function testChangesAndRemoves(): void
    {
        $id = $this->notes->add('Old', 'text')['id'];
        self::assertSame(['id' => $id, 'title' => 'New', 'text' => ''], $this->notes->change($id, 'New', ''));
        self::assertTrue($this->notes->remove($id));
        self::assertFalse($this->notes->remove($id));
        self::assertNull($this->notes->find($id));
        self::assertNull($this->notes->change($id, 'Gone', ''));
    }

    public function testSaysWhatIsNoNote(): void
    {
        self::assertSame([], NewNote::from(['title' => ' Title '])->errors);
        self::assertSame('Title', NewNote::from(['title' => ' Title '])->title);
        self::assertSame(['title' => 'A note needs a title'], NewNote::from([])->errors);
        self::assertSame(['title' => 'A note needs a title'], NewNote::from(['title' => ['no', 'text']])->errors);
        self::assertSame(
            ['title' => 'A title has at most 100 characters', 'text' => 'A text has at most 2000 characters'],
            NewNote::from(['title' => str_repeat('ä', 101), 'text' => str_repeat('x', 2001)])->errors,
        );
    }
}
