<?php

declare(strict_types=1);

namespace Phalanx\Development;

use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;

/**
 * An error as the answer to a request: a page, JSON or text, as the client wants it.
 *
 * @internal
 */
final class Answer
{
    /** The page runs nothing and loads nothing, whatever a message smuggles into it. */
    private const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    public static function to(Request $request, Failure $failure): Response
    {
        [$type, $body] = match (true) {
            self::accepts($request, 'text/html') => ['text/html', Page::of($failure, $request)],
            self::wantsJson($request) => ['application/json', self::json($failure, $request)],
            default => ['text/plain', \ltrim(Text::of($failure, $request->method() . ' ' . $request->path()))],
        };

        return new Response(500, [
            'Content-Type' => "$type; charset=utf-8",
            'Cache-Control' => 'no-store',
            'Content-Security-Policy' => self::POLICY,
            'X-Content-Type-Options' => 'nosniff',
        ], $body);
    }

    /** Whether a browser is about to show the answer. */
    public static function isPage(Request $request): bool
    {
        return \in_array($request->method(), ['GET', 'HEAD'], true) && self::accepts($request, 'text/html')
            && $request->header('x-requested-with') === null;
    }

    private static function wantsJson(Request $request): bool
    {
        return self::accepts($request, 'json') || \str_contains((string) $request->header('content-type'), 'json');
    }

    private static function accepts(Request $request, string $type): bool
    {
        return \stripos((string) $request->header('accept'), $type) !== false;
    }

    private static function json(Failure $failure, Request $request): string
    {
        return (string) \json_encode(
            ['error' => self::fields($failure), 'request' => RequestData::of($request)],
            \JSON_PRETTY_PRINT | \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_INVALID_UTF8_SUBSTITUTE
                | \JSON_PARTIAL_OUTPUT_ON_ERROR,
        ) . "\n";
    }

    /** @return array<string, mixed> */
    private static function fields(Failure $failure): array
    {
        return [
            'type' => $failure->title,
            'message' => $failure->message,
            'file' => $failure->file,
            'line' => $failure->line,
            'trace' => $failure->frames,
            'previous' => $failure->previous === null ? null : self::fields($failure->previous),
        ] + ($failure->note === '' ? [] : ['note' => $failure->note]);
    }
}
