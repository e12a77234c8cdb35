<?php

declare(strict_types=1);

namespace App;

use Phalanx\Connections;
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

/**
 * A room that people join with a WebSocket. They say {"do": "join", "name": "Ada"}, then
 * {"do": "say", "text": "Hello"}, and hear {"type": "joined" | "said" | "left" | "note" | "removed" | "error", ...}.
 */
final class Room
{
    private const GROUP = 'room';

    private const MAX_NAME = 40;

    private const MAX_TEXT = 500;

    public function attach(Worker $worker): void
    {
        $worker->onMessage = $this->heard(...);
        $worker->onClose = $this->left(...);
    }

    /**
     * Tells everybody in the room, from any worker.
     *
     * @param array<string, mixed> $fields
     */
    public static function announce(string $type, array $fields): void
    {
        Connections::sendToGroup(self::GROUP, self::message($type, $fields));
    }

    private function heard(TcpConnection $connection, string $message): void
    {
        $wish = json_decode($message, true);
        $wish = is_array($wish) ? $wish : [];
        match ($wish['do'] ?? null) {
            'join' => $this->join($connection, self::text($wish['name'] ?? null, self::MAX_NAME)),
            'say' => $this->say($connection, self::text($wish['text'] ?? null, self::MAX_TEXT)),
            default => $this->refuse($connection, 'Say {"do": "join", "name": "..."}'),
        };
    }

    private function join(TcpConnection $connection, string $name): void
    {
        if ($name === '' || isset($connection->state['name'])) {
            $why = $name === '' ? 'A name has 1 to ' . self::MAX_NAME . ' characters' : 'You are in';
            $this->refuse($connection, $why);
            return;
        }
        $connection->state['name'] = $name; // survives a reload, as the group does
        Connections::join($connection, self::GROUP);
        self::announce('joined', ['name' => $name, 'people' => Connections::count(self::GROUP)]);
    }

    private function say(TcpConnection $connection, string $text): void
    {
        $name = $connection->state['name'] ?? null;
        if ($name === null || $text === '') {
            $why = $name === null ? 'Join first' : 'A text has 1 to ' . self::MAX_TEXT . ' characters';
            $this->refuse($connection, $why);
            return;
        }
        self::announce('said', ['name' => $name, 'text' => $text]);
    }

    private function left(TcpConnection $connection): void
    {
        $name = $connection->state['name'] ?? null;
        if ($name !== null) {
            Connections::leave($connection, self::GROUP);
            self::announce('left', ['name' => $name, 'people' => Connections::count(self::GROUP)]);
        }
    }

    private function refuse(TcpConnection $connection, string $why): void
    {
        $connection->send(self::message('error', ['message' => $why]));
    }

    /** @param array<string, mixed> $fields */
    private static function message(string $type, array $fields): string
    {
        return json_encode(['type' => $type] + $fields, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
    }

    /** What can be shown, '' when it is none or too long. */
    private static function text(mixed $value, int $max): string
    {
        $text = is_string($value) ? trim($value) : '';

        return mb_strlen($text) <= $max ? $text : '';
    }
}
