<?php

declare(strict_types=1);

namespace Demo;

use Closure;
use FilesystemIterator;
use JsonException;
use RecursiveDirectoryIterator;
use RecursiveIteratorIterator;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;

/** What the HTTP workers answer: the files under public/ and the JSON API under /api/. */
final class Site
{
    private const array TYPES = [
        'html' => 'text/html; charset=utf-8',
        'css' => 'text/css; charset=utf-8',
        'js' => 'text/javascript; charset=utf-8',
        'svg' => 'image/svg+xml',
    ];

    /** @var array<string, string> path in the URL => file. Only what is listed is served, so no URL leads elsewhere. */
    private readonly array $files;

    public function __construct(
        private readonly Guestbook $guestbook,
        string $folder,
        private readonly int $chatPort,
    ) {
        $files = ['/' => $folder . '/index.html'];
        $found = new RecursiveIteratorIterator(
            new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS),
        );
        foreach ($found as $file) {
            if (isset(self::TYPES[$file->getExtension()])) {
                $files[substr($file->getPathname(), strlen($folder))] = $file->getPathname();
            }
        }
        $this->files = $files;
    }

    public function handle(Request $request): Response
    {
        try {
            $routes = $this->routes($request->path());
            $action = $routes[$request->method()] ?? throw $this->methodNotAllowed(array_keys($routes));

            return $action($request);
        } catch (ApiError $error) {
            return $this->json($error->status, ['error' => array_filter([
                'status' => $error->status,
                'message' => $error->getMessage(),
                'fields' => $error->fields,
            ])], $error->headers);
        }
    }

    /**
     * @return array<string, Closure(Request): Response> what answers which method at this path
     * @throws ApiError 404
     */
    private function routes(string $path): array
    {
        if (isset($this->files[$path])) {
            return ['GET' => fn (Request $request): Response => $this->file($request, $this->files[$path])];
        }
        if (preg_match('#^/api/notes/([1-9][0-9]{0,17})$#D', $path, $match) === 1) {
            return ['DELETE' => fn (): Response => $this->deleteNote((int) $match[1])];
        }

        return match ($path) {
            '/api/notes' => ['GET' => $this->listNotes(...), 'POST' => $this->addNote(...)],
            '/api/about' => ['GET' => $this->about(...)],
            default => throw new ApiError(404, 'There is nothing at this address.'),
        };
    }

    private function file(Request $request, string $file): Response
    {
        clearstatcache(true, $file); // PHP remembers the time of the file asked for last
        // "no-cache" still lets the browser keep a copy; it only has to ask whether it is the newest.
        $headers = ['Cache-Control' => 'no-cache', 'ETag' => sprintf('"%x-%x"', filemtime($file), filesize($file))];
        if ($request->header('if-none-match') === $headers['ETag']) {
            return new Response(304, $headers);
        }
        $type = self::TYPES[pathinfo($file, PATHINFO_EXTENSION)];
        if (str_starts_with($type, 'text/html')) {
            // The page may load and connect to what is ours, nothing else: a second line behind escaping.
            $host = preg_replace('/:[0-9]+$/', '', (string) $request->host());
            $host = preg_match('/^[a-z0-9.-]+$|^\[[0-9a-f:]+\]$/Di', $host) === 1 ? $host : '127.0.0.1';
            $headers['Content-Security-Policy'] = "default-src 'self'; connect-src 'self' ws://$host:$this->chatPort;"
                . " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        }

        return new Response(200, $headers + [
            'Content-Type' => $type,
            'X-Content-Type-Options' => 'nosniff',
        ], (string) file_get_contents($file));
    }

    private function about(): Response
    {
        return $this->json(200, [
            'engine' => extension_loaded('phalanx') ? 'Phalanx ' . phpversion('phalanx') : 'Workerman',
            'php' => PHP_VERSION,
            'chatPort' => $this->chatPort,
        ]);
    }

    private function listNotes(Request $request): Response
    {
        $limit = filter_var($request->get('limit', 20), FILTER_VALIDATE_INT, [
            'options' => ['min_range' => 1, 'max_range' => 100],
        ]);
        if ($limit === false) {
            throw new ApiError(422, 'Please correct the query.', ['limit' => 'A number from 1 to 100, please.']);
        }

        return $this->json(200, ['notes' => $this->guestbook->list($limit)]);
    }

    private function addNote(Request $request): Response
    {
        // A form on some other site cannot send this type without asking first, so it cannot post here.
        $type = strtolower(trim(explode(';', (string) $request->header('content-type'))[0]));
        if ($type !== 'application/json') {
            throw new ApiError(415, 'Send JSON (Content-Type: application/json).');
        }
        try {
            $input = json_decode($request->rawBody(), true, 8, JSON_THROW_ON_ERROR);
        } catch (JsonException $error) {
            throw new ApiError(400, 'This is not valid JSON: ' . $error->getMessage() . '.');
        }
        if (!is_array($input)) {
            throw new ApiError(400, 'Send a JSON object.');
        }
        $note = $this->guestbook->add($input);

        return $this->json(201, $note, ['Location' => '/api/notes/' . $note['id']]);
    }

    private function deleteNote(int $id): Response
    {
        $this->guestbook->delete($id);

        return new Response(204);
    }

    /** @param list<string> $allowed */
    private function methodNotAllowed(array $allowed): ApiError
    {
        $list = implode(', ', $allowed);

        return new ApiError(405, "Only $list here.", headers: ['Allow' => $list]);
    }

    /**
     * @param array<string, mixed> $data
     * @param array<string, string> $headers
     */
    private function json(int $status, array $data, array $headers = []): Response
    {
        return new Response(
            $status,
            ['Content-Type' => 'application/json', 'Cache-Control' => 'no-store'] + $headers,
            json_encode($data, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES),
        );
    }
}
