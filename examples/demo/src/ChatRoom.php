<?php

declare(strict_types=1);

namespace Demo;

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;

/**
 * One room in one worker. Messages are JSON objects with a "type":
 *
 *   from the page  {"type": "hello", "name": "..."}      introduces itself, or changes its name
 *                  {"type": "say", "text": "..."}
 *   to the page    {"type": "welcome", "you": 7, "history": [...]}
 *                  {"type": "said", "id": 7, "name": "...", "text": "...", "at": 1767225600}
 *                  {"type": "people", "people": [{"id": 7, "name": "..."}]}
 *                  {"type": "refused", "message": "..."}
 *
 * Texts travel as they were typed. The page shows them as text, never as HTML, which is what
 * keeps a message from becoming a script.
 */
final class ChatRoom
{
    private const int MAX_NAME = 24; // characters
    private const int MAX_TEXT = 500;
    private const int MAX_MESSAGE = 8192; // bytes of one WebSocket message
    private const int HISTORY = 30; // messages a newcomer sees

    /** @var array<int, Member> by the connection's id */
    private array $members = [];
    /** @var list<array{type: string, id: int, name: string, text: string, at: int}> */
    private array $history = [];

    /** @param int $pagePort the port the page comes from: other sites' pages may not connect */
    public function __construct(private readonly int $pagePort)
    {
    }

    /** The handshake. Browsers say which site a page is from; a foreign one must not use its visitor's chat. */
    public function admit(TcpConnection $connection, Request $request): void
    {
        $origin = $request->header('origin');
        $host = preg_replace('/:[0-9]+$/', '', (string) $request->host());
        if ($origin !== null && $origin !== "http://$host:$this->pagePort") {
            $connection->close("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", true);
            return;
        }
        $connection->maxPackageSize = self::MAX_MESSAGE;
        $this->members[$connection->id] = new Member($connection);
    }

    public function hear(TcpConnection $connection, string $data): void
    {
        $member = $this->members[$connection->id] ?? null;
        $message = json_decode($data, true, 4);
        if ($member === null || !is_array($message)) {
            $connection->close();
            return;
        }
        if (!$member->maySpeak()) {
            $this->refuse($member, 'Not so fast: wait a moment.');
            return;
        }
        match ($message['type'] ?? null) {
            'hello' => $this->welcome($member, $this->line($message['name'] ?? null, self::MAX_NAME)),
            'say' => $this->say($member, $this->line($message['text'] ?? null, self::MAX_TEXT)),
            default => $this->refuse($member, 'The server does not know this kind of message.'),
        };
    }

    public function leave(TcpConnection $connection): void
    {
        $name = $this->members[$connection->id]->name ?? '';
        unset($this->members[$connection->id]);
        if ($name !== '') {
            $this->broadcastPeople();
        }
    }

    /** @param array<string, mixed> $message */
    public function broadcast(array $message): void
    {
        $json = $this->encode($message); // once, for everybody
        foreach ($this->members as $member) {
            if ($member->name !== '') {
                $member->connection->send($json);
            }
        }
    }

    private function welcome(Member $member, string $name): void
    {
        $isNew = $member->name === '';
        $member->name = $name !== '' ? $name : 'Guest ' . $member->connection->id;
        if ($isNew) {
            $member->connection->send($this->encode([
                'type' => 'welcome',
                'you' => $member->connection->id,
                'history' => $this->history,
            ]));
        }
        $this->broadcastPeople();
    }

    private function say(Member $member, string $text): void
    {
        if ($member->name === '' || $text === '') {
            $this->refuse($member, $text === '' ? 'The message is empty.' : 'Say hello first.');
            return;
        }
        $said = [
            'type' => 'said',
            'id' => $member->connection->id,
            'name' => $member->name,
            'text' => $text,
            'at' => time(),
        ];
        $this->history = array_slice([...$this->history, $said], -self::HISTORY);
        $this->broadcast($said);
    }

    private function broadcastPeople(): void
    {
        $people = [];
        foreach ($this->members as $id => $member) {
            if ($member->name !== '') {
                $people[] = ['id' => $id, 'name' => $member->name];
            }
        }
        $this->broadcast(['type' => 'people', 'people' => $people]);
    }

    private function refuse(Member $member, string $why): void
    {
        $member->connection->send($this->encode(['type' => 'refused', 'message' => $why]));
    }

    /** One line of text without control characters, cut to length. */
    private function line(mixed $value, int $most): string
    {
        $text = is_string($value) ? trim((string) preg_replace('/\p{Cc}+/u', ' ', $value)) : '';

        return mb_substr($text, 0, $most);
    }

    /** @param array<string, mixed> $message */
    private function encode(array $message): string
    {
        return json_encode($message, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    }
}
