<?php

declare(strict_types=1);

namespace Demo;

use PDO;

/** The guestbook's notes and the rules they obey. */
final class Guestbook
{
    private const int MAX_AUTHOR = 40; // characters
    private const int MAX_TEXT = 280;
    private const int KEEP = 200; // notes; the oldest go first

    public function __construct(private readonly PDO $database)
    {
    }

    /** @return list<array{id: int, author: string, text: string, created: int}> newest first */
    public function list(int $limit): array
    {
        $query = $this->database->prepare('SELECT id, author, text, created FROM note ORDER BY id DESC LIMIT ?');
        $query->execute([$limit]);

        return $query->fetchAll();
    }

    /**
     * @param array<mixed> $input what the client sent, unchecked
     * @return array{id: int, author: string, text: string, created: int}
     * @throws ApiError 422 with a message for each field that is wrong
     */
    public function add(array $input): array
    {
        $author = $this->clean($input['author'] ?? null);
        $text = $this->clean($input['text'] ?? null);
        $wrong = array_filter([
            'author' => $this->complaint($author, self::MAX_AUTHOR),
            'text' => $this->complaint($text, self::MAX_TEXT),
        ]);
        if ($wrong !== []) {
            throw new ApiError(422, 'Please correct the note.', $wrong);
        }

        $note = ['author' => $author, 'text' => $text, 'created' => time()];
        $this->database->prepare('INSERT INTO note (author, text, created) VALUES (:author, :text, :created)')
            ->execute($note);
        $id = (int) $this->database->lastInsertId();
        $this->database->prepare('DELETE FROM note WHERE id <= ?')->execute([$id - self::KEEP]);

        return ['id' => $id] + $note;
    }

    /** @throws ApiError 404 when there is no such note */
    public function delete(int $id): void
    {
        $delete = $this->database->prepare('DELETE FROM note WHERE id = ?');
        $delete->execute([$id]);
        if ($delete->rowCount() === 0) {
            throw new ApiError(404, "There is no note $id.");
        }
    }

    /** Changes whenever a note was added or deleted, so that open pages know when to look again. */
    public function revision(): string
    {
        return implode('-', $this->database->query('SELECT COUNT(*), MAX(id) FROM note')->fetch(PDO::FETCH_NUM));
    }

    private function clean(mixed $value): string
    {
        return is_string($value) ? trim($value) : '';
    }

    private function complaint(string $value, int $most): ?string
    {
        return match (true) {
            $value === '' => 'This is required.',
            mb_strlen($value) > $most => "At most $most characters, please.",
            preg_match('/[^\P{Cc}\n\t]/u', $value) === 1 => 'Control characters are not allowed.',
            default => null,
        };
    }
}
