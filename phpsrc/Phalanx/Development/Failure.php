<?php

declare(strict_types=1);

namespace Phalanx\Development;

use Phalanx\Development;
use Throwable;

/**
 * An error as it is shown: what it is, where, and how the code came there. Values of arguments are left out, their
 * types are not.
 *
 * @internal
 */
final class Failure
{
    /** Exceptions behind an exception that are looked at. */
    private const MAX_PREVIOUS = 10;

    /**
     * @param string $file '' without a place
     * @param list<array{file: string, line: int, call: string}> $frames innermost first
     * @param string $note what else there is to say
     * @param string $plain for the log
     * @param bool $isOfTrial whether the code that serves is not the code that has failed
     */
    public function __construct(
        public readonly string $title,
        public readonly string $message,
        public readonly string $file,
        public readonly int $line,
        public readonly array $frames = [],
        public readonly ?self $previous = null,
        public readonly string $note = '',
        public readonly string $plain = '',
        public readonly bool $isOfTrial = false,
    ) {
    }

    public static function of(Throwable $e, string $note = '', int $depth = 0): self
    {
        $frames = [];
        foreach ($e->getTrace() as $frame) {
            if (\in_array($frame['function'], ['phalanx_loop_run', 'phalanx_fiber_body'], true)) {
                break; // how the engine came to call the callback is of no use
            }
            if (\str_starts_with($frame['class'] ?? '', Development::class)) {
                continue; // what has called the callback in development only
            }
            $file = $frame['file'] ?? '';
            $frames[] = [
                'file' => $file === \dirname(__DIR__) . '/Development.php' ? '' : $file,
                'line' => $frame['line'] ?? 0,
                'call' => ($frame['class'] ?? '') . ($frame['type'] ?? '') . $frame['function']
                    . '(' . \implode(', ', \array_map(\get_debug_type(...), $frame['args'] ?? [])) . ')',
            ];
        }
        $previous = $e->getPrevious();

        return new self(
            $e::class,
            $e->getMessage(),
            $e->getFile(),
            $e->getLine(),
            $frames,
            $previous === null || $depth >= self::MAX_PREVIOUS ? null : self::of($previous, '', $depth + 1),
            $note,
            (string) $e,
        );
    }

    /** @param array{type: int, message: string, file: string, line: int} $error */
    public static function fatal(array $error): self
    {
        ['message' => $message, 'file' => $file, 'line' => $line] = $error;
        $title = $error['type'] === \E_PARSE ? 'Parse error' : 'Fatal error';

        return new self($title, $message, $file, $line, plain: "PHP $title: $message in $file on line $line");
    }

    /** What answers requests whose script has called exit. */
    public static function exit(): self
    {
        $message = 'exit or die was called while requests waited for an answer';

        return new self('The script ended', $message, '', 0, plain: $message);
    }

    /** Why the newest code cannot be used; null: it can, as far as "phalanx watch" knows. */
    public static function ofTrial(): ?self
    {
        $file = \getenv('PHALANX_WATCH') . '/broken.json';
        \clearstatcache(true, $file);
        $known = \is_file($file) ? \json_decode((string) @\file_get_contents($file), true) : null;
        if (!\is_array($known)) {
            return null;
        }
        ['title' => $title, 'message' => $message, 'file' => $place, 'line' => $line, 'output' => $output] = $known;
        $note = 'The code before goes on serving: this answers pages only, and goes when the error has.';

        return new self($title, $message, $place, $line, note: \trim("$output\n\n$note"), isOfTrial: true);
    }

    /**
     * The lines around a place.
     *
     * @return array<int, string> by line number
     */
    public static function excerpt(string $file, int $line, int $around = 5): array
    {
        if ($line < 1 || !\is_file($file) || !\is_readable($file)) {
            return [];
        }
        $lines = \explode("\n", (string) \file_get_contents($file));
        $excerpt = [];
        for ($n = \max(1, $line - $around); $n <= \min(\count($lines), $line + $around); $n++) {
            $excerpt[$n] = \str_replace("\t", '    ', \rtrim($lines[$n - 1], "\r"));
        }

        return $excerpt;
    }

    /** Whether code is the application's: neither Phalanx's own nor a package's. */
    public static function isApplications(string $file): bool
    {
        return $file !== '' && !\str_contains($file, '/vendor/')
            && !\str_starts_with($file, \dirname(__DIR__, 2) . '/');
    }
}
