<?php

declare(strict_types=1);

namespace App;

use Phalanx\Sql\Database;

/** The notes, in a database. */
final class Notes
{
    public function __construct(private readonly Database $database)
    {
        $database->execute(
            'CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL)',
        );
    }

    /** @return list<array{id: int, title: string, text: string}> newest first */
    public function all(int $limit = 100): array
    {
        return $this->database->query('SELECT id, title, text FROM note ORDER BY id DESC LIMIT ?', [$limit]);
    }

    /** @return array{id: int, title: string, text: string}|null */
    public function find(int $id): ?array
    {
        return $this->database->first('SELECT id, title, text FROM note WHERE id = ?', [$id]);
    }

    /** @return array{id: int, title: string, text: string} */
    public function add(string $title, string $text): array
    {
        $id = $this->database->insert('note', ['title' => $title, 'text' => $text])->lastInsertId;

        return ['id' => $id, 'title' => $title, 'text' => $text];
    }

    /** @return array{id: int, title: string, text: string}|null null: there is no such note */
    public function change(int $id, string $title, string $text): ?array
    {
        $this->database->execute('UPDATE note SET title = ?, text = ? WHERE id = ?', [$title, $text, $id]);

        return $this->find($id);
    }

    public function remove(int $id): bool
    {
        return $this->database->execute('DELETE FROM note WHERE id = ?', [$id])->affectedRows > 0;
    }
}
