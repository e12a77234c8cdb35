<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Http;

/** Reads multipart/form-data (RFC 7578) of requests that PHP does not parse by itself, such as PUT and PATCH. */
final class FormData
{
    /** Parts that are looked at; the rest of the body is ignored. */
    private const MAX_PARTS = 1024;

    /** @return array<array-key, string> contents by the names of their fields; of fields with one name the last */
    public static function parse(string $contentType, string $body): array
    {
        if (preg_match('/;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i', $contentType, $boundary) !== 1) {
            return [];
        }
        // Some senders end their lines with LF alone.
        $delimiter = '/(?:^|\R)-+' . preg_quote(($boundary[1] ?? '') ?: $boundary[2], '/') . '/';
        $parts = preg_split($delimiter, $body, self::MAX_PARTS + 2);
        if ($parts === false) {
            return [];
        }
        array_pop($parts);

        $fields = [];
        foreach ($parts as $part) {
            [$head, $content] = (preg_split('/\R\R/', $part, 2) ?: []) + ['', ''];
            $name = self::fieldName($head);
            if ($name !== null) {
                $fields[$name] = $content;
            }
        }

        return $fields;
    }

    private static function fieldName(string $head): ?string
    {
        if (preg_match('/^content-disposition\s*:(.*)$/im', $head, $disposition) !== 1) {
            return null;
        }
        if (preg_match('/;\s*name\s*=\s*(?:"([^"]*)"|([^\s;]+))/i', $disposition[1], $name) !== 1) {
            return null;
        }

        return $name[2] ?? $name[1];
    }
}
