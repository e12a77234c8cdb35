<?php

declare(strict_types=1);

namespace Phalcon\Support\Debug;

use Phalcon\Support\Debug\Report\BacktraceItem;
use Phalcon\Support\Debug\Report\ExceptionReport;
use Phalcon\Traits\Php\InfoTrait;
use Phalcon\Traits\Support\Helper\Arr\GetTrait;
use ReflectionClass;
use ReflectionFunction;
use Throwable;

/** Gathers what is known of an exception and of the request it happened in. */
class ReportBuilder
{
    use InfoTrait;
    use GetTrait;


    /** Of $_REQUEST and $_SERVER what the blacklist names, in small letters as keys, is left out. */
    public function build(
        Throwable $exception,
        array $blacklist,
        bool $showBackTrace,
        bool $showFiles,
        bool $showFileFragment,
        string $uri,
        array $data
    ): ExceptionReport {
        $report = new ExceptionReport(
            get_class($exception),
            $exception->getMessage(),
            $exception->getFile(),
            $exception->getLine(),
            $showBackTrace,
            $uri
        );
        if (!$showBackTrace) {
            return $report;
        }
        $items = [];
        foreach ($exception->getTrace() as $call) {
            $items[] = $this->itemOf($call, $showFiles, $showFileFragment);
        }

        return $report
            ->setBacktrace($items)
            ->setRequest($this->filter($_REQUEST, $this->getArrVal($blacklist, 'request', [])))
            ->setServer($this->filter($_SERVER, $this->getArrVal($blacklist, 'server', [])))
            ->setIncludedFiles(get_included_files())
            ->setMemoryUsage(memory_get_usage(true))
            ->setPeakMemoryUsage(memory_get_peak_usage(true))
            ->setVariables($data);
    }

    private function itemOf(array $call, bool $showFiles, bool $showFileFragment): BacktraceItem
    {
        $class = $call['class'] ?? null;
        $file = $call['file'] ?? null;
        $line = $call['line'] ?? null;

        return new BacktraceItem(
            $call['function'],
            $class === null ? null : $call['type'] ?? null,
            $class,
            $class === null ? null : $this->resolveClassLink($class),
            $class === null ? $this->resolveFunctionLink($call['function']) : null,
            isset($call['args']),
            $call['args'] ?? [],
            $file,
            $line,
            $file !== null && $showFiles ? $this->buildFragment($file, (int) $line, $showFileFragment) : null
        );
    }

    /** @return array{mode: string, firstLine: int, line: int, lastLine: int, lines: list<string>} */
    private function buildFragment(string $file, int $line, bool $showFileFragment): array
    {
        $lines = is_readable($file) ? (file($file) ?: []) : [];
        $count = count($lines);

        return [
            'mode' => $showFileFragment ? 'fragment' : 'full',
            'firstLine' => $showFileFragment ? max(1, $line - 7) : 1,
            'line' => $line,
            'lastLine' => $showFileFragment ? min($count, $line + 5) : $count,
            'lines' => $lines,
        ];
    }

    private function filter(array $source, array $blacklist): array
    {
        return array_filter(
            $source,
            static fn (int|string $name): bool => !isset($blacklist[mb_strtolower((string) $name)]),
            ARRAY_FILTER_USE_KEY
        );
    }

    private function resolveClassLink(string $class): ?string
    {
        if (str_starts_with($class, 'Phalcon')) {
            $parts = explode('\\', $class);

            return "https://docs.phalcon.io/5.0/en/api/$parts[0]_" . ($parts[1] ?? '');
        }

        return new ReflectionClass($class)->isInternal()
            ? 'https://secure.php.net/manual/en/class.' . str_replace('_', '-', mb_strtolower($class)) . '.php'
            : null;
    }

    private function resolveFunctionLink(string $function): ?string
    {
        return $this->phpFunctionExists($function) && new ReflectionFunction($function)->isInternal()
            ? 'https://secure.php.net/manual/en/function.' . str_replace('_', '-', $function) . '.php'
            : null;
    }
}
