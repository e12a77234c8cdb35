<?php

declare(strict_types=1);

namespace Phalanx\Tests\Shared;

use Phalanx\Shared\LimitException;
use Phalanx\Shared\OptionsException;
use Phalanx\Shared\Table;
use PHPUnit\Framework\TestCase;
use stdClass;
use TypeError;
use ValueError;

final class TableTest extends TestCase
{
    private const COLUMNS = ['name' => 'string(8)', 'n' => Table::INT, 'f' => Table::FLOAT, 'on' => Table::BOOL];

    private Table $table;

    protected function setUp(): void
    {
        $this->table = new Table('test', columns: self::COLUMNS, indexes: ['name'], maxRows: 3);
    }

    protected function tearDown(): void
    {
        $this->table->drop();
    }

    public function testRows(): void
    {
        $this->table->set('a', ['name' => 'Ann', 'f' => 1]);
        $row = ['name' => 'Ann', 'n' => 0, 'f' => 1.0, 'on' => false];
        self::assertSame($row, $this->table->get('a'));
        self::assertSame('Ann', $this->table->value('a', 'name'));
        self::assertNull($this->table->get('b'));
        self::assertNull($this->table->value('b', 'name'));
        self::assertFalse($this->table->add('a', []));
        self::assertTrue($this->table->update('a', ['on' => true]));
        self::assertFalse($this->table->update('b', ['on' => true]));
        $this->table->upsert('b', ['n' => 5]);
        $this->table->setValue('b', 'name', 'Bob');
        self::assertSame(['name' => 'Bob', 'n' => 5, 'f' => 0.0, 'on' => false], $this->table->get('b'));
        self::assertSame(['a', 'b'], array_keys(iterator_to_array($this->table)));
        self::assertCount(2, $this->table);
        self::assertTrue($this->table->delete('a'));
        self::assertFalse($this->table->delete('a'));
        self::assertSame(array_merge(self::COLUMNS), $this->table->columns());
        $this->table->clear();
        self::assertCount(0, $this->table);
    }

    public function testNumbers(): void
    {
        self::assertSame(1, $this->table->increment('a', 'n'));
        self::assertSame(11, $this->table->increment('a', 'n', 10));
        self::assertSame(9, $this->table->decrement('a', 'n', by: 2));
        self::assertSame(1.5, $this->table->incrementFloat('a', 'f', 1.5));
        self::assertTrue($this->table->compareAndSet('a', 'n', 9, 1));
        self::assertFalse($this->table->compareAndSet('a', 'n', 9, 2));
        self::assertFalse($this->table->compareAndSet('b', 'n', 0, 2));
        $this->expectException(TypeError::class);
        $this->table->increment('a', 'name');
    }

    public function testIndexes(): void
    {
        $this->table->set('a', ['name' => 'x']);
        $this->table->set('b', ['name' => 'y']);
        $this->table->set('c', ['name' => 'x', 'n' => 3]);
        self::assertSame(['a', 'c'], $this->table->findKeys('name', 'x'));
        self::assertSame(3, iterator_to_array($this->table->find('name', 'x'))['c']['n']);
        self::assertSame(2, $this->table->countWhere('name', 'x'));
        $this->table->setValue('c', 'name', 'y');
        self::assertSame(['a'], $this->table->findKeys('name', 'x'));
        $this->expectException(ValueError::class);
        $this->expectExceptionMessage('the column has no index: "n"');
        $this->table->find('n', 3);
    }

    public function testArrayAccess(): void
    {
        $this->table['a'] = ['n' => 1];
        self::assertTrue(isset($this->table['a']));
        self::assertSame(1, $this->table['a']['n']);
        self::assertNull($this->table['b']['n'] ?? null);
        unset($this->table['a']);
        self::assertFalse(isset($this->table['a']));
        $this->expectException(TypeError::class);
        $this->table[] = ['n' => 1];
    }

    public function testValuesThatDoNotFit(): void
    {
        foreach (
            [['n' => '1'], ['n' => 1.5], ['n' => null], ['f' => '1'], ['on' => 1], ['name' => 5],
            ['name' => 'nine byte'],
            ['name' => []], [new stdClass()], [1, 2]] as $row
        ) {
            try {
                $this->table->set('a', $row);
                self::fail('taken: ' . json_encode($row));
            } catch (TypeError) {
                self::assertCount(0, $this->table);
            }
        }
        $this->expectException(ValueError::class);
        $this->expectExceptionMessage('no such column "nope"');
        $this->table->set('a', ['nope' => 1]);
    }

    public function testBounds(): void
    {
        foreach (['a', 'b', 'c'] as $key) {
            $this->table->set($key, []);
        }
        $this->table->set('a', ['n' => 1]);
        $this->expectException(LimitException::class);
        $this->expectExceptionMessage('it has 3 rows');
        $this->table->set('d', []);
    }

    public function testOptions(): void
    {
        self::assertSame(3, (new Table('test'))->stats()['maxRows']);
        self::assertCount(0, new Table('test', columns: self::COLUMNS, maxRows: 3));
        foreach ([['columns' => ['n' => 'int']], ['maxRows' => 4], ['indexes' => ['n']]] as $options) {
            try {
                new Table('test', ...$options);
                self::fail('opened');
            } catch (OptionsException $e) {
                self::assertStringContainsString('the table "test" is there with other options', $e->getMessage());
            }
        }
        $this->expectException(OptionsException::class);
        new Table('other', columns: ['a' => 'array']);
    }
}
