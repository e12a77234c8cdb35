<?php

declare(strict_types=1);

namespace Shop;

use Phalanx\Sql\Database;

/** What accounts write. Each question names the owner, so a guessed number reaches nobody else's note. */
final class Notes
{
    public function __construct(private readonly Database $database)
    {
    }

    /** @throws Refusal 422 */
    public function add(string $owner, mixed $text): int
    {
        // A field of a form may be an array (text[]=x): a type is the first thing to check.
        if (!is_string($text) || !mb_check_encoding($text, 'UTF-8')) {
            throw new Refusal(422, 'A text is wanted');
        }
        $text = trim($text);
        if ($text === '' || mb_strlen($text) > 200 || preg_match('/[^\P{Cc}\n]/u', $text)) {
            throw new Refusal(422, '1 to 200 characters are wanted');
        }

        return $this->database->insert('note', ['owner' => $owner, 'text' => $text])->lastInsertId;
    }

    /** @return list<array{id: int, text: string}> */
    public function search(string $owner, string $words): array
    {
        // Values go beside the statement, never into it. The wildcards of LIKE are escaped besides.
        return $this->database->query(
            "SELECT id, text FROM note WHERE owner = ? AND text LIKE ? ESCAPE '\\' ORDER BY id",
            [$owner, '%' . addcslashes($words, '%_\\') . '%'],
        );
    }

    /** @throws Refusal 404 also when it is somebody else's: who asks does not learn that it is there */
    public function delete(string $owner, string $role, int $id): void
    {
        $done = $role === 'administrator'
            ? $this->database->execute('DELETE FROM note WHERE id = ?', [$id])
            : $this->database->execute('DELETE FROM note WHERE id = ? AND owner = ?', [$id, $owner]);
        if ($done->affectedRows === 0) {
            throw new Refusal(404, 'There is no such note');
        }
    }
}
