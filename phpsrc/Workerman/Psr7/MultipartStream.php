<?php

declare(strict_types=1);

namespace Workerman\Psr7;

use InvalidArgumentException;
use Phalanx\Http\TextBody;

/**
 * A multipart/form-data body in memory, for Workerman\Http\Client. Source: workerman/psr7, for applications that do not
 * bring it. Phalanx\Http\Client sends files without reading them into memory.
 */
class MultipartStream extends TextBody
{
    private readonly string $boundary;

    /**
     * @param list<array{name: string, contents: mixed, filename?: string, headers?: array<string, string>}> $elements
     *     contents: a string, a resource, or an object that is a string
     */
    public function __construct(array $elements = [], ?string $boundary = null)
    {
        $this->boundary = $boundary ?? \bin2hex(\random_bytes(20));
        $text = '';
        foreach ($elements as $element) {
            $text .= $this->part($element);
        }
        parent::__construct($text . "--$this->boundary--\r\n");
    }

    public function getBoundary(): string
    {
        return $this->boundary;
    }

    public function isWritable(): bool
    {
        return false;
    }

    /** @param array<string, mixed> $element */
    private function part(array $element): string
    {
        foreach (['contents', 'name'] as $key) {
            if (!\array_key_exists($key, $element)) {
                throw new InvalidArgumentException("A '$key' key is required");
            }
        }
        $contents = $element['contents'];
        $filename = (string)($element['filename'] ?? '');
        if (\is_resource($contents)) {
            $uri = (string)(\stream_get_meta_data($contents)['uri'] ?? '');
            if ($filename === '' && !\str_starts_with($uri, 'php://')) {
                $filename = $uri;
            }
            $contents = \stream_get_contents($contents);
        }
        $contents = (string)$contents;
        $headers = [];
        foreach ($element['headers'] ?? [] as $name => $value) {
            $headers[\strtolower($name)] = "$name: $value";
        }
        $quote = static fn (string $text): string => \strtr($text, ["\r" => '%0D', "\n" => '%0A', '"' => '%22']);
        $headers['content-disposition'] ??= 'Content-Disposition: form-data; name="' . $quote((string)$element['name'])
            . ($filename === '' ? '"' : '"; filename="' . $quote(\basename($filename)) . '"');
        $headers['content-length'] ??= 'Content-Length: ' . \strlen($contents);
        if ($filename !== '') {
            $headers['content-type'] ??= 'Content-Type: application/octet-stream';
        }
        foreach ($headers as $line) {
            if (\strpbrk($line, "\r\n\0") !== false) {
                throw new InvalidArgumentException('A part has a header with a line break');
            }
        }

        return "--$this->boundary\r\n" . \implode("\r\n", $headers) . "\r\n\r\n$contents\r\n";
    }
}
