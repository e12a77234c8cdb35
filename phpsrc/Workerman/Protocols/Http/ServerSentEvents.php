<?php

declare(strict_types=1);

namespace Workerman\Protocols\Http;

use Stringable;

use function str_contains;
use function str_replace;

/**
 * One event for a browser's EventSource, sent on a connection that got a "text/event-stream" Response before.
 *
 * Source: Workerman\Protocols\Http\ServerSentEvents 5.2.2.
 */
class ServerSentEvents implements Stringable
{
    /** @param array $data any of event, data, id, retry (milliseconds), and under the key '' a comment */
    public function __construct(protected array $data)
    {
    }

    public function __toString(): string
    {
        $event = isset($this->data['']) ? ': ' . self::line($this->data['']) . "\n" : '';
        foreach (['event', 'id', 'retry'] as $field) {
            if (isset($this->data[$field])) {
                $event .= "$field: " . self::line($this->data[$field]) . "\n";
            }
        }
        if (isset($this->data['data'])) {
            $data = (string) $this->data['data'];
            if (str_contains($data, "\r")) { // a line break for the browser too
                $data = str_replace(["\r\n", "\r"], "\n", $data);
            }
            $event .= 'data: ' . str_replace("\n", "\ndata: ", $data) . "\n";
        }

        return "$event\n";
    }

    /** A line break inside a field would begin another field; only data may have several lines. */
    private static function line(mixed $value): string
    {
        return str_replace(["\r", "\n", "\0"], '', (string) $value);
    }
}
