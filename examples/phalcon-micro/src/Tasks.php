<?php

declare(strict_types=1);

namespace Tasks;

use Phalanx\Sql\Database;

/** The tasks, in a database. */
final class Tasks
{
    public function __construct(private readonly Database $database)
    {
        $database->execute(
            'CREATE TABLE IF NOT EXISTS task (id INTEGER PRIMARY KEY, title TEXT NOT NULL, due TEXT, owner TEXT NOT NULL)',
        );
    }

    /** @return list<array{id: int, title: string, due: ?string, owner: string}> */
    public function all(): array
    {
        return $this->database->query('SELECT id, title, due, owner FROM task ORDER BY id');
    }

    /** @return array{id: int, title: string, due: ?string, owner: string}|null */
    public function find(int $id): ?array
    {
        return $this->database->first('SELECT id, title, due, owner FROM task WHERE id = ?', [$id]);
    }

    public function add(string $title, ?string $due, string $owner): int
    {
        return $this->database->insert('task', ['title' => $title, 'due' => $due, 'owner' => $owner])->lastInsertId;
    }

    public function remove(int $id): bool
    {
        return $this->database->execute('DELETE FROM task WHERE id = ?', [$id])->affectedRows > 0;
    }
}
